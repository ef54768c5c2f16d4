package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import java.util.List;

/**
 * The checks of an operation that is declared by its samples.
 *
 * @param <A> the type of the operation's attributes
 */
final class StructuralChecks<A> {
  private final StructuralOp<A> op;

  private StructuralChecks(StructuralOp<A> op) {
    this.op = op;
  }

  static <A> void add(StructuralOp<A> op, List<Check> checks) {
    StructuralChecks<A> maker = new StructuralChecks<>(op);
    checks.add(new Check(Check.Kind.DECLARATION, op.name(), maker::declaration));
    List<Sample<A>> samples = op.samples();
    for (int i = 0; i < samples.size(); i++) {
      Sample<A> sample = samples.get(i);
      String name = op.name() + " sample " + i;
      if (sample.refusal() != null) {
        checks.add(new Check(Check.Kind.ERRORS, name, () -> maker.refuses(sample)));
        continue;
      }
      for (Arrangement arrangement : Arrangement.values()) {
        String arranged = name + " " + arrangement;
        for (KernelProvider provider : OpChecks.providers()) {
          checks.add(
              new Check(
                  Check.Kind.ORACLE,
                  arranged + " " + provider.name(),
                  () -> maker.oracle(sample, provider, arrangement)));
          if (op.isDifferentiable()) {
            checks.add(
                new Check(
                    Check.Kind.ORACLE,
                    arranged + " gradients " + provider.name(),
                    () -> maker.oracleOfGradients(sample, provider, arrangement)));
          }
        }
        if (op.isDifferentiable()) {
          checks.add(
              new Check(
                  Check.Kind.GRADCHECK,
                  arranged,
                  () -> maker.gradient(sample, arrangement, false)));
          checks.add(
              new Check(
                  Check.Kind.GRADGRADCHECK,
                  arranged,
                  () -> maker.gradient(sample, arrangement, true)));
        }
        checks.add(new Check(Check.Kind.OUT, arranged, () -> maker.out(sample, arrangement)));
        if (op.isUpdate()) {
          checks.add(
              new Check(Check.Kind.INPLACE, arranged, () -> maker.inPlace(sample, arrangement)));
        }
      }
      if (op.isUpdate() && op.isDifferentiable()) {
        checks.add(
            new Check(Check.Kind.INPLACE, name + " of a view", () -> maker.inPlaceOfView(sample)));
      }
      checks.add(new Check(Check.Kind.ERRORS, name + " closed", () -> maker.refusesClosed(sample)));
      checks.add(new Check(Check.Kind.PLAN, name, () -> maker.plan(sample)));
      checks.add(new Check(Check.Kind.VMAP, name, () -> maker.mapped(sample)));
      checks.add(new Check(Check.Kind.LEAKS, name, () -> maker.leaks(sample)));
    }
  }

  static <A> void addDevice(StructuralOp<A> op, DeviceComparison device, List<Check> checks) {
    StructuralChecks<A> maker = new StructuralChecks<>(op);
    List<Sample<A>> samples = op.samples();
    for (int i = 0; i < samples.size(); i++) {
      Sample<A> sample = samples.get(i);
      String name = op.name() + " sample " + i;
      GradientCheck.Function call = inputs -> op.apply(sample.attributes(), inputs);
      for (Arrangement arrangement : Arrangement.values()) {
        checks.add(
            new Check(
                Check.Kind.DEVICE,
                name + " " + arrangement,
                () ->
                    device.compare(
                        name + " " + arrangement,
                        () ->
                            op.isDifferentiable()
                                ? maker.differentiable(sample, DType.FLOAT32, arrangement)
                                : maker.inputs(sample, DType.FLOAT32, arrangement),
                        call)));
      }
      for (DType dtype : TYPES) {
        checks.add(
            new Check(
                Check.Kind.DEVICE,
                name + " " + dtype,
                () ->
                    device.compare(
                        name + " of " + dtype,
                        () -> maker.inputs(sample, dtype, Arrangement.CONTIGUOUS),
                        call)));
      }
      if (op.isUpdate() && sample.refusal() == null) {
        checks.add(
            new Check(
                Check.Kind.DEVICE,
                name + " in place",
                () ->
                    device.compareInPlace(
                        name + " in place",
                        () -> maker.inputs(sample, DType.FLOAT32, Arrangement.SLICED),
                        inputs -> op.applyInPlace(sample.attributes(), inputs))));
      }
    }
  }

