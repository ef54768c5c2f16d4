package dev.gatun.kernels.random;

import dev.gatun.kernels.index.StridedIndexing;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/** Makes random numbers from {@link Philox} with the arithmetic of one provider. */
public final class CounterRandom implements RandomKernels {
  private final RandomMath math;

  private CounterRandom(RandomMath math) {
    this.math = math;
  }

  /**
   * Makes kernels in plain Java.
   *
   * @return kernels that load no class of {@code jdk.incubator.vector}
   */
  public static RandomKernels scalar() {
    return new CounterRandom(new ScalarRandomMath());
  }

  /**
   * Makes kernels for vectors of one width.
   *
   * @param laneBits the width in bits: 128, 256 or 512
   * @return the kernels
   */
  public static RandomKernels vector(int laneBits) {
    return new CounterRandom(Vectors.math(laneBits));
  }

  /** Keeps the Vector API from being loaded where it is not used. */
  private static final class Vectors {
    static RandomMath math(int laneBits) {
      return Specialization.instantiate(
          MethodHandles.lookup(),
          VectorRandomMath.class,
          RandomMath.class,
          VectorShape.forBitSize(laneBits));
    }
  }

  @Override
  public void uniform(StridedArray out, double low, double high, Generator generator) {
    real(Distribution.UNIFORM, out, low, high, generator);
  }

  @Override
  public void normal(StridedArray out, double mean, double standardDeviation, Generator generator) {
    real(Distribution.NORMAL, out, mean, standardDeviation, generator);
  }

  @Override
  public void exponential(StridedArray out, double rate, Generator generator) {
    real(Distribution.EXPONENTIAL, out, rate, 0, generator);
  }

  private void real(
      Distribution distribution,
      StridedArray out,
      double first,
      double second,
      Generator generator) {
    if (out.layout().isContiguous()) {
      RandomFill.ofThread().real(math, distribution, out, first, second, generator);
      return;
    }
    try (var scratch = StridedArray.allocate(out.dtype(), out.layout().shape())) {
      RandomFill.ofThread().real(math, distribution, scratch, first, second, generator);
      StridedIndexing.instance().copy(out, scratch);
    }
  }

  @Override
  public void bernoulli(StridedArray out, double probability, Generator generator) {
    long threshold = Math.round(probability * 0x1p32);
    if (out.layout().isContiguous()) {
      RandomFill.ofThread().bernoulli(math, out, threshold, generator);
      return;
    }
    try (var scratch = StridedArray.allocate(out.dtype(), out.layout().shape())) {
      RandomFill.ofThread().bernoulli(math, scratch, threshold, generator);
      StridedIndexing.instance().copy(out, scratch);
    }
  }

  @Override
  public void integers(StridedArray out, long low, long high, Generator generator) {
    if (out.layout().isContiguous()) {
      RandomFill.ofThread().integers(math, out, low, high - low, generator);
      return;
    }
    try (var scratch = StridedArray.allocate(out.dtype(), out.layout().shape())) {
      RandomFill.ofThread().integers(math, scratch, low, high - low, generator);
      StridedIndexing.instance().copy(out, scratch);
    }
  }

  @Override
  public void permutation(StridedArray out, Generator generator) {
    var type = out.dtype();
    var segment = out.segment();
    long count = out.layout().numel();
    long start = out.byteOffset();
    long stride = out.layout().stride(0) << type.byteShift();
    long seed;
    long block;
    synchronized (generator) {
      seed = generator.seed();
      block = generator.advance(count);
    }
    for (long i = 0; i < count; i++) {
      long other = Math.unsignedMultiplyHigh(Philox.lower(seed, block + i), i + 1);
      long at = start + i * stride;
      long otherAt = start + other * stride;
      if (!type.isFloatingPoint()) {
        type.setLong(segment, at, type.getLong(segment, otherAt));
        type.setLong(segment, otherAt, i);
      } else {
        type.setDouble(segment, at, type.getDouble(segment, otherAt));
        type.setDouble(segment, otherAt, i);
      }
    }
  }
}
