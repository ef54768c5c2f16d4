package dev.gatun.kernels.reduce;

import java.lang.foreign.MemorySegment;

/** Kernels along fibres in plain Java, for every element type. They compute in float64. */
final class ScalarFibres {
  private ScalarFibres() {}

  /** A kernel that computes one fibre at a time. */
  private abstract static class OneByOne extends FibreKernel {
    @Override
    final void run(Fibres fibres, long out, long first, long second, long count) {
      for (long i = 0; i < count; i++) {
        fibre(
            fibres,
            out + i * fibres.outNext,
            first + i * fibres.firstNext,
            second + i * fibres.secondNext);
      }
    }

    abstract void fibre(Fibres fibres, long out, long first, long second);
  }

  private static double largest(Fibres fibres, long first) {
    var type = fibres.type;
    double largest = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < fibres.length; i++) {
      double x = type.getDouble(fibres.first, first + i * fibres.firstAlong);
      largest = Math.max(largest, x);
    }
    return largest;
  }

  private static double sumOfExponentials(Fibres fibres, long first, double shift) {
    var type = fibres.type;
    double sum = 0;
    for (long i = 0; i < fibres.length; i++) {
      sum += Math.exp(type.getDouble(fibres.first, first + i * fibres.firstAlong) - shift);
    }
    return sum;
  }

  /** {@link ReductionKernels#softmax}. */
  static final class Softmax extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      double largest = largest(fibres, first);
      double sum = sumOfExponentials(fibres, first, largest);
      for (long i = 0; i < fibres.length; i++) {
        double x = fibres.type.getDouble(fibres.first, first + i * fibres.firstAlong);
        double y = Math.exp(x - largest) / sum;
        fibres.outType.setDouble(fibres.out, out + i * fibres.outAlong, y);
      }
    }
  }

  /** {@link ReductionKernels#logSoftmax}. */
  static final class LogSoftmax extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      double largest = largest(fibres, first);
      double log = Math.log(sumOfExponentials(fibres, first, largest));
      for (long i = 0; i < fibres.length; i++) {
        double x = fibres.type.getDouble(fibres.first, first + i * fibres.firstAlong);
        fibres.outType.setDouble(fibres.out, out + i * fibres.outAlong, x - largest - log);
      }
    }
  }

  /** {@link ReductionKernels#logSumExp} along one axis. */
  static final class LogSumExp extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      double largest = largest(fibres, first);
      double result = largest;
      if (Double.isFinite(largest)) {
        result += Math.log(sumOfExponentials(fibres, first, largest));
      }
      fibres.outType.setDouble(fibres.out, out, result);
    }
  }

  /** {@link ReductionKernels#softmaxBackward}: the first input is the gradient. */
  static final class SoftmaxBackward extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      var type = fibres.type;
      double dot = 0;
      for (long i = 0; i < fibres.length; i++) {
        dot +=
            type.getDouble(fibres.first, first + i * fibres.firstAlong)
                * type.getDouble(fibres.second, second + i * fibres.secondAlong);
      }
      for (long i = 0; i < fibres.length; i++) {
        double gradient = type.getDouble(fibres.first, first + i * fibres.firstAlong);
        double output = type.getDouble(fibres.second, second + i * fibres.secondAlong);
        type.setDouble(fibres.out, out + i * fibres.outAlong, output * (gradient - dot));
      }
    }
  }

  /** {@link ReductionKernels#logSoftmaxBackward}: the first input is the gradient. */
  static final class LogSoftmaxBackward extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      var type = fibres.type;
      double sum = 0;
      for (long i = 0; i < fibres.length; i++) {
        sum += type.getDouble(fibres.first, first + i * fibres.firstAlong);
      }
      for (long i = 0; i < fibres.length; i++) {
        double gradient = type.getDouble(fibres.first, first + i * fibres.firstAlong);
        double output = type.getDouble(fibres.second, second + i * fibres.secondAlong);
        type.setDouble(fibres.out, out + i * fibres.outAlong, gradient - Math.exp(output) * sum);
      }
    }
  }

  /** {@link ReductionKernels#cumulativeLogSumExp}. */
  static final class CumulativeLogSumExp extends OneByOne {
    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      // The sum is exp(largest) * scaled.
      double largest = Double.NEGATIVE_INFINITY;
      double scaled = 0;
      for (long i = 0; i < fibres.length; i++) {
        double x = fibres.type.getDouble(fibres.first, first + i * fibres.firstAlong);
        if (x > largest) {
          scaled = scaled * (Double.isInfinite(x) ? 0 : Math.exp(largest - x)) + 1;
          largest = x;
        } else if (Double.isNaN(x)) {
          scaled = Double.NaN;
        } else if (Double.isFinite(largest)) {
          scaled += Math.exp(x - largest);
        }
        fibres.outType.setDouble(fibres.out, out + i * fibres.outAlong, largest + Math.log(scaled));
      }
    }
  }

  /** {@link ReductionKernels#argMax} and {@link ReductionKernels#argMin}. */
  static final class Extremum extends OneByOne {
    private final boolean smallest;

    Extremum(boolean smallest) {
      this.smallest = smallest;
    }

    @Override
    void fibre(Fibres fibres, long out, long first, long second) {
      long at = fibres.type.isFloatingPoint() ? floating(fibres, first) : integral(fibres, first);
      fibres.outType.setLong(fibres.out, out, at);
    }

    private long floating(Fibres fibres, long first) {
      MemorySegment in = fibres.first;
      double best = fibres.type.getDouble(in, first);
      long at = 0;
      for (long i = 1; i < fibres.length && !Double.isNaN(best); i++) {
        double x = fibres.type.getDouble(in, first + i * fibres.firstAlong);
        if ((smallest ? x < best : x > best) || Double.isNaN(x)) {
          best = x;
          at = i;
        }
      }
      return at;
    }

    private long integral(Fibres fibres, long first) {
      MemorySegment in = fibres.first;
      long best = fibres.type.getLong(in, first);
      long at = 0;
      for (long i = 1; i < fibres.length; i++) {
        long x = fibres.type.getLong(in, first + i * fibres.firstAlong);
        if (smallest ? x < best : x > best) {
          best = x;
          at = i;
        }
      }
      return at;
    }
  }
}
