package dev.gatun.nn.io;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Device;
import dev.gatun.memory.StridedArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files, the format of Hugging Face: eight bytes with the length of a JSON
 * header, the header, and the tensors' bytes, little-endian and in row-major order. Reading is done
 * by {@link SafetensorsFile}.
 *
 * <p>Thread-safe. The tensors must not be written while they are saved.
 */
public final class Safetensors {
  /** Tensors begin at multiples of this many bytes where the sizes of their elements allow. */
  private static final int ALIGNMENT = 8;

  /** The most bytes handed to the operating system at once. */
  private static final long CHUNK_BYTES = 1L << 26;

  private static final JsonFactory JSON = new JsonFactory();

  private Safetensors() {}

  /**
   * Opens a file for reading. The same as {@link SafetensorsFile#open}.
   *
   * @param path the file
   * @return the open file, to be closed by the caller
   * @throws FileFormatException when the file is not well-formed
   * @throws FileAccessException when it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    return SafetensorsFile.open(path);
  }

  /**
   * Writes tensors to a file. The file is written beside its target, brought to the disk and moved
   * into place in one step: when this fails, an old file of that name is untouched and nothing is
   * left behind.
   *
   * @param path the file; replaced when it exists
   * @param tensors the tensors by name, of any types and layouts
   * @throws FileAccessException when the operating system refuses to write
   * @throws ArgumentException when a tensor is called {@code __metadata__}, or the header would
   *     exceed 100,000,000 bytes
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  public static void save(Path path, Map<String, Tensor> tensors) {
    save(path, tensors, Map.of());
  }

  /**
   * Writes tensors and strings that describe them to a file, as {@link #save(Path, Map)} does.
   *
   * @param path the file; replaced when it exists
   * @param tensors the tensors by name, of any types and layouts
   * @param metadata the strings by name, kept under {@code __metadata__}
   * @throws FileAccessException when the operating system refuses to write
   * @throws ArgumentException when a tensor is called {@code __metadata__}, or the header would
   *     exceed 100,000,000 bytes
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) {
    save(path, tensors, metadata, OutputFile::create);
  }

  static void save(
      Path path,
      Map<String, Tensor> tensors,
      Map<String, String> metadata,
      OutputFile.Opener opener) {
    List<Map.Entry<String, Tensor>> inOrder = new ArrayList<>(tensors.entrySet());
    inOrder.sort(
        Comparator.<Map.Entry<String, Tensor>>comparingInt(
                entry -> -entry.getValue().dtype().byteSize())
            .thenComparing(Map.Entry::getKey));
    for (var entry : inOrder) {
      entry.getValue().checkOpen("safetensors");
      if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
        throw new ArgumentException(
            "safetensors: " + path + ": no tensor may be called " + SafetensorsHeader.METADATA);
      }
    }
    ByteBuffer header = header(path, inOrder, metadata);
    AtomicFile.replace(
        "safetensors",
        path,
        opener,
        file -> {
          file.write(header.duplicate());
          for (var entry : inOrder) {
            writeElements(file, entry.getValue());
          }
        });
  }

  private static void writeElements(OutputFile file, Tensor tensor) throws IOException {
    // Outside every scope, and away from the graph: the copy, where one is needed, is ours to
    // close.
    try (Tensor original = tensor.detach();
        Tensor elements = original.to(Device.CPU)) {
      if (elements.isContiguous()) {
        writeBytes(file, elements.asSegment());
      } else {
        try (Tensor packed = elements.contiguous()) {
          writeBytes(file, packed.asSegment());
        }
      }
    }
  }

  private static void writeBytes(OutputFile file, MemorySegment bytes) throws IOException {
    for (long from = 0; from < bytes.byteSize(); from += CHUNK_BYTES) {
      long length = Math.min(CHUNK_BYTES, bytes.byteSize() - from);
      file.write(bytes.asSlice(from, length).asByteBuffer());
    }
  }

  /** Returns the length and the header, padded with spaces. */
  private static ByteBuffer header(
      Path path, List<Map.Entry<String, Tensor>> inOrder, Map<String, String> metadata) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), json)) {
      generator.writeStartObject();
      if (!metadata.isEmpty()) {
        generator.writeObjectPropertyStart(SafetensorsHeader.METADATA);
        metadata.forEach(generator::writeStringProperty);
        generator.writeEndObject();
      }
      long offset = 0;
      for (var entry : inOrder) {
        long end = offset + writeEntry(generator, entry.getKey(), entry.getValue(), offset);
        offset = end;
      }
      generator.writeEndObject();
    }
    int padded = (json.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (padded > SafetensorsHeader.MAXIMUM_BYTES) {
      throw new ArgumentException(
          "safetensors: "
              + path
              + ": a header of "
              + padded
              + " bytes; at most "
              + SafetensorsHeader.MAXIMUM_BYTES
              + " are allowed");
    }
    ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(json.toByteArray());
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static long writeEntry(JsonGenerator generator, String name, Tensor tensor, long offset) {
    long byteSize = StridedArray.byteSize(tensor.dtype(), tensor.shape());
    generator.writeObjectPropertyStart(name);
    generator.writeStringProperty("dtype", ElementCodes.codeOf(tensor.dtype()));
    generator.writeArrayPropertyStart("shape");
    for (int axis = 0; axis < tensor.rank(); axis++) {
      generator.writeNumber(tensor.size(axis));
    }
    generator.writeEndArray();
    generator.writeArrayPropertyStart("data_offsets");
    generator.writeNumber(offset);
    generator.writeNumber(offset + byteSize);
    generator.writeEndArray();
    generator.writeEndObject();
    return byteSize;
  }
}
