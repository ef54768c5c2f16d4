package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/**
 * A call as libtorch computes it in double precision. It has the say where the sides are apart: it
 * tells the truth, and how far from it libtorch itself comes to be, on the inputs and on neighbours
 * of theirs: by the same call in its own precision and in double precision. For a call in double
 * precision, above which there is nothing, errors are those of single precision, scaled down, and
 * those that {@linkplain #MIRROR_STEP mirrored neighbours} show.
 */
public final class DoublePrecision {

  /** On so many neighbouring inputs libtorch's errors are taken at the most. */
  private static final int SAMPLES = 64;

  /** In last places of 1: this moves any number to a neighbour of it, or past one. */
  private static final double STEP = 0.75;

  /**
   * So far numbers are moved to see how roundings of the inputs move the truth. It is much more
   * than a rounding, so that a jump of the truth is not taken for one's effect.
   */
  private static final double SLOPE_STEP = 0x1p-13;

  /**
   * Numbers in double precision are moved so far, one way and the opposite way, and the mean of
   * both values is compared with the value itself. What the truth changes by in proportion cancels,
   * what is left of its curve is the square of this, and the roundings on the way fall differently
   * each time: the mean is off by other roundings than the value. libtorch's errors in single
   * precision say nothing of these where it sums such numbers in double precision.
   */
  private static final double MIRROR_STEP = 0x1p-34;

  private final Referee referee;
  private final Subject subject;
  private final ParityCase parityCase;
  private final boolean isOfMatrices;
  private final boolean isElementwise;

  /** The gradient of an input that comes from a gradient of the result. */
  private record Gradient(int input, Tensor seed) {}

  private record Call(List<Tensor> inputs, @Nullable Gradient gradient) {}

  private record Values(double[] elements, DType dtype) {}

  /**
   * Prepares.
   *
   * @param referee libtorch
   * @param subject what is called
   * @param parityCase the call, the inputs of which stay open for as long as this is used
   */
  public DoublePrecision(Referee referee, Subject subject, ParityCase parityCase) {
    this.referee = referee;
    this.subject = subject;
    isOfMatrices = Conditioning.isOfMatrices(subject);
    isElementwise = subject.isElementwise();
    this.parityCase = parityCase;
  }

  /**
   * Looks into a result.
   *
   * @param dtype its type
   * @return what is known of it; null where libtorch does not compute it in double precision
   */
  @Nullable Evidence ofResult(DType dtype) {
    return evidence(null, dtype);
  }

  /**
   * Looks into a gradient. Where equal elements stand for each other, it is in the order of {@link
   * Ties#sorted}.
   *
   * @param input of which input
   * @param seed the gradient of the result that it comes from
   * @return what is known of it; null where libtorch does not compute it in double precision
   */
  @Nullable Evidence ofGradient(int input, Tensor seed) {
    var type = parityCase.inputs().get(input).dtype();
    return evidence(new Gradient(input, seed), Tolerances.coarser(type, seed.dtype()));
  }

  /**
   * The elements of the result.
   *
   * @return in double precision; null where libtorch does not compute it so
   */
  public double @Nullable [] result() {
    return precise(inputs(), null);
  }

  /**
   * The elements of a gradient, as {@link #ofGradient} orders them.
   *
   * @param input of which input
   * @param seed the gradient of the result that it comes from
   * @return in double precision; null where libtorch does not compute it so
   */
  public double @Nullable [] gradient(int input, Tensor seed) {
    return precise(inputs(), new Gradient(input, seed));
  }

  private List<Tensor> inputs() {
    return parityCase.inputs().stream().map(Tensor::detach).toList();
  }

  private @Nullable Evidence evidence(@Nullable Gradient gradient, DType dtype) {
    var inputs = inputs();
    double[] truth = precise(inputs, gradient);
    if (truth == null) {
      return null;
    }
    var errors =
        IntStream.range(0, SAMPLES)
            .mapToObj(sample -> errors(inputs, gradient, dtype, truth, sample));
    return new Evidence(
        truth, bounds(inputs, gradient, dtype, truth), errors.iterator(), factor(dtype));
  }

