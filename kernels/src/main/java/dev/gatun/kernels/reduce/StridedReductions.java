package dev.gatun.kernels.reduce;

import dev.gatun.kernels.reduce.Reduction.Combination;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/** Walks operands of any layout for the inner loops of one provider. */
final class StridedReductions implements ReductionKernels {
  private static final int TYPES = DType.values().length;
  private static final FibreKernel LOG_SUM_EXP = new ScalarFibres.LogSumExp();
  private static final FibreKernel CUMULATIVE_LOG_SUM_EXP = new ScalarFibres.CumulativeLogSumExp();

  private final KernelFactory factory;
  private final @Nullable FoldKernel[] folds = new FoldKernel[Reduction.values().length * TYPES];
  private final @Nullable MomentKernel[] moments = new MomentKernel[TYPES];
  private final @Nullable MomentKernel[] deviations = new MomentKernel[TYPES];
  private final @Nullable FibreKernel[] softmaxes = new FibreKernel[2 * TYPES];
  private final @Nullable FibreKernel[] softmaxGradients = new FibreKernel[2 * TYPES];
  private final @Nullable FibreKernel[] extrema = new FibreKernel[2 * TYPES];
  private final @Nullable NormKernel[] norms = new NormKernel[4 * TYPES];
  private final @Nullable RowExponentials[] exponentials = new RowExponentials[TYPES];
  private final @Nullable FibreKernel[] cumulatives = new FibreKernel[2 * TYPES * TYPES];
  private final @Nullable FibreKernel[] productGradients = new FibreKernel[TYPES];
  private final @Nullable FibreKernel[] logSums = new FibreKernel[TYPES];

  StridedReductions(KernelFactory factory) {
    this.factory = factory;
  }

  @Override
  public void reduce(Reduction kind, StridedArray out, StridedArray in) {
    Fold.ofThread().run(fold(kind, in.dtype()), out, in, kind == Reduction.MEAN);
  }

  @Override
  public void argMax(StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(extremum(false, in.dtype()), axis, out, in, in);
  }

  @Override
  public void argMin(StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(extremum(true, in.dtype()), axis, out, in, in);
  }

  @Override
  public void variance(
      StridedArray out, @Nullable StridedArray mean, StridedArray in, double correction) {
    Moments.ofThread().run(moments(in.dtype()), out, mean, in, correction, false);
  }

  @Override
  public void standardDeviation(StridedArray out, StridedArray in, double correction) {
    Moments.ofThread().run(moments(in.dtype()), out, null, in, correction, true);
  }

  @Override
  public void logSumExp(StridedArray out, StridedArray in) {
    var layout = in.layout();
    int last = -1;
    int axes = 0;
    for (int axis = 0; axis < layout.rank(); axis++) {
      if (layout.size(axis) != 1 && out.layout().size(axis) == 1) {
        last = axis;
        axes++;
      }
    }
    if (axes <= 1) {
      Fibres.ofThread().run(logSum(in.dtype()), last, out, in, in);
      return;
    }
    // The logarithm of a sum of exponentials is that of the same of parts: one axis at a time.
    Shape rest = layout.shape().with(last, 1);
    try (var scratch = StridedArray.allocate(DType.FLOAT64, rest)) {
      Fibres.ofThread().run(logSum(in.dtype()), last, scratch, in, in);
      logSumExp(out, scratch);
    }
  }

  @Override
  public void softmax(StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(softmax(false, in.dtype()), axis, out, in, in);
  }

  @Override
  public void logSoftmax(StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(softmax(true, in.dtype()), axis, out, in, in);
  }

