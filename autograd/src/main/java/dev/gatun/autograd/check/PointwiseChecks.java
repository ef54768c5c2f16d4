package dev.gatun.autograd.check;

import dev.gatun.autograd.PointwiseDomain;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.TypeRule;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The checks of an operation that is declared by a formula. */
final class PointwiseChecks {
  private static final double PARAMETER_0 = -0.5;
  private static final double PARAMETER_1 = 1.25;

  /** Around the widths of vectors, and the shapes for which kernels have paths of their own. */
  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(0),
          Shape.of(1),
          Shape.of(3),
          Shape.of(15),
          Shape.of(16),
          Shape.of(17),
          Shape.of(33),
          Shape.of(1000),
          Shape.of(3, 5),
          Shape.of(7, 16),
          Shape.of(2, 3, 19));

  private final PointwiseOp op;

  private PointwiseChecks(PointwiseOp op) {
    this.op = op;
  }

  static void add(PointwiseOp op, List<Check> checks) {
    PointwiseChecks maker = new PointwiseChecks(op);
    checks.add(new Check(Check.Kind.DECLARATION, op.name(), maker::declaration));
    maker.addOracle(checks);
    if (op.isDifferentiable()) {
      maker.addGradients(checks);
    }
    maker.addWrites(checks);
    maker.addErrors(checks);
    checks.add(new Check(Check.Kind.PLAN, op.name(), maker::plan));
    checks.add(new Check(Check.Kind.VMAP, op.name(), maker::mapped));
    checks.add(new Check(Check.Kind.LEAKS, op.name(), maker::leaks));
  }

  private void declaration() {
    long inputs = op.expression().inputsUsed();
    if (inputs != (1L << op.arity()) - 1) {
      throw new CheckException(op.name() + ": the formula does not use every input");
    }
    if (op.isDifferentiable() && (op.typeRule() == TypeRule.PREDICATE || isOfIntegers())) {
      throw new CheckException(op.name() + ": truth values and bits have no gradient");
    }
  }

  private List<DType> types() {
    return switch (op.typeRule()) {
      case BITWISE -> List.of(DType.INT32, DType.INT64, DType.UINT8, DType.BOOL);
      case INTEGRAL -> List.of(DType.INT8, DType.INT32, DType.INT64, DType.UINT8);
      case FLOATING ->
          List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16, DType.INT32);
      case FLOATING_OPERANDS, ONE_FLOATING_TYPE, WEIGHTED_ENDS ->
          List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16);
      case NUMERIC, NUMERIC_OPERANDS, COUNTING, PROMOTE, PREDICATE ->
          List.of(
              DType.FLOAT32,
              DType.FLOAT64,
              DType.FLOAT16,
              DType.BFLOAT16,
              DType.INT8,
              DType.UINT8,
              DType.INT16,
              DType.INT32,
              DType.INT64);
    };
  }

  private Tensor[] inputs(Shape shape, DType dtype, Arrangement arrangement) {
    Shape[] shapes = new Shape[op.arity()];
    Arrays.fill(shapes, shape);
    return inputs(shapes, dtype, arrangement);
  }

  private Tensor[] inputs(Shape[] shapes, DType dtype, Arrangement arrangement) {
    return inputs(shapes, dtype, arrangement, 0);
  }

  private Tensor[] inputs(Shape[] shapes, DType dtype, Arrangement arrangement, long seed) {
    Tensor[] inputs = new Tensor[op.arity()];
    PointwiseDomain domain = op.domain();
    // Integer samples are taken from a range where products and powers fit the narrowest type.
    double low =
        dtype.isFloatingPoint() ? domain.low() : domain.low() > 0 ? 1 : isUnsigned(dtype) ? 0 : -4;
    double high = dtype.isFloatingPoint() ? domain.high() : 4;
    for (int i = 0; i < inputs.length; i++) {
      DType type = i == 0 && op.isConditional() ? DType.BOOL : dtype;
      inputs[i] =
          TestValues.of(
              shapes[i], low, high, type, arrangement, 31L * op.name().hashCode() + i + seed);
    }
    return inputs;
  }

  private static boolean isUnsigned(DType dtype) {
    return dtype == DType.UINT8 || dtype == DType.BOOL;
  }

  // ---- oracle

  private void addOracle(List<Check> checks) {
    for (KernelProvider provider : OpChecks.providers()) {
      for (DType dtype : types()) {
        for (Arrangement arrangement : Arrangement.values()) {
          checks.add(
              new Check(
                  Check.Kind.ORACLE,
                  op.name() + " " + provider.name() + " " + dtype + " " + arrangement,
                  () -> compareShapes(provider, dtype, arrangement)));
        }
      }
      if (op.isDifferentiable()) {
        for (Arrangement arrangement : Arrangement.values()) {
          checks.add(
              new Check(
                  Check.Kind.ORACLE,
                  op.name() + " gradients " + provider.name() + " " + arrangement,
                  () -> compareGradients(provider, arrangement)));
        }
      }
      if (op.arity() > 1) {
        checks.add(
            new Check(
                Check.Kind.ORACLE,
                op.name() + " " + provider.name() + " broadcast",
                () -> compareBroadcasts(provider)));
      }
    }
  }

  private void compareShapes(KernelProvider provider, DType dtype, Arrangement arrangement) {
    for (Shape shape : SHAPES) {
      try (Scope scope = Scope.open()) {
        compare(provider, inputs(shape, dtype, arrangement), shape.toString());
      }
    }
  }

  private void compareGradients(KernelProvider provider, Arrangement arrangement) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (Shape shape : SHAPES) {
        OpChecks.compareGradients(
            op.name() + " of " + dtype + shape,
            provider,
            () -> leaves(inputs(shape, dtype, arrangement)),
            inputs -> op.apply(inputs, PARAMETER_0, PARAMETER_1));
      }
    }
  }

  private static Tensor[] leaves(Tensor[] inputs) {
    for (Tensor input : inputs) {
      if (input.dtype().isFloatingPoint()) {
        input.requiresGrad_();
      }
    }
    return inputs;
  }

  private void compareBroadcasts(KernelProvider provider) {
    for (Shape[] pair : BROADCASTS) {
      try (Scope scope = Scope.open()) {
        Shape[] shapes = new Shape[op.arity()];
        for (int i = 0; i < shapes.length; i++) {
          shapes[i] = pair[i % 2];
        }
        for (Arrangement arrangement : Arrangement.values()) {
          compare(
              provider,
              inputs(shapes, writeType(), arrangement),
              pair[0] + " and " + pair[1] + " " + arrangement);
        }
      }
    }
  }

  private static final List<Shape[]> BROADCASTS =
      List.of(
          new Shape[] {Shape.of(5, 37), Shape.of(37)},
          new Shape[] {Shape.of(5, 37), Shape.of(5, 1)},
          new Shape[] {Shape.of(1, 37), Shape.of(5, 1)},
          new Shape[] {Shape.scalar(), Shape.of(4, 18)},
          new Shape[] {Shape.of(2, 1, 3), Shape.of(4, 1)},
          new Shape[] {Shape.of(0, 3), Shape.of(3)});

  private void compare(KernelProvider provider, Tensor[] inputs, String what) {
    Tensor[] results = new Tensor[2];
    List<KernelProvider> pair = List.of(ScalarProvider.instance(), provider);
    for (int i = 0; i < 2; i++) {
      try (var selection = Kernels.use(pair.get(i))) {
        results[i] = op.apply(inputs, PARAMETER_0, PARAMETER_1);
      }
    }
    Comparison.assertClose(op.name() + " of " + what, results[0], results[1]);
  }

  // ---- devices

  /** Few: a device's kernels are compiled for each way in which operands lie. */
  private static final List<Shape> DEVICE_SHAPES =
      List.of(Shape.scalar(), Shape.of(0), Shape.of(7, 41));

  static void addDevice(PointwiseOp op, DeviceComparison device, List<Check> checks) {
    PointwiseChecks maker = new PointwiseChecks(op);
    GradientCheck.Function call = inputs -> op.apply(inputs, PARAMETER_0, PARAMETER_1);
    for (DType dtype : maker.types()) {
      checks.add(
          new Check(
              Check.Kind.DEVICE,
              op.name() + " " + dtype,
              () ->
                  device.compare(
                      op.name() + " of " + dtype,
                      () -> maker.inputs(Shape.of(37), dtype, Arrangement.CONTIGUOUS),
                      call)));
    }
    for (Arrangement arrangement : Arrangement.values()) {
      checks.add(
          new Check(
              Check.Kind.DEVICE,
              op.name() + " " + arrangement,
              () -> {
                for (Shape shape : DEVICE_SHAPES) {
                  device.compare(
                      op.name() + " of " + shape + " " + arrangement,
                      () -> maker.deviceInputs(shape, arrangement),
                      call);
                }
              }));
    }
    if (op.arity() > 1) {
      checks.add(
          new Check(
              Check.Kind.DEVICE, op.name() + " broadcast", () -> maker.broadcastOn(device, call)));
    }
    if (op.typeRule() != TypeRule.PREDICATE && !op.isConditional()) {
      checks.add(
          new Check(
              Check.Kind.DEVICE,
              op.name() + " in place",
              () ->
                  device.compareInPlace(
                      op.name() + "_",
                      () -> maker.inputs(Shape.of(3, 7), maker.writeType(), Arrangement.SLICED),
                      inputs -> op.applyInPlace(inputs, PARAMETER_0, PARAMETER_1))));
    }
  }

  private Tensor[] deviceInputs(Shape shape, Arrangement arrangement) {
    Tensor[] inputs = inputs(shape, writeType(), arrangement);
    return op.isDifferentiable() ? leaves(inputs) : inputs;
  }

  private void broadcastOn(DeviceComparison device, GradientCheck.Function call) {
    for (Shape[] pair : BROADCASTS) {
      Shape[] shapes = new Shape[op.arity()];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = pair[i % 2];
      }
      device.compare(
          op.name() + " of " + pair[0] + " and " + pair[1],
          () -> inputs(shapes, writeType(), Arrangement.CONTIGUOUS),
          call);
    }
  }

  // ---- gradients

  private void addGradients(List<Check> checks) {
    List<Shape[]> cases = new ArrayList<>();
    Shape[] same = new Shape[op.arity()];
    Arrays.fill(same, Shape.of(2, 3));
    cases.add(same);
    if (op.arity() > 1) {
      Shape[] broadcast = new Shape[op.arity()];
      Arrays.fill(broadcast, Shape.of(3));
      broadcast[0] = Shape.of(2, 1);
      cases.add(broadcast);
    } else {
      cases.add(new Shape[] {Shape.scalar()});
    }
    for (Shape[] shapes : cases) {
      for (Arrangement arrangement : Arrangement.values()) {
        String name = op.name() + " " + Arrays.toString(shapes) + " " + arrangement;
        checks.add(
            new Check(Check.Kind.GRADCHECK, name, () -> gradient(shapes, arrangement, false)));
        checks.add(
            new Check(Check.Kind.GRADGRADCHECK, name, () -> gradient(shapes, arrangement, true)));
      }
    }
  }

  private void gradient(Shape[] shapes, Arrangement arrangement, boolean second) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = leaves(inputs(shapes, DType.FLOAT64, arrangement));
      GradientCheck.Function function = x -> op.apply(x, PARAMETER_0, PARAMETER_1);
      if (second) {
        GradientCheck.second(function, inputs);
      } else {
        GradientCheck.first(function, inputs);
      }
    }
  }

  // ---- writes

  private void addWrites(List<Check> checks) {
    for (Arrangement arrangement : Arrangement.values()) {
      if (op.typeRule() != TypeRule.PREDICATE && !op.isConditional()) {
        checks.add(
            new Check(
                Check.Kind.INPLACE, op.name() + " " + arrangement, () -> inPlace(arrangement)));
      }
      checks.add(new Check(Check.Kind.OUT, op.name() + " " + arrangement, () -> out(arrangement)));
    }
    if (op.isDifferentiable() && !op.isConditional()) {
      checks.add(new Check(Check.Kind.INPLACE, op.name() + " recorded", this::inPlaceRecorded));
    }
  }

  private DType writeType() {
    return isOfIntegers() ? DType.INT64 : DType.FLOAT32;
  }

  private boolean isOfIntegers() {
    return op.typeRule() == TypeRule.BITWISE || op.typeRule() == TypeRule.INTEGRAL;
  }

  private void inPlace(Arrangement arrangement) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(Shape.of(3, 7), writeType(), arrangement);
      Tensor expected = op.apply(inputs, PARAMETER_0, PARAMETER_1);
      int version = inputs[0].storage().version();
      Tensor written = op.applyInPlace(inputs, PARAMETER_0, PARAMETER_1);
      if (written != inputs[0] || inputs[0].storage().version() == version) {
        throw new CheckException(op.name() + "_: the write was not counted");
      }
      Comparison.assertClose(op.name() + "_", expected, written);
    }
  }

  /** In a graph, a write is right, or refused when it is made, or noticed in the backward pass. */
  private void inPlaceRecorded() {
    try (Scope scope = Scope.open()) {
      Tensor[] leaves = inputs(Shape.of(2, 3), DType.FLOAT64, Arrangement.CONTIGUOUS);
      for (Tensor leaf : leaves) {
        leaf.requiresGrad_();
      }
      Tensor expected = op.apply(leaves, PARAMETER_0, PARAMETER_1);
      expected.sum().backward();
      Tensor[] gradients = new Tensor[leaves.length];
      for (int i = 0; i < leaves.length; i++) {
        Tensor gradient = leaves[i].grad();
        gradients[i] = gradient == null ? leaves[i].mul(0.0) : gradient.clone();
        leaves[i].zeroGrad();
      }
      Tensor[] operands = leaves.clone();
      operands[0] = leaves[0].mul(1.0);
      try {
        Tensor written = op.applyInPlace(operands, PARAMETER_0, PARAMETER_1);
        written.sum().backward();
      } catch (InPlaceException e) {
        return;
      }
      for (int i = 0; i < leaves.length; i++) {
        Tensor gradient = leaves[i].grad();
        Comparison.assertClose(
            op.name() + "_: gradient of input " + i,
            gradients[i].detach(),
            gradient == null ? leaves[i].detach().mul(0.0) : gradient);
      }
    }
  }

  private void out(Arrangement arrangement) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(Shape.of(3, 7), writeType(), arrangement);
      Tensor expected = op.apply(inputs, PARAMETER_0, PARAMETER_1);
      Tensor out = arrangement.empty(expected.dtype(), expected.shape());
      Tensor written = op.applyOut(out, inputs, PARAMETER_0, PARAMETER_1);
      if (written != out) {
        throw new CheckException(op.name() + ": out= was not returned");
      }
      Comparison.assertClose(op.name() + " out", expected, out);
      OpChecks.refuses(
          op.name() + " out of another shape",
          ShapeException.class,
          "shapes agree",
          () ->
              op.applyOut(
                  Arrangement.CONTIGUOUS.empty(expected.dtype(), Shape.of(7, 3)),
                  inputs,
                  PARAMETER_0,
                  PARAMETER_1));
    }
  }

  // ---- errors

  private void addErrors(List<Check> checks) {
    checks.add(new Check(Check.Kind.ERRORS, op.name() + " closed", this::refusesClosed));
    checks.add(new Check(Check.Kind.ERRORS, op.name() + " type", this::refusesTypes));
    if (op.arity() > 1) {
      checks.add(new Check(Check.Kind.ERRORS, op.name() + " shapes", this::refusesShapes));
    }
    if (op.typeRule() != TypeRule.PREDICATE && !op.isConditional()) {
      checks.add(new Check(Check.Kind.ERRORS, op.name() + " leaf", this::refusesLeaf));
    }
  }

  private void refusesClosed() {
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < op.arity(); i++) {
        Tensor[] inputs = inputs(Shape.of(2), writeType(), Arrangement.CONTIGUOUS);
        inputs[i].close();
        OpChecks.refuses(
            op.name() + " with a closed input",
            ClosedTensorException.class,
            op.name() + ": ",
            () -> op.apply(inputs, PARAMETER_0, PARAMETER_1));
      }
    }
  }

  private void refusesTypes() {
    DType wrong =
        switch (op.typeRule()) {
          case NUMERIC, NUMERIC_OPERANDS -> DType.BOOL;
          case FLOATING_OPERANDS, ONE_FLOATING_TYPE, WEIGHTED_ENDS -> DType.INT64;
          case BITWISE, INTEGRAL -> DType.FLOAT32;
          case PROMOTE, COUNTING, FLOATING, PREDICATE -> null;
        };
    if (wrong == null) {
      return;
    }
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(Shape.of(2), wrong, Arrangement.CONTIGUOUS);
      OpChecks.refuses(
          op.name() + " of " + wrong,
          DTypeException.class,
          op.name() + ": ",
          () -> op.apply(inputs, PARAMETER_0, PARAMETER_1));
    }
  }

  private void refusesShapes() {
    try (Scope scope = Scope.open()) {
      Shape[] shapes = new Shape[op.arity()];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = i == 0 ? Shape.of(2, 3) : Shape.of(4);
      }
      Tensor[] inputs = inputs(shapes, writeType(), Arrangement.CONTIGUOUS);
      OpChecks.refuses(
          op.name() + " of [2, 3] and [4]",
          ShapeException.class,
          "do not broadcast",
          () -> op.apply(inputs, PARAMETER_0, PARAMETER_1));
    }
  }

  private void refusesLeaf() {
    if (isOfIntegers()) {
      return;
    }
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(Shape.of(2), DType.FLOAT32, Arrangement.CONTIGUOUS);
      inputs[0].requiresGrad_();
      double[] before = inputs[0].toDoubleArray();
      OpChecks.refuses(
          op.name() + "_ on a leaf",
          InPlaceException.class,
          "leaf that requires grad",
          () -> op.applyInPlace(inputs, PARAMETER_0, PARAMETER_1));
      Comparison.assertClose(op.name() + "_ refused", before, inputs[0].toDoubleArray(), 0, 0);
    }
  }

  private void plan() {
    for (Shape[] pair : BROADCASTS) {
      Shape[] shapes = new Shape[op.arity()];
      boolean[] differentiable = new boolean[op.arity()];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = pair[i % 2];
        differentiable[i] = op.isDifferentiable() && !(i == 0 && op.isConditional());
      }
      OpChecks.leavesPool(
          op.name(),
          () ->
              PlanChecks.compare(
                  op.name(),
                  inputs -> op.apply(inputs, PARAMETER_0, PARAMETER_1),
                  differentiable,
                  inputs(shapes, writeType(), Arrangement.CONTIGUOUS, 100),
                  inputs(shapes, writeType(), Arrangement.CONTIGUOUS, 200)));
    }
  }

  private void mapped() {
    for (Shape shape : List.of(Shape.scalar(), Shape.of(3, 5))) {
      try (Scope scope = Scope.open()) {
        Tensor[][] examples = new Tensor[3][];
        for (int k = 0; k < examples.length; k++) {
          Shape[] shapes = new Shape[op.arity()];
          Arrays.fill(shapes, shape);
          examples[k] = inputs(shapes, vmapType(), Arrangement.CONTIGUOUS, 1000L * k);
          for (Tensor input : examples[k]) {
            if (op.isDifferentiable() && input.dtype().isFloatingPoint()) {
              input.requiresGrad_();
            }
          }
        }
        VmapChecks.compare(op.name(), x -> op.apply(x, PARAMETER_0, PARAMETER_1), examples);
      }
    }
  }

  private DType vmapType() {
    return isOfIntegers() ? DType.INT64 : DType.FLOAT64;
  }

  private void leaks() {
    OpChecks.leavesPool(
        op.name(),
        () -> {
          Tensor[] inputs = inputs(Shape.of(3, 5), writeType(), Arrangement.CONTIGUOUS);
          if (op.isDifferentiable()) {
            for (Tensor input : inputs) {
              if (input.dtype().isFloatingPoint()) {
                input.requiresGrad_();
              }
            }
            op.apply(inputs, PARAMETER_0, PARAMETER_1).sum().backward();
            // A graph that no backward pass goes through must give its memory up as well.
            op.apply(inputs, PARAMETER_0, PARAMETER_1);
          } else {
            op.apply(inputs, PARAMETER_0, PARAMETER_1);
          }
        });
  }
}
