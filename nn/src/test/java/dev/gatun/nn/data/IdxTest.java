package dev.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.nn.io.FileAccessException;
import dev.gatun.nn.io.FileFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  private static byte[] file(int code, int[] sizes, byte[] elements) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + elements.length);
    bytes.put((byte) 0).put((byte) 0).put((byte) code).put((byte) sizes.length);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    return bytes.put(elements).array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("data.idx"), bytes);
  }

  private void check(DType dtype, Shape shape, double[] values, byte[] bytes) throws IOException {
    for (byte[] contents : new byte[][] {bytes, gzip(bytes)}) {
      try (Tensor read = Idx.read(write(contents))) {
        assertEquals(dtype, read.dtype());
        assertEquals(shape, read.shape());
        assertArrayEquals(values, read.toDoubleArray());
      }
    }
  }

  @Test
  void everyElementTypeIsRead() throws IOException {
    int[] two = {2};
    Shape shape = Shape.of(2);
    check(DType.UINT8, shape, new double[] {7, 255}, file(0x08, two, new byte[] {7, -1}));
    check(DType.INT8, shape, new double[] {7, -1}, file(0x09, two, new byte[] {7, -1}));
    byte[] shorts = ByteBuffer.allocate(4).putShort((short) -300).putShort((short) 5).array();
    check(DType.INT16, shape, new double[] {-300, 5}, file(0x0b, two, shorts));
    byte[] ints = ByteBuffer.allocate(8).putInt(-70000).putInt(5).array();
    check(DType.INT32, shape, new double[] {-70000, 5}, file(0x0c, two, ints));
    byte[] floats = ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).array();
    check(DType.FLOAT32, shape, new double[] {1.5, -2}, file(0x0d, two, floats));
    byte[] doubles = ByteBuffer.allocate(16).putDouble(Math.PI).putDouble(-2).array();
    check(DType.FLOAT64, shape, new double[] {Math.PI, -2}, file(0x0e, two, doubles));
  }

  @Test
  void everyRankIsRead() throws IOException {
    check(DType.UINT8, Shape.scalar(), new double[] {9}, file(8, new int[0], new byte[] {9}));
    check(
        DType.UINT8,
        Shape.of(0, 28, 28),
        new double[0],
        file(8, new int[] {0, 28, 28}, new byte[0]));
    double[] counting = {0, 1, 2, 3, 4, 5};
    byte[] bytes = {0, 1, 2, 3, 4, 5};
    check(DType.UINT8, Shape.of(1, 2, 1, 3), counting, file(8, new int[] {1, 2, 1, 3}, bytes));
  }

  @Test
  void filesLargerThanAChunkAreRead() throws IOException {
    int count = 100_003;
    ByteBuffer elements = ByteBuffer.allocate(count * 4);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      elements.putInt(i * 31);
      values[i] = i * 31;
    }
    byte[] bytes = file(0x0c, new int[] {count}, elements.array());
    check(DType.INT32, Shape.of(count), values, bytes);
  }

  private FileFormatException refused(byte[] bytes) throws IOException {
    Path file = write(bytes);
    long before = MemoryPool.shared().inUseBytes();
    var e = assertThrows(FileFormatException.class, () -> Idx.read(file));
    assertEquals(before, MemoryPool.shared().inUseBytes());
    assertTrue(e.getMessage().startsWith("idx: " + file + ", "), e.getMessage());
    return e;
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] plain = file(0x0c, new int[] {2, 2}, new byte[16]);
    for (int length = 0; length < plain.length; length++) {
      refused(Arrays.copyOf(plain, length));
      refused(gzip(Arrays.copyOf(plain, length)));
    }
    byte[] compressed = gzip(plain);
    for (int length = 0; length < compressed.length; length++) {
      refused(Arrays.copyOf(compressed, length));
    }
  }

  @Test
  void bytesAfterTheLastElementAreRefused() throws IOException {
    byte[] longer = file(8, new int[] {2}, new byte[3]);
    assertTrue(refused(longer).getMessage().contains("takes 2 bytes, but 3 follow"));
    assertTrue(refused(gzip(longer)).getMessage().contains("goes on after the last element"));
  }

  @Test
  void sizesThatLieAreRefusedBeforeAnythingIsAllocated() throws IOException {
    byte[] huge = file(8, new int[] {-1, -1}, new byte[4]);
    assertTrue(refused(huge).getMessage().contains("2^63 - 1"));
    byte[] large = file(8, new int[] {-1, 1 << 28}, new byte[4]);
    assertTrue(refused(large).getMessage().contains("but 4 follow the header"));
    assertTrue(refused(gzip(large)).getMessage().contains("more than a compressed file of"));
    byte[] overflowing = file(0x0e, new int[] {1 << 30, 1 << 30, 2}, new byte[4]);
    assertTrue(refused(overflowing).getMessage().contains("2^63 - 1"));
    byte[] deep = file(8, new int[255], new byte[1]);
    assertTrue(refused(deep).getMessage().contains("takes 0 bytes, but 1 follow"));
  }

  @Test
  void whatIsNoIdxFileIsRefused() throws IOException {
    assertTrue(refused(new byte[] {'P', 'K', 3, 4}).getMessage().contains("begins with 50 4b"));
    assertTrue(refused(file(0x0a, new int[] {1}, new byte[1])).getMessage().contains("type 0a"));
    assertThrows(FileAccessException.class, () -> Idx.read(folder.resolve("missing")));
    assertThrows(FileAccessException.class, () -> Idx.read(folder));
  }

  @Test
  void mutationsAreReadOrRefused() throws IOException {
    byte[] plain = file(0x0b, new int[] {3, 2}, new byte[12]);
    byte[] compressed = gzip(plain);
    Random random = new Random(20261121);
    int refused = 0;
    for (int round = 0; round < 4000; round++) {
      byte[] mutated = (round % 2 == 0 ? plain : compressed).clone();
      for (int change = random.nextInt(3); change >= 0; change--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      try (Tensor read = Idx.read(write(mutated))) {
        assertTrue(read.numel() <= 4096);
      } catch (FileFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "refused " + refused);
  }
}
