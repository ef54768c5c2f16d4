package dev.gatun.nn.data;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import dev.gatun.nn.io.FileAccessException;
import dev.gatun.nn.io.FileFormatException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads IDX files, the format of the MNIST digits: two zero bytes, a code for the element type, the
 * number of axes, the sizes as 32-bit numbers, and the elements, all of it big-endian. Files
 * compressed with gzip are known by their first bytes, whatever they are called.
 */
public final class Idx {
  private static final String FORMAT = "idx";
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int CHUNK_BYTES = 1 << 16;

  /** Deflate makes nothing shorter than this share of its original. */
  private static final long MAXIMUM_COMPRESSION = 1032;

  private final Path file;
  private final InputStream in;
  private final long fileBytes;
  private final boolean compressed;

  /** How many bytes have been read, after decompression. */
  private long position;

  private Idx(Path file, InputStream in, long fileBytes, boolean compressed) {
    this.file = file;
    this.in = in;
    this.fileBytes = fileBytes;
    this.compressed = compressed;
  }

  /**
   * Reads a file. Its sizes are checked against the length of the file before anything is
   * allocated.
   *
   * @param file the file, plain or compressed with gzip
   * @return a new tensor of the file's shape and type: uint8, int8, int16, int32, float32 or
   *     float64
   * @throws FileFormatException when the file is no IDX file, ends early, goes on after its last
   *     element, or has sizes that it cannot hold
   * @throws FileAccessException when it cannot be read
   * @throws dev.gatun.memory.MemoryLimitException when the pool refuses
   */
  public static Tensor read(Path file) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), CHUNK_BYTES)) {
      long fileBytes = Files.size(file);
      raw.mark(2);
      int magic = raw.read() << 8 | raw.read();
      raw.reset();
      if (magic != GZIP_MAGIC) {
        return new Idx(file, raw, fileBytes, false).read();
      }
      return readCompressed(file, raw, fileBytes);
    } catch (IOException e) {
      throw new FileAccessException(FORMAT, file, e);
    }
  }

  private static Tensor readCompressed(Path file, InputStream raw, long fileBytes)
      throws IOException {
    try (InputStream in = new GZIPInputStream(raw, CHUNK_BYTES)) {
      Idx reader = new Idx(file, in, fileBytes, true);
      try {
        return reader.read();
      } catch (ZipException | EOFException e) {
        throw reader.problem(
            reader.position, "the compressed data is damaged or ends early: " + e.getMessage());
      }
    } catch (ZipException | EOFException e) {
      throw FileFormatException.atByte(
          FORMAT, file, 0, "the gzip header is damaged or ends early: " + e.getMessage());
    }
  }

  private Tensor read() throws IOException {
    int first = readByte("the magic number");
    int second = readByte("the magic number");
    if (first != 0 || second != 0) {
      throw problem(
          0, String.format("the file begins with %02x %02x, not with 00 00", first, second));
    }
    DType dtype = elementType(readByte("the element type"));
    int rank = readByte("the number of axes");
    long[] sizes = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = readSize(axis);
    }
    Shape shape = checkedShape(dtype, sizes);
    Tensor tensor = HostTensors.allocate(dtype, shape);
    boolean read = false;
    try {
      readElements(tensor);
      if (in.read() >= 0) {
        throw problem(position, "the file goes on after the last element of " + dtype + shape);
      }
      read = true;
      return tensor;
    } finally {
      if (!read) {
        tensor.close();
      }
    }
  }

  private DType elementType(int code) {
    return switch (code) {
      case 0x08 -> DType.UINT8;
      case 0x09 -> DType.INT8;
      case 0x0b -> DType.INT16;
      case 0x0c -> DType.INT32;
      case 0x0d -> DType.FLOAT32;
      case 0x0e -> DType.FLOAT64;
      default ->
          throw problem(
              2, String.format("element type %02x; known are 08, 09, 0b, 0c, 0d and 0e", code));
    };
  }

  private Shape checkedShape(DType dtype, long[] sizes) {
    Shape shape;
    long byteSize;
    try {
      shape = Shape.of(sizes);
      byteSize = StridedArray.byteSize(dtype, shape);
    } catch (GatunException e) {
      throw problem(4, "" + e.getMessage());
    }
    String taken = dtype + "" + shape + " takes " + byteSize + " bytes";
    long following = fileBytes - position;
    if (!compressed && byteSize != following) {
      throw problem(
          byteSize > following ? fileBytes : position + byteSize,
          taken + ", but " + following + " follow the header");
    }
    if (compressed && byteSize / MAXIMUM_COMPRESSION > fileBytes) {
      throw problem(4, taken + ", more than a compressed file of " + fileBytes + " can hold");
    }
    return shape;
  }

  /** Fills a tensor from the file, turning the bytes of every element around. */
  private void readElements(Tensor tensor) throws IOException {
    MemorySegment target = tensor.asSegment();
    int width = tensor.dtype().byteSize();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long at = 0; at < target.byteSize(); ) {
      int length = (int) Math.min(chunk.length, target.byteSize() - at);
      int got = in.readNBytes(chunk, 0, length);
      if (got < length) {
        throw problem(
            position + got,
            "the file ends; "
                + tensor.dtype()
                + tensor.shape()
                + " takes "
                + (target.byteSize() - at - got)
                + " more bytes");
      }
      MemorySegment.copy(
          MemorySegment.ofBuffer(swapped(chunk, length, width)), 0, target, at, length);
      at += length;
      position += length;
    }
  }

  private static ByteBuffer swapped(byte[] chunk, int length, int width) {
    ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
    if (width > 1 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int i = 0; i < length; i += width) {
        for (int low = i, high = i + width - 1; low < high; low++, high--) {
          byte kept = chunk[low];
          chunk[low] = chunk[high];
          chunk[high] = kept;
        }
      }
    }
    return bytes;
  }

  private long readSize(int axis) throws IOException {
    long size = 0;
    for (int i = 0; i < 4; i++) {
      size = size << 8 | readByte("the size of axis " + axis);
    }
    return size;
  }

  private int readByte(String what) throws IOException {
    int value = in.read();
    if (value < 0) {
      throw problem(position, "the file ends within " + what);
    }
    position++;
    return value;
  }

  private FileFormatException problem(long offset, String problem) {
    String place = compressed ? "decompressed byte " : "byte ";
    return new FileFormatException(FORMAT, file, place + offset, problem);
  }
}