  private double[] bounds(
      List<Tensor> inputs, @Nullable Gradient gradient, DType dtype, double[] truth) {
    var bounds = new RoundingBounds(subject, parityCase, inputs, dtype, truth.length);
    if (gradient == null) {
      return bounds.ofResult(change -> precise(changed(inputs, change), null));
    }
    return bounds.ofGradient(
        gradient.input(),
        gradient.seed(),
        truth,
        change ->
            precise(
                changed(inputs, change),
                new Gradient(gradient.input(), change.apply(gradient.seed()))));
  }

  private static List<Tensor> changed(List<Tensor> inputs, UnaryOperator<Tensor> change) {
    return inputs.stream().map(change).toList();
  }

  /**
   * Functions of libtorch are often right to half a unit, and Gatun's to two. Narrow types are
   * rounded once.
   */
  private static double factor(DType dtype) {
    return dtype.byteSize() < Float.BYTES ? 2 : 4;
  }

  /** What errors libtorch makes beside the inputs, and roundings of the inputs alone would. */
  private double[] errors(
      List<Tensor> inputs, @Nullable Gradient gradient, DType dtype, double[] truth, int sample) {
    double[] errors = new double[truth.length];
    var next = neighbours(inputs, gradient, sample, 0);
    var own = values(next.inputs(), DType.FLOAT32, next.gradient());
    if (own != null) {
      double ofType = Tolerances.epsilon(dtype) / Tolerances.epsilon(own.dtype());
      greater(errors, own.elements(), precise(next.inputs(), next.gradient()), ofType);
    }
    var further = neighbours(inputs, gradient, sample, SLOPE_STEP);
    double rounding = Math.min(Tolerances.epsilon(dtype), Tolerances.epsilon(DType.FLOAT32));
    double scale = (isOfMatrices ? rowsTimesColumns(inputs) : 1) * rounding / SLOPE_STEP;
    greater(errors, truth, precise(further.inputs(), further.gradient()), scale);
    if (dtype == DType.FLOAT64) {
      greater(errors, truth, meanOfMirrored(inputs, gradient, sample), 1);
    }
    return errors;
  }

  private double @Nullable [] meanOfMirrored(
      List<Tensor> inputs, @Nullable Gradient gradient, int sample) {
    var one = neighbours(inputs, gradient, sample, MIRROR_STEP);
    var opposite = neighbours(inputs, gradient, sample, -MIRROR_STEP);
    double[] means = precise(one.inputs(), one.gradient());
    double[] others = precise(opposite.inputs(), opposite.gradient());
    if (means == null || others == null || means.length != others.length) {
      return null;
    }
    for (int i = 0; i < means.length; i++) {
      means[i] = (means[i] + others[i]) / 2;
    }
    return means;
  }

  /**
   * An algorithm is exact for a matrix nearby: as many roundings away as there are rows, each of a
   * norm that grows with the columns.
   */
  private static long rowsTimesColumns(List<Tensor> inputs) {
    var matrix = inputs.getFirst();
    return matrix.rank() < 2 ? 1 : matrix.size(-1) * matrix.size(-2);
  }

  /** Where scaled differences are greater, and say something, they take the place of errors. */
  private static void greater(
      double[] errors, double[] some, double @Nullable [] others, double scale) {
    for (int i = 0; others != null && i < Math.min(errors.length, others.length); i++) {
      double error = scale * Math.abs(some[i] - others[i]);
      errors[i] = Double.isFinite(error) ? Math.max(errors[i], error) : errors[i];
    }
  }

  /**
   * In double precision, where integers too count as such if libtorch takes them for less: for the
   * product of an integer and a number it takes single precision.
   */
  private double @Nullable [] precise(List<Tensor> inputs, @Nullable Gradient gradient) {
    var numbers = inputs.stream().map(DoublePrecision::widened).toList();
    var all = inputs.stream().map(input -> input.to(DType.FLOAT64)).toList();
    double[] elements = inDoublePrecision(isElementwise ? all : numbers, gradient);
    return elements != null ? elements : inDoublePrecision(isElementwise ? numbers : all, gradient);
  }

  private double @Nullable [] inDoublePrecision(List<Tensor> inputs, @Nullable Gradient gradient) {
    var values = values(inputs, DType.FLOAT64, gradient);
    return values == null || values.dtype() != DType.FLOAT64 ? null : values.elements();
  }

  private static Tensor widened(Tensor input) {
    return input.dtype().isFloatingPoint() ? input.to(DType.FLOAT64) : input;
  }

