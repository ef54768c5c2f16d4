package dev.gatun.kernels.cuda;

import dev.gatun.kernels.cuda.PointwiseAccess.Walk;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.AbsentKernelException;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * A pointwise program on a device: one kernel for each way in which operands have lain in memory so
 * far. Results are there when the device has come so far; a division of integers by zero is told
 * then.
 */
final class CudaPointwiseKernel extends PointwiseKernel {
  private final Launcher launcher;
  private final DType computeType;
  private final PointwiseVariants variants = new PointwiseVariants();
  private final @Nullable FusedActivation activation;

  CudaPointwiseKernel(Launcher launcher, PointwiseProgram program) {
    super(program);
    this.launcher = launcher;
    computeType = program.computeType();
    activation = FusedActivation.of(program);
  }

  /** What cublasLt calls this where it follows a product; null where it knows no such thing. */
  @Nullable FusedActivation activation() {
    return activation;
  }

  @Override
  public void run(StridedArray out, StridedArray a, double p0, double p1) {
    checkOperands(1, 1, 2);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    operands.add(out);
    operands.add(a);
    run(operands, p0, p1);
  }

  @Override
  public void run(StridedArray out, StridedArray a, StridedArray b, double p0, double p1) {
    checkOperands(1, 2, 2);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    operands.add(out);
    operands.add(a);
    operands.add(b);
    run(operands, p0, p1);
  }

  @Override
  public void run(
      StridedArray out, StridedArray a, StridedArray b, StridedArray c, double p0, double p1) {
    checkOperands(1, 3, 2);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    operands.add(out);
    operands.add(a);
    operands.add(b);
    operands.add(c);
    run(operands, p0, p1);
  }

  @Override
  public void run(StridedArray[] outs, StridedArray[] ins, double[] parameters) {
    checkOperands(outs.length, ins.length, parameters.length);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    for (var out : outs) {
      operands.add(out);
    }
    for (var in : ins) {
      operands.add(in);
    }
    operands.collapse();
    launchAll(operands, parameters, 0, false);
  }

  /** Sets an output without inputs by a formula of one parameter. */
  void run(StridedArray out, double parameter) {
    checkOperands(1, 0, 1);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    operands.add(out);
    run(operands, parameter, 0);
  }

  /**
   * Sets an output without inputs, or from them, by a formula of one parameter that is an integer
   * beyond what a double holds.
   */
  void run(StridedArray out, long parameter) {
    checkOperands(1, 0, 1);
    var operands = PointwiseOperands.ofThread();
    operands.begin();
    operands.add(out);
    operands.collapse();
    launchAll(operands, operands.parameters(0, 0), parameter, true);
  }

  private void run(PointwiseOperands operands, double p0, double p1) {
    operands.collapse();
    launchAll(operands, operands.parameters(p0, p1), 0, false);
  }

  private void launchAll(
      PointwiseOperands operands, double[] parameters, long whole, boolean isWhole) {
    long parts = operands.parts();
    for (long part = 0; part < parts; part++) {
      operands.select(part);
      launch(operands, parameters, whole, isWhole);
    }
    operands.end();
  }

  private void launch(
      PointwiseOperands operands, double[] parameters, long whole, boolean isWhole) {
    operands.describe(program(), outputs);
    var variant = variants.find(operands.key(), operands.scalarInputs());
    if (variant == null) {
      variant = prepare(operands);
    }
    var access = variant.access();
    var arguments = KernelArguments.begin();
    operands.pass(arguments);
    for (int i = 0; i < parameterCount; i++) {
      if (isWhole) {
        arguments.int64(whole);
      } else {
        pass(arguments, parameters[i]);
      }
    }
    if (access.walk() == Walk.STRIDED) {
      operands.writeLayout(access, arguments);
    }
    long count = operands.numel();
    if (access.wide()) {
      arguments.int64(count);
    } else {
      arguments.int32((int) count);
    }
    if (variant.fault() != 0) {
      arguments.fault(launcher, variant.fault());
    }
    int each =
        access.walk() == Walk.CHUNKS
            ? PointwiseSource.elementsPerChunk(program(), access.scalarInputs())
            : 1;
    launcher.launch(variant.kernel(), Math.ceilDiv(count, each), arguments);
  }

  private void pass(KernelArguments arguments, double parameter) {
    switch (computeType) {
      case FLOAT32 -> arguments.float32((float) parameter);
      case FLOAT64 -> arguments.float64(parameter);
      case INT32 -> arguments.int32((int) (long) parameter);
      default -> arguments.int64((long) parameter);
    }
  }

  /** Compiles for an access. Racing threads make equal ones. */
  private PointwiseVariants.Variant prepare(PointwiseOperands operands) {
    var access = operands.access();
    var source = PointwiseSource.of(program(), access);
    var kernel = new CudaKernel(program().name(), CudaText.of(source), source.entry());
    long fault = source.divides() ? Fault.division(program().name()).number() : 0;
    return variants.add(new PointwiseVariants.Variant(operands.key(), access, kernel, fault));
  }

  @Override
  public void runRectangle(
      StridedArray[] outs,
      StridedArray[] ins,
      double[] parameters,
      long matrix,
      long row,
      long column,
      long rows,
      long columns) {
    throw new AbsentKernelException(
        program().name() + " of a rectangle", "kernels there take whole arrays", null);
  }

  @Override
  public void warmUp() {
    // Compiled for the layouts that come up, when they do.
  }
}
