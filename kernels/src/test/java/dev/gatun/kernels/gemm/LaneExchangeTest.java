package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.kernels.bytecode.LaneExchange;
import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.memory.DType;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What exchanges lanes, with vectors of every width: those wider than the processor's are emulated.
 */
class LaneExchangeTest {
  private static final int BLOCKS = 3;

  private static MemorySegment numbers(Arena arena, DType type, int count) {
    var memory = arena.allocate((long) count * type.byteSize(), 64);
    for (int i = 0; i < count; i++) {
      type.setDouble(memory, (long) i * type.byteSize(), i + 1);
    }
    return memory;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 128",
    "FLOAT32, 256",
    "FLOAT32, 512",
    "FLOAT64, 128",
    "FLOAT64, 256",
    "FLOAT64, 512"
  })
  void blocksAreTransposed(DType type, int vectorBits) {
    var transposer = TransposerGenerator.transposer(VectorCode.ofIntegersLike(type, vectorBits));
    int bytes = type.byteSize();
    int lanes = vectorBits / Byte.SIZE / bytes;
    int length = BLOCKS * lanes;
    try (var arena = Arena.ofShared()) {
      var source = numbers(arena, type, lanes * length);
      var target = arena.allocate((long) lanes * length * bytes, 64);
      transposer.transpose(
          BLOCKS, source, 0, (long) length * bytes, target, 0, (long) lanes * bytes);
      for (int row = 0; row < lanes; row++) {
        for (int column = 0; column < length; column++) {
          assertEquals(
              type.getDouble(source, ((long) row * length + column) * bytes),
              type.getDouble(target, ((long) column * lanes + row) * bytes),
              row + ", " + column);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 128",
    "FLOAT32, 256",
    "FLOAT32, 512",
    "FLOAT64, 128",
    "FLOAT64, 256",
    "FLOAT64, 512"
  })
  void lanesAreAdded(DType type, int vectorBits) {
    var vector = VectorCode.of(type, vectorBits);
    var sums = LaneSumsGenerator.sums(vector);
    int bytes = type.byteSize();
    int lanes = vector.lanes;
    try (var arena = Arena.ofShared()) {
      var source = numbers(arena, type, BLOCKS * lanes * lanes);
      var target = arena.allocate((long) BLOCKS * lanes * bytes, 64);
      sums.add(BLOCKS, source, target, 0, vector.vectorBytes);
      for (int i = 0; i < BLOCKS * lanes; i++) {
        double expected = 0;
        for (int lane = 0; lane < lanes; lane++) {
          expected += type.getDouble(source, ((long) i * lanes + lane) * bytes);
        }
        assertEquals(expected, type.getDouble(target, (long) i * bytes), "vector " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void theWidestVectorsAreTransposedAsIntegers(DType type) {
    var vector = VectorCode.of(type, 512);
    var types = MethodTypeDesc.of(ConstantDescs.CD_void);
    var rows = new int[vector.lanes];
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ClassFile.of()
                .build(
                    ClassDesc.of("Unused"),
                    builder ->
                        builder.withMethodBody(
                            "transpose",
                            types,
                            ClassFile.ACC_STATIC,
                            code -> LaneExchange.loadTransposed(code, vector, 0, rows, 0, rows))));
  }
}
