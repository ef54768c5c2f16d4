package dev.gatun.nn.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsBadFilesTest {
  @TempDir Path folder;

  private byte[] wellFormed() throws IOException {
    Path file = folder.resolve("good.safetensors");
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors =
          Map.of(
              "weight", Gatun.rand(2, 3),
              "bias", Gatun.tensor(DType.FLOAT64, Shape.of(2), 1, 2),
              "steps", Gatun.tensor(DType.INT8, Shape.of(3), 1, 2, 3));
      assertEquals(3, scope.size());
      Safetensors.save(file, tensors, Map.of("epoch", "3"));
    }
    return Files.readAllBytes(file);
  }

  private FileFormatException refused(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("bad.safetensors"), bytes);
    var e = assertThrows(FileFormatException.class, () -> SafetensorsFile.open(file));
    assertEquals(file, e.file());
    assertTrue(e.getMessage().startsWith("safetensors: " + file + ", byte "), e.getMessage());
    return e;
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes = wellFormed();
    for (int length = 0; length < bytes.length; length++) {
      refused(Arrays.copyOf(bytes, length));
    }
  }

  @Test
  void bytesAfterTheLastTensorAreRefused() throws IOException {
    byte[] bytes = wellFormed();
    var e = refused(Arrays.copyOf(bytes, bytes.length + 1));
    assertTrue(e.getMessage().contains("1 bytes after the last tensor belong to none"));
  }

  @Test
  void mutationsAreReadOrRefused() throws IOException {
    byte[] bytes = wellFormed();
    Random random = new Random(20261121);
    int refused = 0;
    for (int round = 0; round < 4000; round++) {
      byte[] mutated = bytes.clone();
      for (int change = random.nextInt(3); change >= 0; change--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("mutated.safetensors"), mutated);
      try (SafetensorsFile read = SafetensorsFile.open(file)) {
        read.tensors().values().forEach(Tensor::toDoubleArray);
      } catch (FileFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "refused " + refused);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, at most 100000000 are allowed",
    "9223372036854775807, at most 100000000 are allowed",
    "100000001, at most 100000000 are allowed",
    "100000000, in a file of",
    "0, does not begin with '{'",
    "1, does not begin with '{'"
  })
  void lengthsOfTheHeaderAreChecked(long length, String problem) throws IOException {
    byte[] bytes = wellFormed();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    var e = refused(bytes);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}|not valid",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}},|not valid",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}{}|something follows",
        "{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}|unknown dtype 'F33'",
        "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}|a string for dtype",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|-2 is negative",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|integers only",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|shape to be an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}|a begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|a begin and an end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|takes 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}|"
            + "2^63 - 1",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,8]}}|"
            + "2^63 - 1",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}|"
            + "not valid",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}|reach beyond the 8"
            + " bytes",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[1,8]}}|leave a hole after 0",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[0,7]}}|belong to none",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[7,8]}}|overlap",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}|uplicate",
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}|uplicate",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8],\"x\":1}}|unknown key 'x'",
        "{\"a\":{\"shape\":[8],\"data_offsets\":[0,8]}}|dtype is missing",
        "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,8]}}|shape is missing",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8]}}|data_offsets is missing",
        "{\"a\":[]}|expected tensor 'a': an object",
        "{\"__metadata__\":{\"k\":1}}|a string for 'k' in the metadata",
        "{\"__metadata__\":7}|to be an object",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[[[[[8]]]]],\"data_offsets\":[0,8]}}|integers only"
      })
  void headersAreChecked(String header, String problem) throws IOException {
    var e = refused(withHeader(header.getBytes(StandardCharsets.UTF_8)));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void headersThatAreNotUtf8AreRefused() throws IOException {
    refused(withHeader("{\"\u00e9\":{}}".getBytes(StandardCharsets.ISO_8859_1)));
    refused(withHeader("{}".getBytes(StandardCharsets.UTF_16LE)));
    refused(withHeader("{}".getBytes(StandardCharsets.UTF_16BE)));
  }

  private static byte[] withHeader(byte[] json) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(json.length).put(json).array();
  }
}
