package dev.gatun.kernels.pointwise;

import static dev.gatun.kernels.SteadyState.assertNothingIsAllocated;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs do not allocate on the Java heap once their code has been compiled. */
class AllocationTest {
  private static final int RUNS_THAT_COMPILE = 20_000;
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  static List<Shape> shapes() {
    return List.of(Shape.of(32), Shape.of(33), Shape.of(4, 100));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void contiguousRunsDoNotAllocate(Shape shape) {
    try (var _ = Scope.open()) {
      var a = StridedArray.allocate(DType.FLOAT32, shape);
      var b = StridedArray.allocate(DType.FLOAT32, shape);
      var out = StridedArray.allocate(DType.FLOAT32, shape);
      var kernel = kernel(X.mul(Y).add(Expression.parameter(0)));
      assertNothingIsAllocated("a run over " + shape, () -> kernel.run(out, a, b, 1, 0));
    }
  }

  @Test
  void generalRunsDoNotAllocate() {
    try (var _ = Scope.open()) {
      StridedArray[] outs = {StridedArray.allocate(DType.FLOAT32, Shape.of(6, 40))};
      StridedArray[] ins = {
        StridedArray.allocate(DType.FLOAT32, Shape.of(6, 40)),
        StridedArray.allocate(DType.FLOAT32, Shape.of(6, 40))
      };
      double[] parameters = {};
      var kernel = kernel(X.mul(Y));
      assertNothingIsAllocated("a run of operand arrays", () -> kernel.run(outs, ins, parameters));
    }
  }

  @Test
  void broadcastRunsDoNotAllocate() {
    try (var _ = Scope.open()) {
      var matrix = StridedArray.allocate(DType.FLOAT32, Shape.of(6, 80));
      var row = StridedArray.allocate(DType.FLOAT32, Shape.of(80));
      var column = StridedArray.allocate(DType.FLOAT32, Shape.of(6, 1));
      var out = StridedArray.allocate(DType.FLOAT32, Shape.of(6, 80));
      var kernel = kernel(X.add(Y));
      assertNothingIsAllocated(
          "a run that repeats a row", () -> kernel.run(out, matrix, row, 0, 0));
      assertNothingIsAllocated(
          "a run that repeats a column", () -> kernel.run(out, matrix, column, 0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void runsOfManyOperandsDoNotAllocate(Shape shape) {
    try (var _ = Scope.open()) {
      var arrays = new StridedArray[4];
      for (int i = 0; i < arrays.length; i++) {
        arrays[i] = StridedArray.allocate(DType.FLOAT32, shape);
      }
      var z = Expression.input(2);
      var update =
          new PointwiseProgram(
              "update",
              List.of(X.add(z), Y.mul(z), z.sub(Expression.input(3))),
              Collections.nCopies(3, DType.FLOAT32),
              Collections.nCopies(4, DType.FLOAT32),
              DType.FLOAT32);
      var kernel =
          VectorProvider.ofWidth(VectorProvider.availableWidths().getLast()).pointwise(update);
      StridedArray[] outs = {arrays[0], arrays[1], arrays[2]};
      double[] parameters = {};
      assertNothingIsAllocated(
          "a run of many operands over " + shape, () -> kernel.run(outs, arrays, parameters));
    }
  }

  /** What the compiler has seen of lanes that are left to scalar code costs the others nothing. */
  @Test
  void vectorsAreNotBoxedForTheFewLanesOfScalarCode() {
    try (var _ = Scope.open()) {
      var x = StridedArray.allocate(DType.FLOAT32, Shape.of(500));
      var y = StridedArray.allocate(DType.FLOAT32, Shape.of(500));
      var out = StridedArray.allocate(DType.FLOAT32, Shape.of(500));
      for (int i = 0; i < 500; i++) {
        x.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, i == 100 ? 1e-30f : 7);
      }
      var kernel = kernel(X.fmod(Y));
      for (int i = 0; i < RUNS_THAT_COMPILE; i++) {
        kernel.run(out, x, y, 0, 0);
      }
      y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, 100, 7);
      assertNothingIsAllocated("a run of remainders", () -> kernel.run(out, x, y, 0, 0));
    }
  }

  private static PointwiseKernel kernel(Expression formula) {
    return VectorProvider.ofWidth(VectorProvider.availableWidths().getLast())
        .pointwise(PointwiseProgram.of("allocation", DType.FLOAT32, 2, formula));
  }
}
