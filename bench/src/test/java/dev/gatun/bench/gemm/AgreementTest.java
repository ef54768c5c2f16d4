package dev.gatun.bench.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.peers.MatrixOperands;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgreementTest {

  private static final int SIZE = 37;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void acceptsAProductAndRefusesAWrongElement(DType dtype) {
    try (var arena = Arena.ofConfined()) {
      var operands = MatrixOperands.random(dtype, SIZE, 1, arena);
      var agreement = new Agreement(operands);
      var right = operands.allocateResult(arena);
      multiply(operands, right);
      assertTrue(agreement.errorOfSamples(right) <= agreement.tolerance());
      assertEquals(0, agreement.differenceFrom(right, right));

      var wrong = operands.allocateResult(arena);
      multiply(operands, wrong);
      dtype.setDouble(wrong, 0, operands.element(right, 0, 0) + 0.1);
      assertFalse(agreement.differenceFrom(wrong, right) <= agreement.tolerance());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64"})
  void anElementNeverWrittenIsNoticed(DType dtype) {
    try (var arena = Arena.ofConfined()) {
      var operands = MatrixOperands.random(dtype, SIZE, 1, arena);
      var agreement = new Agreement(operands);
      assertTrue(Double.isNaN(agreement.errorOfSamples(operands.allocateResult(arena))));
    }
  }

  private static void multiply(MatrixOperands operands, MemorySegment result) {
    int size = operands.size();
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double sum = 0;
        for (int k = 0; k < size; k++) {
          sum += operands.element(operands.a(), row, k) * operands.element(operands.b(), k, column);
        }
        long offset = ((long) row * size + column) * operands.dtype().byteSize();
        operands.dtype().setDouble(result, offset, sum);
      }
    }
  }
}
