package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/** Kernels for vectors of one shape where there are any, in plain Java elsewhere. */
final class VectorKernelFactory implements KernelFactory {
  private final ScalarKernelFactory scalar = new ScalarKernelFactory();
  private final VectorShape shape;

  VectorKernelFactory(int laneBits) {
    shape = VectorShape.forBitSize(laneBits);
  }

  @Override
  public FoldKernel fold(Reduction kind, DType type) {
    return switch (type) {
      case FLOAT32 -> specialize(Float32Fold.class, FoldKernel.class, kind, shape);
      case FLOAT64 -> specialize(Float64Fold.class, FoldKernel.class, kind, shape);
      default -> scalar.fold(kind, type);
    };
  }

  @Override
  public MomentKernel moments(DType type) {
    return switch (type) {
      case FLOAT32, FLOAT64 -> specialize(VectorMoments.class, MomentKernel.class, type, shape);
      default -> scalar.moments(type);
    };
  }

  @Override
  public MomentKernel deviation(DType type) {
    return type == DType.FLOAT32
        ? specialize(Float32Deviation.class, MomentKernel.class, shape)
        : moments(type);
  }

  @Override
  public FibreKernel softmax(boolean log, DType type) {
    var other = scalar.softmax(log, type);
    return fibres(Float32Softmax.class, Float64Softmax.class, log, type, other);
  }

  @Override
  public FibreKernel softmaxBackward(boolean log, DType type) {
    var other = scalar.softmaxBackward(log, type);
    return fibres(Float32SoftmaxBackward.class, Float64SoftmaxBackward.class, log, type, other);
  }

  @Override
  public FibreKernel extremum(boolean smallest, DType type) {
    var other = scalar.extremum(smallest, type);
    return fibres(Float32Extremum.class, Float64Extremum.class, smallest, type, other);
  }

  @Override
  public NormKernel norm(boolean weighted, boolean biased, DType type) {
    return type == DType.FLOAT32
        ? specialize(Float32Norm.class, NormKernel.class, weighted, biased, shape)
        : scalar.norm(weighted, biased, type);
  }

  @Override
  public RowExponentials rowExponentials(DType type) {
    return type == DType.FLOAT32
        ? specialize(Float32RowExponentials.class, RowExponentials.class, shape)
        : scalar.rowExponentials(type);
  }

  private FibreKernel fibres(
      Class<? extends FibreKernel> float32,
      Class<? extends FibreKernel> float64,
      boolean variant,
      DType type,
      FibreKernel other) {
    return switch (type) {
      case FLOAT32 -> specialize(float32, FibreKernel.class, variant, shape, other);
      case FLOAT64 -> specialize(float64, FibreKernel.class, variant, shape, other);
      default -> other;
    };
  }

  private static <T> T specialize(Class<? extends T> template, Class<T> type, Object... constants) {
    return Specialization.instantiate(MethodHandles.lookup(), template, type, constants);
  }
}
