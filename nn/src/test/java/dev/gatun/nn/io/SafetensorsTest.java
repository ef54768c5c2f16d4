package dev.gatun.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.TestScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(TestScope.class)
class SafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeComesBack(DType dtype) {
    Tensor saved = Gatun.tensor(dtype, Shape.of(2, 3), 0, 1, 1, 0, 1, 0);
    Path file = folder.resolve("one.safetensors");
    Safetensors.save(file, Map.of("x", saved));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      Tensor x = read.tensor("x");
      assertEquals(dtype, x.dtype());
      assertEquals(Shape.of(2, 3), x.shape());
      assertArrayEquals(saved.toDoubleArray(), x.toDoubleArray());
    }
  }

  @Test
  void shapesLayoutsAndMetadataComeBack() {
    Tensor matrix = Gatun.arange(12.0).reshape(3, 4);
    Map<String, Tensor> saved = new LinkedHashMap<>();
    saved.put("transposed", matrix.T());
    saved.put("sliced", matrix.slice(1, 1, 4, 2));
    saved.put("scalar", Gatun.scalar(-2.5));
    saved.put("empty", Gatun.zeros(DType.INT16, Shape.of(3, 0)));
    saved.put("flag", Gatun.tensor(true, false, true));
    saved.put("naïve \"name\"\n", Gatun.tensor(DType.FLOAT64, Shape.of(1), Math.PI));
    Path file = folder.resolve("several.safetensors");
    Safetensors.save(file, saved, Map.of("epoch", "7", "note", "ü"));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertEquals(saved.keySet(), read.names());
      assertEquals(Map.of("epoch", "7", "note", "ü"), read.metadata());
      saved.forEach((name, tensor) -> {
        assertEquals(tensor.shape(), read.tensor(name).shape(), name);
        assertArrayEquals(tensor.toDoubleArray(), read.tensor(name).toDoubleArray(), name);
      });
    }
  }

  @Test
  void noTensorsAtAllIsAFileToo() {
    Path file = folder.resolve("none.safetensors");
    Safetensors.save(file, Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertTrue(read.names().isEmpty());
      assertTrue(read.metadata().isEmpty());
    }
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("bytes.safetensors");
    Safetensors.save(file, Map.of("a", Gatun.tensor(1.0, 2.0)));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8).strip();
    assertEquals("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", header);
    assertEquals(0, length % 8);
    assertEquals(1.0f, bytes.getFloat(8 + length));
    assertEquals(2.0f, bytes.getFloat(12 + length));
    assertEquals(16 + length, bytes.limit());
  }

  @Test
  void tensorsThatLieAtOddOffsetsAreReadInPlace() throws IOException {
    String header =
        """
        {"byte":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
        "odd":{"dtype":"F32","shape":[3],"data_offsets":[1,13]}}\
        """;
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 13).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json).put((byte) 9);
    bytes.putFloat(1.5f).putFloat(-2).putFloat(3);
    Path file = Files.write(folder.resolve("odd.safetensors"), bytes.array());
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertArrayEquals(new double[] {9}, read.tensor("byte").toDoubleArray());
      assertArrayEquals(new double[] {3, -4, 6}, read.tensor("odd").mul(2).toDoubleArray());
      assertEquals(2.5, read.tensor("odd").sum().item());
    }
  }

  @Test
  void loadedTensorsAreReadOnlyAndBelongToTheFile() {
    Path file = folder.resolve("owned.safetensors");
    Safetensors.save(file, Map.of("x", Gatun.tensor(1.0, 2.0)));
    SafetensorsFile read;
    try (Scope inner = Scope.open()) {
      read = SafetensorsFile.open(file);
      assertEquals(0, inner.size());
    }
    Tensor x = read.tensor("x");
    assertEquals(3, x.sum().item());
    assertThrows(InPlaceException.class, () -> x.add_(1));
    assertThrows(InPlaceException.class, () -> x.fill_(1));
    read.close();
    read.close();
    assertThrows(ClosedTensorException.class, () -> x.add(1));
  }

  @Test
  void replacingAFileLeavesOpenOnesAsTheyWere() {
    Path file = folder.resolve("replaced.safetensors");
    Safetensors.save(file, Map.of("x", Gatun.tensor(1.0)));
    try (SafetensorsFile before = SafetensorsFile.open(file)) {
      Safetensors.save(file, Map.of("x", Gatun.tensor(2.0)));
      assertEquals(1, before.tensor("x").item());
    }
    try (SafetensorsFile after = SafetensorsFile.open(file)) {
      assertEquals(2, after.tensor("x").item());
    }
  }

  @Test
  void unknownNamesAndReservedOnesAreRefused() {
    Path file = folder.resolve("names.safetensors");
    Map<String, Tensor> reserved = Map.of("__metadata__", Gatun.tensor(1.0));
    assertThrows(ArgumentException.class, () -> Safetensors.save(file, reserved));
    Safetensors.save(file, Map.of("x", Gatun.tensor(1.0)));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      var e = assertThrows(ArgumentException.class, () -> read.tensor("y"));
      assertTrue(e.getMessage().contains("there is no tensor 'y' among [x]"), e.getMessage());
    }
  }

  @Test
  void aMissingFileIsATypedError() {
    Path file = folder.resolve("missing.safetensors");
    var e = assertThrows(FileAccessException.class, () -> SafetensorsFile.open(file));
    assertEquals(file, e.file());
  }

  @Test
  void aFolderThatIsAFileLeavesNothingBehind() throws IOException {
    Path notFolder = Files.writeString(folder.resolve("file"), "kept");
    Path file = notFolder.resolve("model.safetensors");
    Map<String, Tensor> tensors = Map.of("x", Gatun.tensor(1.0));
    assertThrows(FileAccessException.class, () -> Safetensors.save(file, tensors));
    assertThrows(FileAccessException.class, () -> Safetensors.save(folder, tensors));
    assertEquals("kept", Files.readString(notFolder));
    assertEquals(List.of(notFolder), list());
  }

  @Test
  void aDiskThatIsFullLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.save(file, Map.of("x", Gatun.tensor(1.0)));
    byte[] before = Files.readAllBytes(file);
    Map<String, Tensor> next = Map.of("x", Gatun.arange(1000.0));
    for (int room = 0; room < 4000; room += 97) {
      OutputFile.Opener full = fullAfter(room);
      var e =
          assertThrows(
              FileAccessException.class, () -> Safetensors.save(file, next, Map.of(), full));
      assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
      assertArrayEquals(before, Files.readAllBytes(file));
      assertEquals(List.of(file), list());
    }
  }

  @Test
  void aDiskThatDoesNotSynchroniseLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.save(file, Map.of("x", Gatun.tensor(1.0)));
    byte[] before = Files.readAllBytes(file);
    OutputFile.Opener broken =
        path -> {
          OutputFile inner = OutputFile.create(path);
          return new Limited(inner, Integer.MAX_VALUE) {
            @Override
            public void force() throws IOException {
              throw new IOException("Input/output error");
            }
          };
        };
    Map<String, Tensor> next = Map.of("x", Gatun.tensor(2.0));
    assertThrows(FileAccessException.class, () -> Safetensors.save(file, next, Map.of(), broken));
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(List.of(file), list());
  }

  private List<Path> list() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static OutputFile.Opener fullAfter(int room) {
    return path -> new Limited(OutputFile.create(path), room);
  }

  /** A file on a disk with little room. */
  private static class Limited implements OutputFile {
    private final OutputFile inner;
    private int room;

    Limited(OutputFile inner, int room) {
      this.inner = inner;
      this.room = room;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      int fits = Math.min(room, bytes.remaining());
      boolean all = fits == bytes.remaining();
      room -= fits;
      ByteBuffer part = bytes.duplicate();
      part.limit(part.position() + fits);
      inner.write(part);
      if (!all) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void force() throws IOException {
      inner.force();
    }

    @Override
    public void close() throws IOException {
      inner.close();
    }
  }
}
