package dev.gatun.kernels.reduce;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Walks the samples of a cross entropy with class indices and of its gradient, and divides the
 * work.
 *
 * <p>An instance is reused by its thread and holds no operands between calls.
 */
final class CrossEntropy {
  private static final long SERIAL_ELEMENTS = 1 << 14;
  private static final long GRAIN_ELEMENTS = 1 << 13;
  private static final ThreadLocal<CrossEntropy> OF_THREAD =
      ThreadLocal.withInitial(CrossEntropy::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  private final RangeTask evaluating = this::evaluate;
  private final RangeTask differentiating = this::differentiate;

  private @Nullable RowExponentials kernel;
  private MemorySegment out = NOTHING;
  private MemorySegment statistics = NOTHING;
  private MemorySegment logits = NOTHING;
  private MemorySegment targets = NOTHING;
  private MemorySegment weights = NOTHING;
  private MemorySegment gradient = NOTHING;
  private DType type = DType.FLOAT32;
  private DType statisticsType = DType.FLOAT32;
  private boolean weighted;
  private long outStart;
  private long outStride;
  private long statisticsStart;
  private long logitsStart;
  private long logitsStride;
  private long targetsStart;
  private long weightsStart;
  private long gradientStart;
  private long gradientStride;
  private long samples;
  private int classes;
  private long ignoreIndex;
  private double smoothing;

  /** What the losses of all samples are divided by: their weights, or 1. */
  private double divisor;

  /** The sum of the classes' weights. */
  private double sumOfWeights;

  private CrossEntropy() {}

  static CrossEntropy ofThread() {
    return OF_THREAD.get();
  }

  /** See {@link ReductionKernels#crossEntropy}. */
  void run(
      RowExponentials kernel,
      StridedArray losses,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    try {
      set(kernel, losses, statistics, logits, targets, weights);
      setRules(ignoreIndex, smoothing, mean);
      divide(evaluating);
    } finally {
      Reference.reachabilityFence(losses);
      Reference.reachabilityFence(statistics);
      Reference.reachabilityFence(logits);
      Reference.reachabilityFence(targets);
      Reference.reachabilityFence(weights);
      forget();
    }
  }

  /** See {@link ReductionKernels#crossEntropyBackward}. */
  void runBackward(
      RowExponentials kernel,
      StridedArray gradLogits,
      StridedArray gradOut,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    try {
      set(kernel, gradLogits, statistics, logits, targets, weights);
      gradient = gradOut.segment();
      gradientStart = gradOut.byteOffset();
      gradientStride = gradOut.layout().stride(0) << type.byteShift();
      setRules(ignoreIndex, smoothing, mean);
      divide(differentiating);
    } finally {
      Reference.reachabilityFence(gradLogits);
      Reference.reachabilityFence(gradOut);
      Reference.reachabilityFence(statistics);
      Reference.reachabilityFence(logits);
      Reference.reachabilityFence(targets);
      Reference.reachabilityFence(weights);
      forget();
    }
  }

  private void set(
      RowExponentials kernel,
      StridedArray out,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights) {
    this.kernel = kernel;
    type = logits.dtype();
    statisticsType = statistics.dtype();
    samples = logits.layout().size(0);
    classes = Math.toIntExact(logits.layout().size(1));
    this.out = out.segment();
    outStart = out.byteOffset();
    outStride = out.layout().stride(0) << type.byteShift();
    this.statistics = statistics.segment();
    statisticsStart = statistics.byteOffset();
    this.logits = logits.segment();
    logitsStart = logits.byteOffset();
    logitsStride = logits.layout().stride(0) << type.byteShift();
    this.targets = targets.segment();
    targetsStart = targets.byteOffset();
    weighted = weights != null;
    if (weights != null) {
      this.weights = weights.segment();
      weightsStart = weights.byteOffset();
    }
  }

  private void forget() {
    kernel = null;
    out = NOTHING;
    statistics = NOTHING;
    logits = NOTHING;
    targets = NOTHING;
    weights = NOTHING;
    gradient = NOTHING;
  }

  /** Checks all targets before anything is written. */
  private void setRules(long ignoreIndex, double smoothing, boolean mean) {
    this.ignoreIndex = ignoreIndex;
    this.smoothing = smoothing;
    double total = 0;
    // What the additions of many weights, often equal ones, would lose.
    double lost = 0;
    for (long sample = 0; sample < samples; sample++) {
      long target = target(sample);
      if (target != ignoreIndex) {
        if (target < 0 || target >= classes) {
          throw new IndexRangeException(
              "cross_entropy: target "
                  + target
                  + " of sample "
                  + sample
                  + " is outside "
                  + classes
                  + " classes");
        }
        double weight = weight(target) - lost;
        double sum = total + weight;
        lost = Double.isFinite(sum) ? sum - total - weight : 0;
        total = sum;
      }
    }
    divisor = mean ? total : 1;
    sumOfWeights = classes;
    if (weighted && smoothing > 0) {
      sumOfWeights = 0;
      for (int i = 0; i < classes; i++) {
        sumOfWeights += weight(i);
      }
    }
  }

  private void divide(RangeTask task) {
    if (samples * classes < SERIAL_ELEMENTS) {
      task.run(0, samples);
    } else {
      Workers.parallelFor(samples, Math.max(1, GRAIN_ELEMENTS / classes), task);
    }
  }

  private long target(long sample) {
    return DType.INT64.getLong(targets, targetsStart + sample * Long.BYTES);
  }

  private double weight(long index) {
    return weighted ? type.getDouble(weights, weightsStart + (index << type.byteShift())) : 1;
  }

  private double logit(long sample, long index) {
    return type.getDouble(
        logits, logitsStart + sample * logitsStride + (index << type.byteShift()));
  }

  private long largestAt(long sample) {
    return statisticsStart + (sample << statisticsType.byteShift());
  }

  private long sumAt(long sample) {
    return statisticsStart + (samples + sample << statisticsType.byteShift());
  }

  private void evaluate(long from, long to) {
    var kernel = kernel();
    for (long sample = from; sample < to; sample++) {
      long target = target(sample);
      double loss = 0;
      double largest = 0;
      double sum = 1;
      if (target != ignoreIndex) {
        long row = logitsStart + sample * logitsStride;
        largest = kernel.largest(logits, row, classes);
        sum = kernel.sum(logits, row, classes, largest);
        double log = Math.log(sum);
        loss = (1 - smoothing) * weight(target) * (log - (logit(sample, target) - largest));
        if (smoothing > 0) {
          loss += smoothing / classes * (sumOfWeights * log - weightedSum(row, largest));
        }
      }
      statisticsType.setDouble(statistics, largestAt(sample), largest);
      statisticsType.setDouble(statistics, sumAt(sample), sum);
      // A reciprocal of the divisor might overflow.
      type.setDouble(out, outStart + sample * outStride, loss / divisor);
    }
  }

  /** Sums the logits of a row, each less the largest and times the weight of its class. */
  private double weightedSum(long row, double largest) {
    return weighted
        ? kernel().shiftedSum(logits, row, classes, largest, weights, weightsStart)
        : kernel().shiftedSum(logits, row, classes, largest);
  }

  private void differentiate(long from, long to) {
    var kernel = kernel();
    for (long sample = from; sample < to; sample++) {
      long target = target(sample);
      long row = logitsStart + sample * logitsStride;
      long at = outStart + sample * outStride;
      if (target == ignoreIndex) {
        out.asSlice(at, (long) classes << type.byteShift()).fill((byte) 0);
        continue;
      }
      double largest = statisticsType.getDouble(statistics, largestAt(sample));
      double sum = statisticsType.getDouble(statistics, sumAt(sample));
      double factor = type.getDouble(gradient, gradientStart + sample * gradientStride);
      double onTarget = (1 - smoothing) * weight(target) / divisor;
      double onEach = smoothing / classes / divisor;
      double scale = factor * (onTarget + onEach * sumOfWeights) / sum;
      boolean isWeightedForEach = weighted && smoothing > 0;
      if (isWeightedForEach && type.isHalfPrecision()) {
        combineRoundedOnce(sample, at, largest, scale, factor * onEach);
      } else {
        double minus = isWeightedForEach ? 0 : factor * onEach;
        kernel.combine(out, at, logits, row, classes, largest, scale, minus);
        if (isWeightedForEach) {
          subtractWeights(at, factor * onEach);
        }
      }
      // Both terms are written alike: of one class alone they are equal, and nothing is left.
      double share = factor * (onTarget + onEach * weight(target));
      double hit = Math.exp(logit(sample, target) - largest) * scale - share;
      type.setDouble(out, at + (target << type.byteShift()), hit);
    }
  }

  /** The two terms may be far greater than what they leave. */
  private void combineRoundedOnce(
      long sample, long at, double largest, double scale, double factor) {
    for (int i = 0; i < classes; i++) {
      double share = Math.exp(logit(sample, i) - largest) * scale;
      type.setDouble(out, at + ((long) i << type.byteShift()), share - factor * weight(i));
    }
  }

  private void subtractWeights(long at, double factor) {
    for (int i = 0; i < classes; i++) {
      long element = at + ((long) i << type.byteShift());
      type.setDouble(out, element, type.getDouble(out, element) - factor * weight(i));
    }
  }

  private RowExponentials kernel() {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("Samples are walked only while a kernel runs");
    }
    return kernel;
  }
}
