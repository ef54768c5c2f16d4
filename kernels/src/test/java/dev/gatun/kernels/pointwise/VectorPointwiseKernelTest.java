package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.pointwise.Operands.Arrangement;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The scalar kernel is the oracle: vector kernels of every width must agree with it. */
@ExtendWith(TestScope.class)
class VectorPointwiseKernelTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);
  private static final Expression Z = Expression.input(2);

  private final Random random = new Random(42);

  static List<Integer> widths() {
    return VectorProvider.availableWidths();
  }

  static List<Arguments> formulas() {
    var cases = new ArrayList<Arguments>();
    for (int width : widths()) {
      for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
        Formulas.reals().forEach(formula -> cases.add(Arguments.of(width, type, formula)));
      }
      for (var type : List.of(DType.INT32, DType.INT64)) {
        Formulas.integers().stream()
            .filter(formula ->
                !List.of("div", "floor_divide", "remainder", "fmod", "pow")
                    .contains(formula.name()))
            .forEach(formula -> cases.add(Arguments.of(width, type, formula)));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void agreesWithTheOracle(int width, DType type, Formulas formula) {
    var program = PointwiseProgram.of(formula.name(), type, formula.inputs(), formula.expression());
    var ins = new StridedArray[formula.inputs()];
    for (int size : new int[] {0, 1, 3, 4, 5, 15, 16, 17, 31, 33, 100, 1000}) {
      for (int i = 0; i < ins.length; i++) {
        ins[i] = Operands.random(type, Shape.of(size), Arrangement.OFFSET, random, true);
      }
      var out = Operands.random(type, Shape.of(size), Arrangement.OFFSET, random, false);
      compare(program, width, out, ins);
    }
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void derivativesAgreeWithTheOracle(int width, DType type, Formulas formula) {
    if (!type.isFloatingPoint()) {
      return;
    }
    var ins = new StridedArray[formula.inputs()];
    for (int i = 0; i < ins.length; i++) {
      ins[i] = Operands.random(type, Shape.of(133), Arrangement.OFFSET, random, false);
    }
    for (int input = 0; input < ins.length; input++) {
      var derivative = Derivative.of(formula.expression(), input);
      var out = Operands.random(type, Shape.of(133), Arrangement.OFFSET, random, false);
      compare(PointwiseProgram.of(formula.name(), type, ins.length, derivative), width, out, ins);
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void everyLayoutIsReadAndWrittenRightly(int width) {
    var program = PointwiseProgram.of("layouts", DType.FLOAT32, 2, X.sub(Y.mul(2)));
    var shapes =
        List.of(
            Shape.scalar(),
            Shape.of(7),
            Shape.of(5, 9),
            Shape.of(3, 70),
            Shape.of(70, 3),
            Shape.of(2, 3, 80),
            Shape.of(2, 3, 4, 5),
            Shape.of(1, 33, 1, 2),
            Shape.of(40, 60));
    for (var shape : shapes) {
      for (var outputs : Arrangement.values()) {
        for (var first : Arrangement.values()) {
          for (var second : Arrangement.values()) {
            if (outputs.isWritable()) {
              compare(
                  program,
                  width,
                  Operands.random(DType.FLOAT32, shape, outputs, random, false),
                  Operands.random(DType.FLOAT32, shape, first, random, false),
                  Operands.random(DType.FLOAT32, shape, second, random, false));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void shapesBroadcast(int width) {
    var program =
        PointwiseProgram.of("broadcast", DType.FLOAT64, 3, Expression.select(X.gt(0), Y, Z));
    var shapes =
        List.of(
            Shape.of(4, 3, 90),
            Shape.of(90),
            Shape.of(3, 1),
            Shape.of(4, 1, 1),
            Shape.of(1),
            Shape.scalar(),
            Shape.of(3, 90),
            Shape.of(1, 90));
    for (var a : shapes) {
      for (var b : shapes) {
        compare(
            program,
            width,
            Operands.random(
                DType.FLOAT64, shapes.getFirst(), Arrangement.CONTIGUOUS, random, false),
            Operands.random(DType.FLOAT64, a, Arrangement.OFFSET, random, false),
            Operands.random(DType.FLOAT64, b, Arrangement.OFFSET, random, false),
            Operands.random(DType.FLOAT64, shapes.get(1), Arrangement.STEPPED, random, false));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyTypeConvertsToEveryOther(DType from) {
    for (var to : DType.values()) {
      for (var compute : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64)) {
        if (from.isFloatingPoint() && !compute.isFloatingPoint()) {
          continue;
        }
        var program =
            new PointwiseProgram("convert", List.of(X.add(1)), List.of(to), List.of(from), compute);
        for (var arrangement : List.of(Arrangement.CONTIGUOUS, Arrangement.TRANSPOSED)) {
          var shape = Shape.of(37, 31);
          var in = Operands.random(from, shape, arrangement, random, !to.isIntegral());
          var out = Operands.random(to, shape, Arrangement.CONTIGUOUS, random, false);
          compare(program, widths().getLast(), out, in);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void comparisonsMayStoreTruthValues(int width) {
    for (var input : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64)) {
      var program =
          new PointwiseProgram(
              "gt",
              List.of(X.gt(Y), X.eq(Y).logicalNot()),
              List.of(DType.BOOL, DType.BOOL),
              List.of(input, input),
              input);
      for (int size : new int[] {1, 15, 16, 17, 64, 200, 3000}) {
        var shape = Shape.of(size);
        compare(
            program,
            width,
            new StridedArray[] {
              Operands.random(DType.BOOL, shape, Arrangement.OFFSET, random, false),
              Operands.random(DType.BOOL, shape, Arrangement.CONTIGUOUS, random, false)
            },
            Operands.random(input, shape, Arrangement.OFFSET, random, true),
            Operands.random(input, shape, Arrangement.BROADCAST_ELEMENT, random, true));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void masksMayBeInputs(int width) {
    var program =
        new PointwiseProgram(
            "where",
            List.of(Expression.select(X, Y, Expression.parameter(0))),
            List.of(DType.FLOAT32),
            List.of(DType.BOOL, DType.FLOAT32),
            DType.FLOAT32);
    for (int size : new int[] {1, 15, 16, 17, 64, 200, 3000}) {
      var shape = Shape.of(size);
      compare(
          program,
          width,
          Operands.random(DType.FLOAT32, shape, Arrangement.OFFSET, random, false),
          Operands.random(DType.BOOL, shape, Arrangement.OFFSET, random, false),
          Operands.random(DType.FLOAT32, shape, Arrangement.CONTIGUOUS, random, true));
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void severalOutputsAndParameters(int width) {
    var p = Expression.parameter(0);
    var q = Expression.parameter(2);
    var program =
        new PointwiseProgram(
            "adam",
            List.of(X.mul(p).add(Y), Y.mul(Y).mul(q).add(Z), p.exp().add(X)),
            List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT64),
            List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT64),
            DType.FLOAT32);
    for (int size : new int[] {1, 16, 37, 5000}) {
      var shape = Shape.of(size);
      compare(
          program,
          width,
          new StridedArray[] {
            Operands.random(DType.FLOAT32, shape, Arrangement.OFFSET, random, false),
            Operands.random(DType.FLOAT32, shape, Arrangement.STEPPED, random, false),
            Operands.random(DType.FLOAT64, shape, Arrangement.OFFSET, random, false)
          },
          Operands.random(DType.FLOAT32, shape, Arrangement.OFFSET, random, false),
          Operands.random(DType.FLOAT32, shape, Arrangement.CONTIGUOUS, random, false),
          Operands.random(DType.FLOAT64, shape, Arrangement.CONTIGUOUS, random, false));
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void resultsMayReplaceAnInput(int width) {
    var program = PointwiseProgram.of("inplace", DType.FLOAT32, 2, X.mul(Y).add(X));
    for (var arrangement : Arrangement.values()) {
      for (var shape : List.of(Shape.of(100), Shape.of(9, 77), Shape.of(200, 30))) {
        if (arrangement.isWritable()) {
          var a = Operands.random(DType.FLOAT32, shape, arrangement, random, false);
          var b = Operands.random(DType.FLOAT32, shape, Arrangement.CONTIGUOUS, random, false);
          var expected = Operands.copy(a);
          new ScalarPointwiseKernel(program).run(expected, a, b, 0, 0);
          kernel(program, width).run(a, a, b, 0, 0);
          assertClose(program, expected, a);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void manyOperandsOfAnySizeMayBeOverwritten(int width) {
    var program =
        new PointwiseProgram(
            "many",
            List.of(X.add(Z.mul(Y)), Y.sub(Expression.input(4)), X.gt(Expression.input(4))),
            List.of(DType.FLOAT32, DType.FLOAT32, DType.BOOL),
            List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.BOOL, DType.FLOAT32),
            DType.FLOAT32);
    for (int size : new int[] {1, 2, 7, 15, 16, 17, 33, 100, 1027, 70_003}) {
      var shape = Shape.of(size);
      for (var arrangement : List.of(Arrangement.OFFSET, Arrangement.BROADCAST_ELEMENT)) {
        StridedArray[] ins = {
          Operands.random(DType.FLOAT32, shape, Arrangement.OFFSET, random, false),
          Operands.random(DType.FLOAT32, shape, Arrangement.CONTIGUOUS, random, false),
          Operands.random(DType.FLOAT32, shape, arrangement, random, false),
          Operands.random(DType.BOOL, shape, Arrangement.OFFSET, random, false),
          Operands.random(DType.FLOAT32, shape, arrangement, random, false)
        };
        var expected = ins.clone();
        for (int i = 0; i < 2; i++) {
          expected[i] = Operands.copy(ins[i]);
        }
        expected[3] = Operands.copy(ins[3]);
        StridedArray[] expectedOuts = {expected[0], expected[1], expected[3]};
        new ScalarPointwiseKernel(program).run(expectedOuts, expected, new double[0]);
        StridedArray[] outs = {ins[0], ins[1], ins[3]};
        kernel(program, width).run(outs, ins, new double[0]);
        for (int i = 0; i < outs.length; i++) {
          assertClose(program, expectedOuts[i], outs[i]);
        }
      }
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    var program = PointwiseProgram.of("threads", DType.FLOAT32, 2, X.mul(Y.sigmoid()).add(Y.sin()));
    var kernel = kernel(program, widths().getLast());
    int threads = Workers.threads();
    try {
      for (var shape : List.of(Shape.of(300_001), Shape.of(1001, 301), Shape.of(100_000, 3))) {
        var a = Operands.random(DType.FLOAT32, shape, Arrangement.CONTIGUOUS, random, false);
        for (var arrangement : Arrangement.values()) {
          var b = Operands.random(DType.FLOAT32, shape, arrangement, random, false);
          var one = StridedArray.allocate(DType.FLOAT32, shape);
          var three = StridedArray.allocate(DType.FLOAT32, shape);
          Workers.setThreads(1);
          kernel.run(one, a, b, 0, 0);
          Workers.setThreads(3);
          kernel.run(three, a, b, 0, 0);
          long bytes = one.storage().byteSize();
          assertEquals(
              -1,
              one.segment().asSlice(0, bytes).mismatch(three.segment().asSlice(0, bytes)),
              () -> shape + " " + arrangement);
        }
      }
    } finally {
      Workers.setThreads(threads);
    }
  }

  @Test
  void largeFormulasAreCutIntoStages() {
    var steps = X;
    for (int i = 0; i < 400; i++) {
      steps = steps.mul(0.5).add(Y.mul(i).tanh());
    }
    var shape = Shape.of(5, 50);
    for (var formula : List.of(steps, steps.add(Expression.parameter(1)).gt(Y.square()))) {
      var program = PointwiseProgram.of("large", DType.FLOAT64, 2, formula);
      assertInstanceOf(SplitPointwiseKernel.class, kernel(program, widths().getLast()));
      compare(
          program,
          widths().getLast(),
          Operands.random(DType.FLOAT64, shape, Arrangement.PADDED_ROWS, random, false),
          Operands.random(DType.FLOAT64, shape, Arrangement.CONTIGUOUS, random, false),
          Operands.random(DType.FLOAT64, Shape.of(50), Arrangement.CONTIGUOUS, random, false));
      var inPlace = Operands.random(DType.FLOAT64, shape, Arrangement.OFFSET, random, false);
      var expected = Operands.copy(inPlace);
      StridedArray[] expectedOperand = {expected};
      new ScalarPointwiseKernel(program)
          .run(expectedOperand, new StridedArray[] {expected, expected}, new double[2]);
      kernel(program, widths().getLast()).run(inPlace, inPlace, inPlace, 0, 0);
      assertClose(program, expected, inPlace);
    }
  }

  @Test
  void formulasThatCannotBeCutAreInterpreted() {
    var sum = Expression.constant(0);
    var terms = new ArrayList<Expression>();
    for (int i = 0; i < 300; i++) {
      terms.add(X.mul(i).add(Y).sin());
    }
    for (int i = 0; i < 300; i++) {
      sum = sum.add(terms.get(i).mul(terms.get(299 - i)));
    }
    var program = PointwiseProgram.of("wide", DType.FLOAT32, 2, sum);
    assertInstanceOf(ScalarPointwiseKernel.class, kernel(program, widths().getLast()));
  }

  @Test
  void warmingUpChangesNothing() {
    var program = PointwiseProgram.of("warm", DType.FLOAT32, 1, X.tanh());
    var kernel = kernel(program, widths().getLast());
    var in = Operands.random(DType.FLOAT32, Shape.of(99), Arrangement.OFFSET, random, true);
    var before = StridedArray.allocate(DType.FLOAT32, Shape.of(99));
    var after = StridedArray.allocate(DType.FLOAT32, Shape.of(99));
    kernel.run(before, in, 0, 0);
    kernel.warmUp();
    kernel.run(after, in, 0, 0);
    assertEquals(-1, before.segment().asSlice(0, 396).mismatch(after.segment().asSlice(0, 396)));
  }

  @Test
  void divisionOfIntegersIsInterpreted() {
    var kernel = kernel(PointwiseProgram.of("div", DType.INT32, 2, X.div(Y)), 128);
    assertInstanceOf(ScalarPointwiseKernel.class, kernel);
  }

  private static PointwiseKernel kernel(PointwiseProgram program, int width) {
    return VectorProvider.ofWidth(width).pointwise(program);
  }

  private static void compare(
      PointwiseProgram program, int width, StridedArray out, StridedArray... ins) {
    compare(program, width, new StridedArray[] {out}, ins);
  }

  private static void compare(
      PointwiseProgram program, int width, StridedArray[] outs, StridedArray... ins) {
    var expected = new StridedArray[outs.length];
    for (int i = 0; i < outs.length; i++) {
      expected[i] = Operands.copy(outs[i]);
    }
    double[] parameters = {0.75, -1, 3};
    new ScalarPointwiseKernel(program).run(expected, ins, parameters);
    var kernel = kernel(program, width);
    if (outs.length == 1 && ins.length == 1) {
      kernel.run(outs[0], ins[0], parameters[0], parameters[1]);
    } else if (outs.length == 1 && ins.length == 2) {
      kernel.run(outs[0], ins[0], ins[1], parameters[0], parameters[1]);
    } else if (outs.length == 1 && ins.length == 3) {
      kernel.run(outs[0], ins[0], ins[1], ins[2], parameters[0], parameters[1]);
    } else {
      kernel.run(outs, ins, parameters);
    }
    for (int i = 0; i < outs.length; i++) {
      assertClose(program, expected[i], outs[i]);
    }
  }

  private static void assertClose(
      PointwiseProgram program, StridedArray expected, StridedArray actual) {
    double[] wanted = Operands.memory(expected);
    double[] got = Operands.memory(actual);
    for (int i = 0; i < wanted.length; i++) {
      int at = i;
      assertTrue(
          isClose(wanted[i], got[i], program.computeType()),
          () ->
              program.name()
                  + " in "
                  + program.computeType()
                  + " at "
                  + at
                  + " of "
                  + wanted.length
                  + " "
                  + actual.layout()
                  + ": expected "
                  + wanted[at]
                  + ", got "
                  + got[at]);
    }
  }

  private static boolean isClose(double wanted, double got, DType computeType) {
    if (Double.isNaN(wanted) || Double.isNaN(got)) {
      return Double.isNaN(wanted) && Double.isNaN(got);
    }
    if (!computeType.isFloatingPoint() || wanted == got) {
      return wanted == got;
    }
    double relative = computeType == DType.FLOAT32 ? 0x1p-20 : 0x1p-48;
    double largest = computeType == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    double limited = Math.clamp(got, -largest, largest);
    return Math.abs(Math.clamp(wanted, -largest, largest) - limited)
        <= relative * Math.max(1, Math.abs(wanted));
  }
}