  @Override
  public void softmaxBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis) {
    Fibres.ofThread().run(softmaxGradient(false, gradOut.dtype()), axis, gradIn, gradOut, output);
  }

  @Override
  public void logSoftmaxBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray output, int axis) {
    Fibres.ofThread().run(softmaxGradient(true, gradOut.dtype()), axis, gradIn, gradOut, output);
  }

  @Override
  public void cumulativeSum(StridedArray out, StridedArray in, int axis) {
    cumulate(Combination.ADD, out, in, axis);
  }

  @Override
  public void cumulativeProduct(StridedArray out, StridedArray in, int axis) {
    cumulate(Combination.MULTIPLY, out, in, axis);
  }

  @Override
  public void cumulativeProductBackward(
      StridedArray gradIn, StridedArray gradOut, StridedArray in, int axis) {
    Fibres.ofThread().run(productGradient(in.dtype()), axis, gradIn, gradOut, in);
  }

  private void cumulate(Combination how, StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(cumulative(how, in.dtype(), out.dtype()), axis, out, in, in);
  }

  @Override
  public void cumulativeLogSumExp(StridedArray out, StridedArray in, int axis) {
    Fibres.ofThread().run(CUMULATIVE_LOG_SUM_EXP, axis, out, in, in);
  }

  @Override
  public void layerNorm(
      StridedArray out,
      @Nullable StridedArray mean,
      StridedArray rstd,
      StridedArray x,
      @Nullable StridedArray weight,
      @Nullable StridedArray bias,
      double epsilon) {
    var type = x.dtype();
    Norm.ofThread()
        .run(
            norm(weight != null, bias != null, type),
            fold(Reduction.SUM, type),
            deviation(type),
            out,
            mean,
            rstd,
            x,
            weight,
            bias,
            epsilon);
  }

  @Override
  public void layerNormBackward(
      @Nullable StridedArray gradX,
      @Nullable StridedArray gradWeight,
      @Nullable StridedArray gradBias,
      StridedArray gradOut,
      StridedArray x,
      @Nullable StridedArray mean,
      StridedArray rstd,
      @Nullable StridedArray weight) {
    var kernel = norm(weight != null, false, x.dtype());
    Norm.ofThread()
        .runBackward(kernel, gradX, gradWeight, gradBias, gradOut, x, mean, rstd, weight);
  }

  @Override
  public void crossEntropy(
      StridedArray losses,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    CrossEntropy.ofThread()
        .run(
            exponentials(logits.dtype()),
            losses,
            statistics,
            logits,
            targets,
            weights,
            ignoreIndex,
            smoothing,
            mean);
  }

  @Override
  public void crossEntropyBackward(
      StridedArray gradLogits,
      StridedArray gradOut,
      StridedArray statistics,
      StridedArray logits,
      StridedArray targets,
      @Nullable StridedArray weights,
      long ignoreIndex,
      double smoothing,
      boolean mean) {
    CrossEntropy.ofThread()
        .runBackward(
            exponentials(logits.dtype()),
            gradLogits,
            gradOut,
            statistics,
            logits,
            targets,
            weights,
            ignoreIndex,
            smoothing,
            mean);
  }

  @Override
  public void attentionWeights(StridedArray scores, @Nullable StridedArray mask, boolean causal) {
    AttentionWeights.ofThread().run(exponentials(scores.dtype()), scores, mask, causal);
  }

  // Kernels are made when first needed. Two threads may make the same one; either will do.

  private FoldKernel fold(Reduction kind, DType type) {
    int index = kind.ordinal() * TYPES + type.ordinal();
    var kernel = folds[index];
    if (kernel == null) {
      kernel = factory.fold(kind, type);
      folds[index] = kernel;
    }
    return kernel;
  }

  private FibreKernel cumulative(Combination how, DType type, DType outType) {
    int index = (how.ordinal() * TYPES + type.ordinal()) * TYPES + outType.ordinal();
    var kernel = cumulatives[index];
    if (kernel == null) {
      kernel =
          Specialization.instantiate(
              MethodHandles.lookup(), Cumulative.class, FibreKernel.class, how, type, outType);
      cumulatives[index] = kernel;
    }
    return kernel;
  }

  private FibreKernel productGradient(DType type) {
    var kernel = productGradients[type.ordinal()];
    if (kernel == null) {
      kernel =
          Specialization.instantiate(
              MethodHandles.lookup(), CumulativeProductGradient.class, FibreKernel.class, type);
      productGradients[type.ordinal()] = kernel;
    }
    return kernel;
  }

  private MomentKernel moments(DType type) {
    var kernel = moments[type.ordinal()];
    if (kernel == null) {
      kernel = factory.moments(type);
      moments[type.ordinal()] = kernel;
    }
    return kernel;
  }

  private MomentKernel deviation(DType type) {
    var kernel = deviations[type.ordinal()];
    if (kernel == null) {
      kernel = factory.deviation(type);
      deviations[type.ordinal()] = kernel;
    }
    return kernel;
  }

  private FibreKernel softmax(boolean log, DType type) {
    int index = (log ? TYPES : 0) + type.ordinal();
    var kernel = softmaxes[index];
    if (kernel == null) {
      kernel = factory.softmax(log, type);
      softmaxes[index] = kernel;
    }
    return kernel;
  }

  private FibreKernel softmaxGradient(boolean log, DType type) {
    int index = (log ? TYPES : 0) + type.ordinal();
    var kernel = softmaxGradients[index];
    if (kernel == null) {
      kernel = factory.softmaxBackward(log, type);
      softmaxGradients[index] = kernel;
    }
    return kernel;
  }

  private FibreKernel extremum(boolean smallest, DType type) {
    int index = (smallest ? TYPES : 0) + type.ordinal();
    var kernel = extrema[index];
    if (kernel == null) {
      kernel = factory.extremum(smallest, type);
      extrema[index] = kernel;
    }
    return kernel;
  }

  private NormKernel norm(boolean weighted, boolean biased, DType type) {
    int index = ((weighted ? 2 : 0) + (biased ? 1 : 0)) * TYPES + type.ordinal();
    var kernel = norms[index];
    if (kernel == null) {
      kernel = factory.norm(weighted, biased, type);
      norms[index] = kernel;
    }
    return kernel;
  }

  private RowExponentials exponentials(DType type) {
    var loops = exponentials[type.ordinal()];
    if (loops == null) {
      loops = factory.rowExponentials(type);
      exponentials[type.ordinal()] = loops;
    }
    return loops;
  }

  private FibreKernel logSum(DType type) {
    var kernel = logSums[type.ordinal()];
    if (kernel == null) {
      kernel = new RowLogSumExp(exponentials(type), LOG_SUM_EXP);
      logSums[type.ordinal()] = kernel;
    }
    return kernel;
  }
}
