package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.full;
import static dev.gatun.autograd.Gatun.fullLike;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole numbers that no double holds are computed with as they are. */
class WholeNumberScalarsTest {
  /** The first whole number without a double of its own. */
  private static final long BEYOND = (1L << 53) + 1;

  private static Arguments of(String name, long expected, UnaryOperator<Tensor> operation) {
    return Arguments.of(name, expected, operation);
  }

  /** Of the elements 0 and 2, what becomes of the second. */
  static Stream<Arguments> operations() {
    Tensor second = tensor(false, true);
    Tensor place = tensor(1);
    return Stream.of(
        of("add", BEYOND + 2, x -> x.add(BEYOND)),
        of("add_", BEYOND + 2, x -> x.add_(BEYOND)),
        of("sub", 2 - BEYOND, x -> x.sub(BEYOND)),
        of("sub_", 2 - BEYOND, x -> x.sub_(BEYOND)),
        of("rsub", BEYOND - 2, x -> x.rsub(BEYOND)),
        of("mul", 2 * BEYOND, x -> x.mul(BEYOND)),
        of("mul_", 2 * BEYOND, x -> x.mul_(BEYOND)),
        of("the largest", Long.MAX_VALUE - 2, x -> x.rsub(Long.MAX_VALUE)),
        of("floorDivide", -1, x -> x.neg().floorDivide(BEYOND)),
        of("floorDivide_", -1, x -> x.neg_().floorDivide_(BEYOND)),
        of("remainder_", 0, x -> x.fill_(BEYOND).remainder_(BEYOND)),
        of("fmod_", 0, x -> x.fill_(BEYOND).fmod_(BEYOND)),
        of("pow_", -1, x -> x.fill_(-1).pow_(BEYOND)),
        of("clamp", BEYOND, x -> x.fill_(Long.MAX_VALUE).clamp(0, BEYOND)),
        of("clamp_", BEYOND, x -> x.clamp_(BEYOND, Long.MAX_VALUE)),
        of("clampMin", BEYOND, x -> x.clampMin(BEYOND)),
        of("clampMin_", BEYOND, x -> x.clampMin_(BEYOND)),
        of("clampMax", -BEYOND, x -> x.clampMax(-BEYOND)),
        of("clampMax_", -BEYOND, x -> x.clampMax_(-BEYOND)),
        of("eq", 1, x -> x.mul(0).add(BEYOND).eq(BEYOND).to(DType.INT64)),
        of("eq of a neighbour", 0, x -> x.mul(0).add(BEYOND).eq(BEYOND - 1).to(DType.INT64)),
        of("maskedFill", BEYOND, x -> x.maskedFill(second, BEYOND)),
        of("maskedFill_", BEYOND, x -> x.maskedFill_(second, BEYOND)),
        of("indexFill", BEYOND, x -> x.indexFill(0, place, BEYOND)),
        of("indexFill_", BEYOND, x -> x.indexFill_(0, place, BEYOND)),
        of("scatter", BEYOND, x -> x.scatter(0, place, BEYOND)),
        of("scatter_", BEYOND, x -> x.scatter_(0, place, BEYOND)),
        of("full", BEYOND, x -> full(DType.INT64, x.shape(), BEYOND)),
        of("fullLike", BEYOND, x -> fullLike(x, BEYOND)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void isExact(String name, long expected, UnaryOperator<Tensor> operation) {
    Tensor result = operation.apply(tensor(0L, 2L));
    assertEquals(DType.INT64, result.dtype(), name);
    assertEquals(expected, result.getLong(1), name);
  }

  @Test
  void aScalarLeavesTheTypeOfATensorAsItIs() {
    assertEquals(DType.UINT8, tensor(1).to(DType.UINT8).rsub(5).dtype());
    assertEquals(DType.INT64, tensor(1, 2).rsub(5).dtype());
    assertEquals(DType.FLOAT32, tensor(1, 2).rsub(5.0).dtype());
    assertEquals(DType.FLOAT32, tensor(1f).rsub(5).dtype());
    assertEquals("tensor([4, 3])", tensor(1, 2).rsub(5).toString());
    assertEquals("tensor([ 9, 18])", tensor(1, 2).rsub(tensor(10, 20)).toString());
  }

  @Test
  void aTypeThatDoesNotHoldItRefusesIt() {
    Tensor narrow = tensor(1, 2).to(DType.INT32);
    assertThrows(ArgumentException.class, () -> narrow.maskedFill(narrow.gt(0), BEYOND));
    assertThrows(ArgumentException.class, () -> full(DType.INT32, Shape.of(2), BEYOND));
    assertEquals(2, narrow.getLong(-1));
  }

  @Test
  void aNarrowTypeWrapsAsItDoesForSmallOnes() {
    Tensor narrow = tensor(1, 2).to(DType.INT8);
    assertEquals(3, narrow.add(257L).getLong(1));
    assertEquals(3, narrow.add(BEYOND).getLong(1));
    assertEquals(3, narrow.add_(BEYOND).getLong(1));
    assertEquals(DType.FLOAT32, narrow.div(BEYOND).dtype());
  }

  @Test
  void truthValuesAreFilledWithTruth() {
    Tensor truth = tensor(false, true);
    Tensor first = tensor(true, false);
    for (double value : new double[] {0.5, Double.NaN, 1L << 32}) {
      assertEquals("tensor([True, True])", truth.maskedFill(first, value).toString());
    }
    assertEquals("tensor([True, True])", truth.maskedFill(first, BEYOND).toString());
    assertEquals("tensor([False,  True])", truth.maskedFill(first, 0).toString());
  }

  @Test
  void numbersAreComparedInTheTypeOfHalfPrecision() {
    Tensor half = tensor(2048.0).to(DType.FLOAT16);
    assertEquals(1, half.eq(2049.0).item());
    assertEquals(1, half.eq(2049L).item());
  }

  @Test
  void plansComputeWithThemToo() {
    try (Scope scope = Scope.open();
        Plan plan = Plan.capture(x -> x.add(BEYOND), tensor(0L, 2L))) {
      assertEquals(BEYOND + 3, plan.run(tensor(5L, 3L)).getLong(1));
    }
  }

  @Test
  void floatingPointTensorsTakeTheNearest() {
    assertEquals(0x1p53, tensor(0.0).to(DType.FLOAT64).add(BEYOND).item());
    assertEquals(0x1p53f, tensor(0f).add_(BEYOND).item());
  }

  @Test
  void ofAFractionAnIntegralTypeTakesTheWholePart() {
    try (Scope scope = Scope.open()) {
      for (DType dtype : new DType[] {DType.INT8, DType.INT32, DType.INT64}) {
        Tensor x = full(dtype, Shape.of(2), 7L);
        Tensor first = tensor(true, false);
        assertEquals(-2, full(dtype, Shape.of(1), -2.7).itemLong());
        assertEquals(-2, fullLike(x, -2.7).getLong(1));
        assertEquals(-2, x.newFull(Shape.scalar(), -2.7).itemLong());
        assertEquals(-2, x.maskedFill(first, -2.7).getLong(0));
        assertEquals(0, x.clone().maskedFill_(first, 0.5).getLong(0));
        assertEquals(7, x.clone().maskedFill_(first, 0.5).getLong(1));
        assertEquals(0, x.clone().fill_(0.5).getLong(0));
        assertEquals(-2, x.clone().set(-2.7, 1).getLong(1));
      }
    }
  }
}