  private void declaration() {
    boolean works = false;
    for (Sample<A> sample : op.samples()) {
      works |= sample.refusal() == null;
    }
    if (!works) {
      throw new CheckException(op.name() + ": no samples are declared");
    }
    if (op.isDifferentiable() && !op.hasGradientRule()) {
      throw new CheckException(
          op.name() + ": neither a gradient nor a reason for having none is declared");
    }
  }

  private Tensor[] inputs(Sample<A> sample, DType dtype, Arrangement arrangement) {
    return inputs(sample, dtype, arrangement, 31L * op.name().hashCode());
  }

  private static Tensor[] inputs(
      Sample<?> sample, DType dtype, Arrangement arrangement, long seed) {
    Tensor[] inputs = new Tensor[sample.operands().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = TestValues.of(sample.operands().get(i), dtype, arrangement, seed + i);
    }
    return inputs;
  }

  private static final List<DType> TYPES =
      List.of(
          DType.FLOAT32,
          DType.FLOAT64,
          DType.FLOAT16,
          DType.BFLOAT16,
          DType.INT8,
          DType.INT32,
          DType.INT64);

  private void oracle(Sample<A> sample, KernelProvider provider, Arrangement arrangement) {
    int compared = 0;
    for (DType dtype : TYPES) {
      try (Scope scope = Scope.open()) {
        Tensor[] inputs = inputs(sample, dtype, arrangement);
        Tensor expected;
        try (Kernels.Selection scalar = Kernels.use(ScalarProvider.instance())) {
          expected = op.apply(sample.attributes(), inputs);
        } catch (GatunException e) {
          if (dtype == DType.FLOAT32 || dtype == DType.FLOAT64) {
            throw e;
          }
          continue;
        }
        try (Kernels.Selection vector = Kernels.use(provider)) {
          Comparison.assertClose(
              op.name() + " of " + dtype, expected, op.apply(sample.attributes(), inputs));
        }
        compared++;
      }
    }
    if (compared < 2) {
      throw new CheckException(op.name() + ": float32 and float64 were not compared");
    }
  }

