package dev.gatun.kernels.reduce;

/**
 * {@link ReductionKernels#logSumExp} along fibres whose elements lie side by side; another kernel
 * does the others.
 */
final class RowLogSumExp extends FibreKernel {
  private final RowExponentials rows;
  private final FibreKernel otherLayouts;

  RowLogSumExp(RowExponentials rows, FibreKernel otherLayouts) {
    this.rows = rows;
    this.otherLayouts = otherLayouts;
  }

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (fibres.firstAlong != rows.type().byteSize() || fibres.length > Integer.MAX_VALUE) {
      otherLayouts.run(fibres, out, first, second, count);
      return;
    }
    int length = (int) fibres.length;
    for (long i = 0; i < count; i++) {
      long from = first + i * fibres.firstNext;
      double result = rows.largest(fibres.first, from, length);
      if (Double.isFinite(result)) {
        result += Math.log(rows.sum(fibres.first, from, length, result));
      } else if (hasNan(fibres, from, length)) {
        result = Double.NaN;
      }
      fibres.outType.setDouble(fibres.out, out + i * fibres.outNext, result);
    }
  }

  private boolean hasNan(Fibres fibres, long from, int length) {
    var type = rows.type();
    for (int i = 0; i < length; i++) {
      if (Double.isNaN(type.getDouble(fibres.first, from + ((long) i << type.byteShift())))) {
        return true;
      }
    }
    return false;
  }
}
