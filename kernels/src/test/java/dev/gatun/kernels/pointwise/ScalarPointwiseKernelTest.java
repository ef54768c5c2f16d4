package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.kernels.TestScope;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class ScalarPointwiseKernelTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  private static StridedArray array(DType type, Shape shape, double... values) {
    var array = StridedArray.allocate(type, shape);
    for (int i = 0; i < values.length; i++) {
      type.setDouble(array.segment(), (long) i * type.byteSize(), values[i]);
    }
    return array;
  }

  private static double at(StridedArray array, int index) {
    return array.dtype().getDouble(array.segment(), (long) index * array.dtype().byteSize());
  }

  @Test
  void broadcastsRowsAndColumns() {
    var kernel = new ScalarPointwiseKernel(PointwiseProgram.of("sub", DType.FLOAT32, 2, X.sub(Y)));
    var column = array(DType.FLOAT32, Shape.of(3, 1), 10, 20, 30);
    var row = array(DType.FLOAT32, Shape.of(2), 1, 2);
    var out = StridedArray.allocate(DType.FLOAT32, Shape.of(3, 2));
    kernel.run(out, column, row, 0, 0);
    double[] expected = {9, 8, 19, 18, 29, 28};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], at(out, i));
    }
  }

  @Test
  void severalOutputsShareOnePass() {
    var program =
        new PointwiseProgram(
            "sincos",
            List.of(X.sin(), X.cos(), X.gt(Expression.parameter(0))),
            List.of(DType.FLOAT64, DType.FLOAT32, DType.BOOL),
            List.of(DType.FLOAT64),
            DType.FLOAT64);
    var in = array(DType.FLOAT64, Shape.of(1000));
    for (int i = 0; i < 1000; i++) {
      DType.FLOAT64.setDouble(in.segment(), 8L * i, 0.01 * i);
    }
    StridedArray[] outs = {
      StridedArray.allocate(DType.FLOAT64, Shape.of(1000)),
      StridedArray.allocate(DType.FLOAT32, Shape.of(1000)),
      StridedArray.allocate(DType.BOOL, Shape.of(1000))
    };
    new ScalarPointwiseKernel(program).run(outs, new StridedArray[] {in}, new double[] {5});
    for (int i = 0; i < 1000; i++) {
      assertEquals(Math.sin(0.01 * i), at(outs[0], i), 1e-15);
      assertEquals((float) Math.cos(0.01 * i), at(outs[1], i), 1e-7);
      assertEquals(0.01 * i > 5 ? 1 : 0, at(outs[2], i));
    }
  }

  @Test
  void integersWrapAndDivideLikePyTorch() {
    var a = array(DType.INT32, Shape.of(4), -7, 7, Integer.MAX_VALUE, Integer.MIN_VALUE);
    var b = array(DType.INT32, Shape.of(4), 2, -2, 1, -1);
    var out = StridedArray.allocate(DType.INT32, Shape.of(4));
    check(out, a, b, X.floorDivide(Y), -4, -4, Integer.MAX_VALUE, Integer.MIN_VALUE);
    check(out, a, b, X.remainder(Y), 1, -1, 0, 0);
    check(out, a, b, X.fmod(Y), -1, 1, 0, 0);
    check(out, a, b, X.add(Y), -5, 5, Integer.MIN_VALUE, Integer.MAX_VALUE);
    check(out, a, b, X.shiftLeft(Y), -28, 0, -2, 0);
    check(out, a, b, X.shiftRight(Y), -2, 0, Integer.MAX_VALUE / 2, -1);
  }

  private static void check(
      StridedArray out, StridedArray a, StridedArray b, Expression formula, double... expected) {
    new ScalarPointwiseKernel(PointwiseProgram.of("test", out.dtype(), 2, formula))
        .run(out, a, b, 0, 0);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], at(out, i), formula + " at " + i);
    }
  }

  @Test
  void integerDivisionByZeroIsATypedError() {
    var kernel = new ScalarPointwiseKernel(PointwiseProgram.of("div", DType.INT64, 2, X.div(Y)));
    var a = array(DType.INT64, Shape.of(1), 1);
    var zero = array(DType.INT64, Shape.of(1), 0);
    var out = StridedArray.allocate(DType.INT64, Shape.of(1));
    var error = assertThrows(ArgumentException.class, () -> kernel.run(out, a, zero, 0, 0));
    assertEquals("div: integer division by zero", error.getMessage());
  }

  @Test
  void programsThatCannotBeComputedAreRefused() {
    var real =
        assertThrows(DTypeException.class, () -> PointwiseProgram.of("e", DType.INT32, 1, X.exp()));
    assertEquals("e: exp is not defined for int32", real.getMessage());
    assertThrows(
        DTypeException.class, () -> PointwiseProgram.of("n", DType.FLOAT32, 1, X.bitwiseNot()));
    assertThrows(ArgumentException.class, () -> PointwiseProgram.of("i", DType.FLOAT32, 1, Y));
    var kernel = new ScalarPointwiseKernel(PointwiseProgram.of("neg", DType.FLOAT32, 1, X.neg()));
    var a = array(DType.FLOAT32, Shape.of(1), 1);
    assertThrows(ArgumentException.class, () -> kernel.run(a, a, a, 0, 0));
  }

  @Test
  void floorDivisionOfRealsFollowsPython() {
    double[][] cases = {
      {7, 2, 3, 1},
      {-7, 2, -4, 1},
      {7, -2, -4, -1},
      {-7, -2, 3, -1},
      {1, 0.1, 9, 0.09999999999999995}
    };
    for (double[] c : cases) {
      assertEquals(c[2], Reference.evaluate(X.floorDivide(Y), c[0], c[1]));
      assertEquals(c[3], Reference.evaluate(X.remainder(Y), c[0], c[1]), 1e-16);
    }
    assertEquals(Double.POSITIVE_INFINITY, Reference.evaluate(X.floorDivide(Y), 1, 0));
  }
}
