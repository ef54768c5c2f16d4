package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.invoke.MethodHandles;

/** Kernels in plain Java. */
final class ScalarKernelFactory implements KernelFactory {
  @Override
  public FoldKernel fold(Reduction kind, DType type) {
    return type.isFloatingPoint()
        ? new FloatingFold(kind, type)
        : Specialization.instantiate(
            MethodHandles.lookup(), IntegralFold.class, FoldKernel.class, kind, type);
  }

  @Override
  public MomentKernel moments(DType type) {
    return new MomentKernel(type);
  }

  @Override
  public FibreKernel softmax(boolean log, DType type) {
    return log ? new ScalarFibres.LogSoftmax() : new ScalarFibres.Softmax();
  }

  @Override
  public FibreKernel softmaxBackward(boolean log, DType type) {
    return log ? new ScalarFibres.LogSoftmaxBackward() : new ScalarFibres.SoftmaxBackward();
  }

  @Override
  public FibreKernel extremum(boolean smallest, DType type) {
    return new ScalarFibres.Extremum(smallest);
  }

  @Override
  public NormKernel norm(boolean weighted, boolean biased, DType type) {
    return new NormKernel(type, weighted, biased);
  }

  @Override
  public RowExponentials rowExponentials(DType type) {
    return new RowExponentials(type);
  }
}
