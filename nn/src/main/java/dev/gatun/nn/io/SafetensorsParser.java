package dev.gatun.nn.io;

import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads and checks the header of one safetensors file. */
final class SafetensorsParser {
  private static final String FORMAT = "safetensors";
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).build())
          .build();

  private final Path file;
  private final MemorySegment bytes;
  private final Map<String, SafetensorsHeader.Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsParser(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Reads the header, and checks it against itself and the size of the file.
   *
   * @param file the file, for messages
   * @param bytes all of its bytes
   * @return the header; every entry lies within the file, and fits its type and shape
   * @throws FileFormatException when something is wrong
   */
  static SafetensorsHeader parse(Path file, MemorySegment bytes) {
    return new SafetensorsParser(file, bytes).parse();
  }

  private SafetensorsHeader parse() {
    long size = bytes.byteSize();
    if (size < LENGTH_BYTES) {
      throw problem(size, "the file ends within the 8 bytes of the header's length");
    }
    long length = bytes.get(LITTLE_ENDIAN_LONG, 0);
    if (length < 0 || length > SafetensorsHeader.MAXIMUM_BYTES) {
      throw problem(
          0,
          "a header of "
              + Long.toUnsignedString(length)
              + " bytes; at most "
              + SafetensorsHeader.MAXIMUM_BYTES
              + " are allowed");
    }
    if (length > size - LENGTH_BYTES) {
      throw problem(0, "a header of " + length + " bytes in a file of " + size + " bytes");
    }
    // What begins like this can be nothing but UTF-8 to the JSON parser, as the format demands.
    if (length < 2 || bytes.get(ValueLayout.JAVA_BYTE, LENGTH_BYTES) != '{') {
      throw problem(LENGTH_BYTES, "the header does not begin with '{'");
    }
    if (bytes.get(ValueLayout.JAVA_BYTE, LENGTH_BYTES + 1) == 0) {
      throw problem(LENGTH_BYTES + 1, "the header is not UTF-8");
    }
    byte[] json = bytes.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      readHeader(parser);
    } catch (JacksonException e) {
      var location = e.getLocation();
      long offset = location == null ? 0 : Math.max(location.getByteOffset(), 0);
      throw problem(LENGTH_BYTES + offset, "the header is not valid: " + e.getOriginalMessage());
    }
    long dataOffset = LENGTH_BYTES + length;
    checkTiling(dataOffset, size - dataOffset);
    return new SafetensorsHeader(entries, metadata, dataOffset);
  }

  private void readHeader(JsonParser parser) {
    expect(parser, JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      if (name.equals(SafetensorsHeader.METADATA)) {
        readMetadata(parser);
      } else {
        entries.put(name, readEntry(parser, name));
      }
    }
    if (parser.nextToken() != null) {
      throw problem(at(parser), "something follows the header's object");
    }
  }

  private void readMetadata(JsonParser parser) {
    expect(parser, JsonToken.START_OBJECT, SafetensorsHeader.METADATA + " to be an object");
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      expect(parser, JsonToken.VALUE_STRING, "a string for " + quote(name) + " in the metadata");
      metadata.put(name, parser.getString());
    }
  }

  private SafetensorsHeader.Entry readEntry(JsonParser parser, String name) {
    long start = at(parser);
    String tensor = "tensor " + quote(name) + ": ";
    expect(parser, JsonToken.START_OBJECT, tensor + "an object");
    DType dtype = null;
    long[] sizes = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      switch (key) {
        case "dtype" -> dtype = readType(parser, tensor);
        case "shape" -> sizes = readIntegers(parser, tensor + "shape");
        case "data_offsets" -> offsets = readIntegers(parser, tensor + "data_offsets");
        default -> throw problem(at(parser), tensor + "an unknown key " + quote(key));
      }
    }
    if (dtype == null || sizes == null || offsets == null) {
      throw problem(start, tensor + missing(dtype, sizes) + " is missing");
    }
    return checkedEntry(start, tensor, dtype, sizes, offsets);
  }

  private static String missing(@Nullable DType dtype, long @Nullable [] sizes) {
    return dtype == null ? "dtype" : sizes == null ? "shape" : "data_offsets";
  }

  private DType readType(JsonParser parser, String tensor) {
    expect(parser, JsonToken.VALUE_STRING, tensor + "a string for dtype");
    DType dtype = ElementCodes.typeOf(parser.getString());
    if (dtype == null) {
      throw problem(at(parser), tensor + "an unknown dtype " + quote(parser.getString()));
    }
    return dtype;
  }

  private long[] readIntegers(JsonParser parser, String what) {
    expect(parser, JsonToken.START_ARRAY, what + " to be an array");
    List<Long> values = new ArrayList<>();
    while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      long value = parser.getLongValue();
      if (value < 0) {
        throw problem(at(parser), what + ": " + value + " is negative");
      }
      values.add(value);
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw problem(at(parser), what + ": expected integers only");
    }
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private SafetensorsHeader.Entry checkedEntry(
      long start, String tensor, DType dtype, long[] sizes, long[] offsets) {
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw problem(start, tensor + "data_offsets are a begin and an end that is not before it");
    }
    Shape shape;
    long byteSize;
    try {
      shape = Shape.of(sizes);
      byteSize = StridedArray.byteSize(dtype, shape);
    } catch (GatunException e) {
      throw problem(start, tensor + e.getMessage());
    }
    if (byteSize != offsets[1] - offsets[0]) {
      throw problem(
          start,
          tensor
              + dtype
              + shape
              + " takes "
              + byteSize
              + " bytes, data_offsets span "
              + (offsets[1] - offsets[0]));
    }
    return new SafetensorsHeader.Entry(dtype, shape, offsets[0], offsets[1]);
  }

  /** Checks that the tensors follow each other without overlap or hole, and fill the file. */
  private void checkTiling(long dataOffset, long dataBytes) {
    var inOrder = new ArrayList<>(entries.entrySet());
    inOrder.sort(
        Comparator.<Map.Entry<String, SafetensorsHeader.Entry>>comparingLong(
                entry -> entry.getValue().begin())
            .thenComparingLong(entry -> entry.getValue().end()));
    long expected = 0;
    for (var named : inOrder) {
      var entry = named.getValue();
      String tensor =
          "tensor "
              + quote(named.getKey())
              + ": data_offsets "
              + entry.begin()
              + " to "
              + entry.end();
      if (entry.begin() < expected) {
        throw problem(LENGTH_BYTES, tensor + " overlap the tensor that ends at " + expected);
      }
      if (entry.begin() > expected) {
        throw problem(LENGTH_BYTES, tensor + " leave a hole after " + expected);
      }
      if (entry.end() > dataBytes) {
        throw problem(
            LENGTH_BYTES, tensor + " reach beyond the " + dataBytes + " bytes of data in the file");
      }
      expected = entry.end();
    }
    if (expected != dataBytes) {
      throw problem(
          dataOffset + expected,
          (dataBytes - expected) + " bytes after the last tensor belong to none");
    }
  }

  private void expect(JsonParser parser, JsonToken token, String what) {
    if (parser.nextToken() != token) {
      throw problem(at(parser), "expected " + what);
    }
  }

  private static long at(JsonParser parser) {
    return LENGTH_BYTES + Math.max(parser.currentTokenLocation().getByteOffset(), 0);
  }

  private static String quote(String name) {
    return name.length() <= 100 ? "'" + name + "'" : "'" + name.substring(0, 100) + "...'";
  }

  private FileFormatException problem(long offset, String problem) {
    return FileFormatException.atByte(FORMAT, file, offset, problem);
  }
}
