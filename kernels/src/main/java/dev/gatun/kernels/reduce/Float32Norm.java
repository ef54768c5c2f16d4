package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Layer normalisation of float32 rows in float32 vectors. A {@linkplain Specialization template};
 * its constants are whether there are weights, whether there are biases, and the shape of vectors.
 */
final class Float32Norm extends NormKernel {
  private static final boolean WEIGHTED =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 0);
  private static final boolean BIASED =
      Specialization.constant(MethodHandles.lookup(), Boolean.class, 1);
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 2).withLanes(float.class);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = LANES * Float.BYTES;

  /** Sums over longer runs are divided, which bounds the error. */
  private static final int BLOCK = 4096;

  Float32Norm() {
    super(DType.FLOAT32, WEIGHTED, BIASED);
  }

  @Override
  void normalize(Norm norm, long out, long x, double mean, double rstd) {
    normalize(
        norm.out,
        out,
        norm.x,
        x,
        norm.weight,
        norm.weightStart,
        norm.bias,
        norm.biasStart,
        norm.length,
        (float) mean,
        (float) rstd);
  }

  private static void normalize(
      MemorySegment out,
      long outStart,
      MemorySegment in,
      long start,
      MemorySegment weight,
      long weightStart,
      MemorySegment bias,
      long biasStart,
      int length,
      float mean,
      float rstd) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    weight = NativeMemory.of(weight);
    bias = NativeMemory.of(bias);
    var means = FloatVector.broadcast(SPECIES, mean);
    var rstds = FloatVector.broadcast(SPECIES, rstd);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      var x = FloatVector.fromMemorySegment(SPECIES, in, start + at, ORDER);
      var y = x.sub(means).mul(rstds);
      if (WEIGHTED) {
        y = y.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER));
      }
      if (BIASED) {
        y = y.add(FloatVector.fromMemorySegment(SPECIES, bias, biasStart + at, ORDER));
      }
      y.intoMemorySegment(out, outStart + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = FloatVector.fromMemorySegment(SPECIES, in, start + at, ORDER, mask);
      var y = x.sub(means).mul(rstds);
      if (WEIGHTED) {
        y = y.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER, mask));
      }
      if (BIASED) {
        y = y.add(FloatVector.fromMemorySegment(SPECIES, bias, biasStart + at, ORDER, mask));
      }
      y.intoMemorySegment(out, outStart + at, ORDER, mask);
    }
  }

  @Override
  double gradientSum(Norm norm, long g) {
    double sum = 0;
    for (int block = 0; block < norm.length; block += BLOCK) {
      long along = (long) block * Float.BYTES;
      int size = Math.min(BLOCK, norm.length - block);
      sum += gradientSum(norm.gradient, g + along, norm.weight, norm.weightStart + along, size);
    }
    return sum;
  }

  private static float gradientSum(
      MemorySegment gradient, long start, MemorySegment weight, long weightStart, int length) {
    gradient = NativeMemory.of(gradient);
    weight = NativeMemory.of(weight);
    var sum0 = FloatVector.zero(SPECIES);
    var sum1 = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - 2 * LANES; i += 2 * LANES) {
      long at = (long) i * Float.BYTES;
      var g0 = FloatVector.fromMemorySegment(SPECIES, gradient, start + at, ORDER);
      var g1 = FloatVector.fromMemorySegment(SPECIES, gradient, start + at + WIDTH, ORDER);
      if (WEIGHTED) {
        long w = weightStart + at;
        sum0 = g0.fma(FloatVector.fromMemorySegment(SPECIES, weight, w, ORDER), sum0);
        sum1 = g1.fma(FloatVector.fromMemorySegment(SPECIES, weight, w + WIDTH, ORDER), sum1);
      } else {
        sum0 = g0.add(sum0);
        sum1 = g1.add(sum1);
      }
    }
    for (; i < length; i += LANES) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, start + at, ORDER, mask);
      if (WEIGHTED) {
        g = g.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER, mask));
      }
      sum0 = g.add(sum0);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum0).add(sum1));
  }

  @Override
  double gradientDot(Norm norm, long g, long x, double mean) {
    double sum = 0;
    for (int block = 0; block < norm.length; block += BLOCK) {
      long along = (long) block * Float.BYTES;
      sum +=
          gradientDot(
              norm.gradient,
              g + along,
              norm.x,
              x + along,
              norm.weight,
              norm.weightStart + along,
              Math.min(BLOCK, norm.length - block),
              (float) mean);
    }
    return sum;
  }

  private static float gradientDot(
      MemorySegment gradient,
      long start,
      MemorySegment in,
      long inStart,
      MemorySegment weight,
      long weightStart,
      int length,
      float mean) {
    gradient = NativeMemory.of(gradient);
    in = NativeMemory.of(in);
    weight = NativeMemory.of(weight);
    var means = FloatVector.broadcast(SPECIES, mean);
    var sum0 = FloatVector.zero(SPECIES);
    var sum1 = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= length - 2 * LANES; i += 2 * LANES) {
      long at = (long) i * Float.BYTES;
      var x0 = FloatVector.fromMemorySegment(SPECIES, in, inStart + at, ORDER).sub(means);
      var x1 = FloatVector.fromMemorySegment(SPECIES, in, inStart + at + WIDTH, ORDER).sub(means);
      if (WEIGHTED) {
        long w = weightStart + at;
        x0 = x0.mul(FloatVector.fromMemorySegment(SPECIES, weight, w, ORDER));
        x1 = x1.mul(FloatVector.fromMemorySegment(SPECIES, weight, w + WIDTH, ORDER));
      }
      long g = start + at;
      sum0 = x0.fma(FloatVector.fromMemorySegment(SPECIES, gradient, g, ORDER), sum0);
      sum1 = x1.fma(FloatVector.fromMemorySegment(SPECIES, gradient, g + WIDTH, ORDER), sum1);
    }
    for (; i < length; i += LANES) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = FloatVector.fromMemorySegment(SPECIES, in, inStart + at, ORDER, mask).sub(means);
      if (WEIGHTED) {
        x = x.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER, mask));
      }
      // Lanes beyond the end are 0 in the gradient.
      sum0 = x.fma(FloatVector.fromMemorySegment(SPECIES, gradient, start + at, ORDER, mask), sum0);
    }
    return LaneSums.sum(ExactClass.of(SPECIES, sum0).add(sum1));
  }

  @Override
  void inputGradient(
      Norm norm, long out, long g, long x, double mean, double scale, double slope, double shift) {
    inputGradient(
        norm.out,
        out,
        norm.gradient,
        g,
        norm.x,
        x,
        norm.weight,
        norm.weightStart,
        norm.length,
        (float) mean,
        (float) scale,
        (float) slope,
        (float) shift);
  }

  private static void inputGradient(
      MemorySegment out,
      long outStart,
      MemorySegment gradient,
      long start,
      MemorySegment in,
      long inStart,
      MemorySegment weight,
      long weightStart,
      int length,
      float mean,
      float scale,
      float slope,
      float shift) {
    out = NativeMemory.of(out);
    gradient = NativeMemory.of(gradient);
    in = NativeMemory.of(in);
    weight = NativeMemory.of(weight);
    var means = FloatVector.broadcast(SPECIES, mean);
    var scales = FloatVector.broadcast(SPECIES, scale);
    var slopes = FloatVector.broadcast(SPECIES, -slope);
    var shifts = FloatVector.broadcast(SPECIES, shift);
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long at = (long) i * Float.BYTES;
      var centered = FloatVector.fromMemorySegment(SPECIES, in, inStart + at, ORDER).sub(means);
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, start + at, ORDER);
      if (WEIGHTED) {
        g = g.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER));
      }
      centered.fma(slopes, g.sub(shifts)).mul(scales).intoMemorySegment(out, outStart + at, ORDER);
    }
    if (i < length) {
      long at = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, length);
      var x = FloatVector.fromMemorySegment(SPECIES, in, inStart + at, ORDER, mask);
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, start + at, ORDER, mask);
      if (WEIGHTED) {
        g = g.mul(FloatVector.fromMemorySegment(SPECIES, weight, weightStart + at, ORDER, mask));
      }
      x.sub(means)
          .fma(slopes, g.sub(shifts))
          .mul(scales)
          .intoMemorySegment(out, outStart + at, ORDER, mask);
    }
  }

  @Override
  void addParameterGradients(Norm norm, long row, int rows, double[] sums, int at) {
    int length = norm.length;
    var scratch = NormScratch.ofThread();
    // Whole vectors fit behind each other: stores with a mask may make an object of the mask where
    // the array ends.
    int room = (length + LANES - 1) / LANES * LANES;
    float[] block = scratch.sums(2 * room);
    for (int r = 0; r < rows; r++) {
      scratch.means[r] = (float) norm.mean(row + r);
      scratch.rstds[r] = (float) norm.rstd(row + r);
    }
    long g = norm.gradientStart + row * norm.gradientStride;
    long x = norm.xStart + row * norm.xStride;
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      long along = (long) i * Float.BYTES;
      columnSums(
          norm.gradient,
          g + along,
          norm.gradientStride,
          norm.x,
          x + along,
          norm.xStride,
          scratch.means,
          scratch.rstds,
          rows,
          block,
          i,
          room);
    }
    if (i < length) {
      long along = (long) i * Float.BYTES;
      lastColumnSums(
          norm.gradient,
          g + along,
          norm.gradientStride,
          norm.x,
          x + along,
          norm.xStride,
          scratch.means,
          scratch.rstds,
          rows,
          block,
          i,
          room,
          length - i);
    }
    for (int k = 0; k < length; k++) {
      sums[at + k] += block[k];
      sums[at + length + k] += block[room + k];
    }
  }

  private static void columnSums(
      MemorySegment gradient,
      long start,
      long stride,
      MemorySegment in,
      long inStart,
      long inStride,
      float[] means,
      float[] rstds,
      int rows,
      float[] sums,
      int at,
      int room) {
    gradient = NativeMemory.of(gradient);
    in = NativeMemory.of(in);
    var weightSum = FloatVector.zero(SPECIES);
    var biasSum = FloatVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, start + row * stride, ORDER);
      var x = FloatVector.fromMemorySegment(SPECIES, in, inStart + row * inStride, ORDER);
      weightSum = g.fma(x.sub(means[row]).mul(rstds[row]), weightSum);
      biasSum = g.add(biasSum);
    }
    ExactClass.of(SPECIES, weightSum).intoArray(sums, at);
    ExactClass.of(SPECIES, biasSum).intoArray(sums, at + room);
  }

  private static void lastColumnSums(
      MemorySegment gradient,
      long start,
      long stride,
      MemorySegment in,
      long inStart,
      long inStride,
      float[] means,
      float[] rstds,
      int rows,
      float[] sums,
      int at,
      int room,
      int count) {
    gradient = NativeMemory.of(gradient);
    in = NativeMemory.of(in);
    var mask = SPECIES.indexInRange(0, count);
    var weightSum = FloatVector.zero(SPECIES);
    var biasSum = FloatVector.zero(SPECIES);
    for (int row = 0; row < rows; row++) {
      var g = FloatVector.fromMemorySegment(SPECIES, gradient, start + row * stride, ORDER, mask);
      var x = FloatVector.fromMemorySegment(SPECIES, in, inStart + row * inStride, ORDER, mask);
      weightSum = g.fma(x.sub(means[row]).mul(rstds[row]), weightSum);
      biasSum = g.add(biasSum);
    }
    ExactClass.of(SPECIES, weightSum).intoArray(sums, at);
    ExactClass.of(SPECIES, biasSum).intoArray(sums, at + room);
  }
}