  private Call neighbours(
      List<Tensor> inputs, @Nullable Gradient gradient, int sample, double step) {
    return new Call(
        inputs.stream().map(input -> neighbour(input, sample, step)).toList(),
        gradient == null
            ? null
            : new Gradient(gradient.input(), neighbour(gradient.seed(), sample, step)));
  }

  /**
   * Numbers beside those of an input; equal ones stay equal if they are next to them, or stand for
   * each other.
   *
   * @param step how far beside at most, relatively, and in double precision, where elements of
   *     matrices go as far as the largest; the opposite way if it is negative; 0 for next to them,
   *     in the input's precision or in single precision where that is less
   */
  private Tensor neighbour(Tensor input, int sample, double step) {
    if (!input.dtype().isFloatingPoint()) {
      return input;
    }
    var dtype =
        step != 0 ? DType.FLOAT64 : input.dtype() == DType.FLOAT64 ? DType.FLOAT32 : input.dtype();
    double[] elements = input.toDoubleArray();
    boolean stayEqual = step == 0 || parityCase.ties() != null;
    double largest = Arrays.stream(elements).map(Math::abs).max().orElse(0);
    for (int i = 0; i < elements.length; i++) {
      double share = share(elements[i], stayEqual ? sample : sample + SAMPLES * (i + 1L));
      if (step == 0) {
        elements[i] += Math.copySign(STEP * Tolerances.epsilon(dtype), share) * elements[i];
      } else if (!isElementwise || 2 * elements[i] != Math.rint(2 * elements[i])) {
        // Functions of an element jump at such numbers, if anywhere.
        elements[i] += step * share * (isOfMatrices ? largest : elements[i]);
      }
    }
    return Gatun.tensor(dtype, input.shape(), elements);
  }

  /**
   * From 1/2 to 1 or from -1 to -1/2, for each number and sample the same each time; by the mixing
   * of SplitMix64.
   */
  private static double share(double value, long sample) {
    long mixed = Double.doubleToLongBits(value) + (sample + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 31;
    double size = 0.5 + 0x1p-54 * (mixed >>> 11);
    return mixed < 0 ? -size : size;
  }

  /** What libtorch computes; null where it refuses, and has no say. */
  private @Nullable Values values(List<Tensor> inputs, DType widest, @Nullable Gradient gradient) {
    var tensors = new ArrayList<org.bytedeco.pytorch.Tensor>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.add(referee.wrap(inputs.get(i)));
      tensors.get(i).set_requires_grad(parityCase.leaves().contains(i));
    }
    try (var result = referee.evaluate(converted(parityCase.pytorch(), widest), tensors)) {
      return gradient == null
          ? values(result)
          : gradient(result, tensors.get(gradient.input()), gradient);
    } catch (RuntimeException e) {
      return null;
    } finally {
      tensors.forEach(org.bytedeco.pytorch.Tensor::close);
    }
  }

  /** A call with another type where double precision, or any less than it, is an argument. */
  private static PyTorchCall converted(PyTorchCall call, DType widest) {
    var arguments = new ArrayList<@Nullable Object>(call.arguments());
    arguments.replaceAll(argument ->
        argument instanceof DType dtype
                && dtype.isFloatingPoint()
                && (widest == DType.FLOAT64 || dtype == DType.FLOAT64)
            ? widest
            : argument);
    return new PyTorchCall(call.expression(), arguments);
  }

  private Values values(org.bytedeco.pytorch.Tensor tensor) {
    var copy = referee.copy(tensor);
    return new Values(copy.toDoubleArray(), copy.dtype());
  }

  private @Nullable Values gradient(
      org.bytedeco.pytorch.Tensor result, org.bytedeco.pytorch.Tensor leaf, Gradient gradient) {
    var dtype = referee.copy(result).dtype();
    try (var seed = referee.wrap(gradient.seed().to(dtype));
        var retain = new BoolOptional(false);
        var allLeaves = new TensorArrayRefOptional()) {
      result.backward(seed, retain, false, allLeaves);
    }
    try (var found = leaf.grad()) {
      if (!found.defined()) {
        return null;
      }
      var values = values(found);
      var input = referee.copy(leaf);
      var ties = parityCase.ties();
      return new Values(
          ties == null ? values.elements() : ties.sorted(values.elements(), input),
          Tolerances.coarser(values.dtype(), dtype));
    }
  }
}
