package dev.gatun.kernels;

import dev.gatun.kernels.convolution.VectorConvolution;
import dev.gatun.kernels.gemm.VectorMatmul;
import dev.gatun.kernels.gemm.VectorNarrowLinear;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.index.StridedIndexing;
import dev.gatun.kernels.order.LineOrdering;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.ScalarPointwiseKernel;
import dev.gatun.kernels.pointwise.VectorPointwiseKernel;
import dev.gatun.kernels.pooling.VectorPooling;
import dev.gatun.kernels.random.CounterRandom;
import dev.gatun.kernels.reduce.Reductions;
import dev.gatun.memory.ArgumentException;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.VectorShape;

/**
 * Kernels written with the Vector API, for one width of vectors.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present;
 * {@link Kernels} takes care of that.
 */
public final class VectorProvider extends KernelFamilies {
  private static final int[] WIDTHS = {128, 256, 512};
  private static final VectorProvider[] INSTANCES = new VectorProvider[WIDTHS.length];

  private final int laneBits;
  private final String name;

  private VectorProvider(int laneBits) {
    this(laneBits, StridedIndexing.vector(laneBits));
  }

  private VectorProvider(int laneBits, IndexKernels indexing) {
    super(
        Reductions.vector(laneBits),
        new VectorMatmul(laneBits, indexing),
        new VectorConvolution(laneBits),
        new VectorPooling(laneBits),
        new VectorNarrowLinear(laneBits),
        indexing,
        LineOrdering.instance(),
        CounterRandom.vector(laneBits));
    this.laneBits = laneBits;
    this.name = "vector-" + laneBits;
  }

  /**
   * Returns the provider that computes with vectors of the given width.
   *
   * @param bits the width of a vector in bits: one of {@link #availableWidths()}
   * @return the provider, the same instance for the same width
   * @throws ArgumentException if this machine has no vectors of that width
   */
  public static VectorProvider ofWidth(int bits) {
    if (!availableWidths().contains(bits)) {
      throw new ArgumentException(
          "vector provider: " + bits + " bits: this machine has " + availableWidths());
    }
    int index = Integer.numberOfTrailingZeros(bits / WIDTHS[0]);
    synchronized (INSTANCES) {
      var provider = INSTANCES[index];
      if (provider == null) {
        provider = new VectorProvider(bits);
        INSTANCES[index] = provider;
      }
      return provider;
    }
  }

  /**
   * Returns the widths of vectors that this machine computes with in hardware.
   *
   * @return widths in bits, ascending, among 128, 256 and 512; empty where there is no SIMD unit
   */
  public static List<Integer> availableWidths() {
    int widest = VectorShape.preferredShape().vectorBitSize();
    var widths = new ArrayList<Integer>();
    for (int width : WIDTHS) {
      if (width <= widest) {
        widths.add(width);
      }
    }
    return List.copyOf(widths);
  }

  /**
   * Returns the width of the vectors that this provider computes with.
   *
   * @return the width in bits
   */
  public int laneBits() {
    return laneBits;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PointwiseKernel pointwise(PointwiseProgram program) {
    var kernel = VectorPointwiseKernel.of(program, laneBits);
    return kernel != null ? kernel : new ScalarPointwiseKernel(program);
  }
}
