package dev.gatun.kernels.reduce;

import dev.gatun.memory.DType;

/**
 * The inner loops of layer normalisation, row by row, in float64 and plain Java for every element
 * type. Offsets are in bytes; elements of a row lie side by side. The operands are those of a
 * {@link Norm}, whose fields are read.
 *
 * <p>Implementations hold no state and may run on several threads.
 */
class NormKernel {
  private final DType type;
  private final boolean weighted;
  private final boolean biased;

  NormKernel(DType type, boolean weighted, boolean biased) {
    this.type = type;
    this.weighted = weighted;
    this.biased = biased;
  }

  final DType type() {
    return type;
  }

  /** Writes {@code (x - mean) * rstd * weight + bias}. */
  void normalize(Norm norm, long out, long x, double mean, double rstd) {
    for (int i = 0; i < norm.length; i++) {
      long along = (long) i << type.byteShift();
      double y = (type.getDouble(norm.x, x + along) - mean) * rstd;
      if (weighted) {
        y *= type.getDouble(norm.weight, norm.weightStart + along);
      }
      if (biased) {
        y += type.getDouble(norm.bias, norm.biasStart + along);
      }
      type.setDouble(norm.out, out + along, y);
    }
  }

  /** Sums {@code g * weight}. */
  double gradientSum(Norm norm, long g) {
    double sum = 0;
    for (int i = 0; i < norm.length; i++) {
      sum += weightedGradient(norm, g, i);
    }
    return sum;
  }

  /** Sums {@code g * weight * (x - mean)}. */
  double gradientDot(Norm norm, long g, long x, double mean) {
    double sum = 0;
    for (int i = 0; i < norm.length; i++) {
      double centered = type.getDouble(norm.x, x + ((long) i << type.byteShift())) - mean;
      sum += weightedGradient(norm, g, i) * centered;
    }
    return sum;
  }

  private double weightedGradient(Norm norm, long g, int i) {
    long along = (long) i << type.byteShift();
    double gradient = type.getDouble(norm.gradient, g + along);
    return weighted ? gradient * type.getDouble(norm.weight, norm.weightStart + along) : gradient;
  }

  /** Writes {@code (g * weight - shift - (x - mean) * slope) * scale}. */
  void inputGradient(
      Norm norm, long out, long g, long x, double mean, double scale, double slope, double shift) {
    for (int i = 0; i < norm.length; i++) {
      long along = (long) i << type.byteShift();
      double centered = type.getDouble(norm.x, x + along) - mean;
      double result = (weightedGradient(norm, g, i) - shift - centered * slope) * scale;
      type.setDouble(norm.out, out + along, result);
    }
  }

  /**
   * Adds what neighbouring rows contribute to the gradients of the weights, {@code g * (x - mean) *
   * rstd}, and to those of the biases, {@code g}.
   *
   * @param norm the operands
   * @param row the first row
   * @param rows the number of rows, at most {@link Norm#BLOCK_ROWS}
   * @param sums what is added to: {@code length} sums for the weights, then as many for the biases
   * @param at where they begin
   */
  void addParameterGradients(Norm norm, long row, int rows, double[] sums, int at) {
    int length = norm.length;
    for (long r = row; r < row + rows; r++) {
      long g = norm.gradientStart + r * norm.gradientStride;
      long x = norm.xStart + r * norm.xStride;
      double mean = norm.mean(r);
      double rstd = norm.rstd(r);
      for (int i = 0; i < length; i++) {
        long along = (long) i << type.byteShift();
        double gradient = type.getDouble(norm.gradient, g + along);
        double centered = type.getDouble(norm.x, x + along) - mean;
        sums[at + i] += gradient * centered * rstd;
        sums[at + length + i] += gradient;
      }
    }
  }
}