  private void oracleOfGradients(
      Sample<A> sample, KernelProvider provider, Arrangement arrangement) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      OpChecks.compareGradients(
          op.name() + " of " + dtype,
          provider,
          () -> differentiable(sample, dtype, arrangement),
          inputs -> op.apply(sample.attributes(), inputs));
    }
  }

  private Tensor[] differentiable(Sample<A> sample, DType dtype, Arrangement arrangement) {
    Tensor[] inputs = inputs(sample, dtype, arrangement);
    for (int i = 0; i < inputs.length; i++) {
      Operand operand = sample.operands().get(i);
      if (operand.isDifferentiable()) {
        inputs[i].requiresGrad_();
      }
    }
    return inputs;
  }

  private void gradient(Sample<A> sample, Arrangement arrangement, boolean second) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = differentiable(sample, DType.FLOAT64, arrangement);
      GradientCheck.Function function =
          x -> {
            Tensor result = op.apply(sample.attributes(), x);
            return result.dtype() == DType.FLOAT64 ? result : result.to(DType.FLOAT64);
          };
      if (second) {
        GradientCheck.second(function, inputs);
      } else {
        GradientCheck.first(function, inputs);
      }
    }
  }

  private void inPlace(Sample<A> sample, Arrangement arrangement) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(sample, DType.FLOAT32, arrangement);
      Tensor expected = op.apply(sample.attributes(), inputs);
      int version = inputs[0].storage().version();
      Tensor written = op.applyInPlace(sample.attributes(), inputs);
      if (written != inputs[0] || written.storage().version() == version) {
        throw new CheckException(op.name() + "_: the write was not counted");
      }
      Comparison.assertClose(op.name() + "_", expected, written);
    }
  }

  /** What is written to a view has its gradient through the tensor that it is a view of. */
  private void inPlaceOfView(Sample<A> sample) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = differentiable(sample, DType.FLOAT64, Arrangement.CONTIGUOUS);
      GradientCheck.first(
          x -> {
            Tensor whole = Gatun.stack(0, x[0].mul(2.0), x[0].mul(x[0]));
            Tensor[] operands = x.clone();
            operands[0] = whole.select(0, 1);
            op.applyInPlace(sample.attributes(), operands);
            return whole.mul(whole);
          },
          inputs);
    }
  }

  /** A result of its own can be written to a given tensor; a view of an input cannot. */
  private void out(Sample<A> sample, Arrangement arrangement) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(sample, DType.FLOAT32, arrangement);
      Tensor expected = op.apply(sample.attributes(), inputs);
      Tensor out = Arrangement.CONTIGUOUS.empty(expected.dtype(), expected.shape());
      for (Tensor input : inputs) {
        if (input.storage() == expected.storage()) {
          OpChecks.refuses(
              op.name() + " out",
              GatunException.class,
              op.name(),
              () -> op.applyOut(out, sample.attributes(), inputs));
          return;
        }
      }
      Tensor written;
      try {
        written = op.applyOut(out, sample.attributes(), inputs);
      } catch (InPlaceException e) {
        if (String.valueOf(e.getMessage()).contains("returns a view")) {
          return;
        }
        throw e;
      }
      if (written != out) {
        throw new CheckException(op.name() + ": out= was not returned");
      }
      Comparison.assertClose(op.name() + " out", expected, out);
    }
  }

  private void refuses(Sample<A> sample) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = inputs(sample, DType.FLOAT32, Arrangement.CONTIGUOUS);
      Class<? extends GatunException> refusal = sample.refusal();
      if (refusal != null) {
        OpChecks.refuses(
            op.name(), refusal, sample.rule(), () -> op.apply(sample.attributes(), inputs));
      }
    }
  }

  private void refusesClosed(Sample<A> sample) {
    for (int i = 0; i < sample.operands().size(); i++) {
      try (Scope scope = Scope.open()) {
        Tensor[] inputs = inputs(sample, DType.FLOAT32, Arrangement.CONTIGUOUS);
        inputs[i].close();
        OpChecks.refuses(
            op.name() + " with a closed input",
            ClosedTensorException.class,
            op.name() + ": ",
            () -> op.apply(sample.attributes(), inputs));
      }
    }
  }

  private void plan(Sample<A> sample) {
    boolean[] differentiable = new boolean[sample.operands().size()];
    for (int i = 0; i < differentiable.length; i++) {
      differentiable[i] = op.isDifferentiable() && sample.operands().get(i).isDifferentiable();
    }
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16)) {
      if (dtype == DType.FLOAT32 || accepts(sample, dtype)) {
        OpChecks.leavesPool(
            op.name() + " of " + dtype,
            () ->
                PlanChecks.compare(
                    op.name(),
                    inputs -> op.apply(sample.attributes(), inputs),
                    differentiable,
                    inputs(sample, dtype, Arrangement.CONTIGUOUS, 1),
                    inputs(sample, dtype, Arrangement.CONTIGUOUS, 2)));
      }
    }
  }

  private boolean accepts(Sample<A> sample, DType dtype) {
    try (Scope scope = Scope.open()) {
      op.apply(sample.attributes(), inputs(sample, dtype, Arrangement.CONTIGUOUS));
      return true;
    } catch (DTypeException e) {
      return false;
    }
  }

  private void mapped(Sample<A> sample) {
    try (Scope scope = Scope.open()) {
      Tensor[][] examples = new Tensor[3][];
      for (int k = 0; k < examples.length; k++) {
        examples[k] = inputs(sample, DType.FLOAT64, Arrangement.CONTIGUOUS, 1000L * (k + 1));
        for (int i = 0; i < examples[k].length; i++) {
          if (op.isDifferentiable() && sample.operands().get(i).isDifferentiable()) {
            examples[k][i].requiresGrad_();
          }
        }
      }
      VmapChecks.compare(op.name(), x -> op.apply(sample.attributes(), x), examples);
    }
  }

  private void leaks(Sample<A> sample) {
    OpChecks.leavesPool(
        op.name(),
        () -> {
          if (!op.isDifferentiable()) {
            op.apply(sample.attributes(), inputs(sample, DType.FLOAT32, Arrangement.CONTIGUOUS));
            return;
          }
          Tensor[] inputs = differentiable(sample, DType.FLOAT32, Arrangement.CONTIGUOUS);
          Tensor result = op.apply(sample.attributes(), inputs);
          if (result.requiresGrad()) {
            result.sum().backward();
          }
          op.apply(sample.attributes(), inputs);
        });
  }
}
