package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How far apart roundings alone may take the two sides, by the sizes of the terms on the way: terms
 * that cancel leave the roundings of each, and a sum of very many has that of each addition. What
 * libtorch happens to round on the inputs and their neighbours need not show them; and in double
 * precision, where libtorch has the say, its own are taken for the truth.
 */
final class RoundingBounds {

  /** Linear in each input: of magnitudes they give the sum of the magnitudes of their terms. */
  private static final Set<String> SUMS_OF_PRODUCTS =
      Set.of(
          "linear",
          "narrow_linear",
          "matmul",
          "mm",
          "bmm",
          "mv",
          "dot",
          "vdot",
          "inner",
          "tensordot",
          "einsum",
          "conv1d",
          "conv2d",
          "conv_transpose2d",
          "addbmm",
          "baddbmm",
          "addmm",
          "addmv");

  /** Half precision is rounded after each addition where few places of many are reached. */
  private static final Set<String> ADDITIONS_TO_PLACES = Set.of("scatter_add", "index_add");

  /** Means of as many elements as a plane has, at the most. */
  private static final Set<String> AVERAGES =
      Set.of("avg_pool1d", "avg_pool2d", "adaptive_avg_pool1d", "adaptive_avg_pool2d");

  /** Their gradients are differences of products of two pseudoinverses. */
  private static final Set<String> OF_PSEUDOINVERSES = Set.of("pinv", "pinv_usual", "lstsq");

  /** Roundings of a normalised element beside those of the sums: of factors and differences. */
  private static final int FACTORS_OF_NORMS = 5;

  /** Roundings of a slope of attention beside those of the sums. */
  private static final int FACTORS_OF_ATTENTION = 3;

  private static final int ROUNDINGS_OF_SHARES = 4;

  private final Subject subject;
  private final ParityCase call;
  private final List<Tensor> inputs;
  private final DType dtype;
  private final int length;

  /** libtorch's elements, in double precision, of changed inputs and a changed seed. */
  @FunctionalInterface
  interface Precise {
    double @Nullable [] of(UnaryOperator<Tensor> change);
  }

  /**
   * Prepares.
   *
   * @param subject what is called
   * @param call how
   * @param inputs its inputs, outside every graph
   * @param dtype the type in which both sides round
   * @param length how many elements are compared
   */
  RoundingBounds(Subject subject, ParityCase call, List<Tensor> inputs, DType dtype, int length) {
    this.subject = subject;
    this.call = call;
    this.inputs = inputs;
    this.dtype = dtype;
    this.length = length;
  }

  /** Bounds for the elements of a result; 0 where nothing is known. */
  double[] ofResult(Precise precise) {
    if (!call.elements().areOrdinary()) {
      return none();
    }
    if (dtype.isHalfPrecision()) {
      return ADDITIONS_TO_PLACES.contains(subject.name()) ? ofSums(precise) : none();
    }
    return AVERAGES.contains(subject.name())
        ? ofAverages(precise)
        : isSumOfProducts() ? ofSums(precise) : none();
  }

  /**
   * Bounds for the elements of a gradient; 0 where nothing is known.
   *
   * @param input of which input
   * @param seed the gradient of the result
   * @param truth the gradient in double precision
   * @param precise computes it
   */
  double[] ofGradient(int input, Tensor seed, double[] truth, Precise precise) {
    if (length == 0 || !call.elements().areOrdinary()) {
      return none();
    }
    try (var _ = NoGrad.open()) {
      return switch (subject.name()) {
        case "scaled_dot_product_attention" -> input < 2 ? ofAttention(input, seed) : none();
        case "layer_norm", "rms_norm" -> input == 0 ? ofNorm(seed) : none();
        case "softmax", "softmin" -> ofShares(seed);
        case "corrcoef" -> ofCorrelations(seed);
        case "renorm" -> ofScaledDown(seed);
        default ->
            isSumOfProducts()
                ? ofSums(precise)
                : dtype == DType.FLOAT64 && OF_PSEUDOINVERSES.contains(subject.name())
                    ? ofPseudoinverse(truth)
                    : none();
      };
    }
  }

  private boolean isSumOfProducts() {
    return !dtype.isHalfPrecision() && SUMS_OF_PRODUCTS.contains(subject.name());
  }

  private double[] none() {
    return new double[length];
  }

  private double epsilon() {
    return Tolerances.epsilon(dtype);
  }

  /** Narrow types go through float32, and are rounded at the end. */
  private double epsilonOnTheWay() {
    return Math.min(epsilon(), Tolerances.epsilon(DType.FLOAT32));
  }

  /**
   * Of n terms each is rounded as part of n partial sums at the most, by half a unit of what is no
   * larger than all magnitudes together, on either side. Where the truth is known, roundings of
   * either sign add up as the terms themselves do: to a unit of all magnitudes, or two.
   */
  private double[] ofSums(Precise precise) {
    double[] sizes = precise.of(tensor -> tensor.dtype().isFloatingPoint() ? tensor.abs() : tensor);
    double[] counts =
        precise.of(tensor ->
            tensor.dtype().isFloatingPoint() ? Gatun.ones(tensor.dtype(), tensor.shape()) : tensor);
    double[] bounds = none();
    for (int i = 0; sizes != null && counts != null && i < length; i++) {
      // Both may be negative: the factors of a sum of two products are the call's own.
      double roundings = dtype == DType.FLOAT32 ? 2 : Math.abs(counts[i]);
      bounds[i] = epsilon() * roundings * Math.abs(sizes[i]);
    }
    return bounds;
  }

  /** A sum of a plane at the most, over the number of its terms. */
  private double[] ofAverages(Precise precise) {
    double[] sizes = precise.of(Tensor::abs);
    var image = inputs.getFirst().shape();
    long most = image.size(image.rank() - 1) * image.size(image.rank() - 2);
    double[] bounds = none();
    for (int i = 0; sizes != null && i < length; i++) {
      bounds[i] = epsilon() * most * sizes[i];
    }
    return bounds;
  }

  /**
   * With condition number k an inverse is off by k roundings of its largest element, and the
   * product of it with its matrix by k roundings of that, which is multiplied by two inverses
   * again; each of these products is a sum along an axis.
   */
  private double[] ofPseudoinverse(double[] truth) {
    double condition = Conditioning.of(subject, inputs.getFirst());
    double largest = Arrays.stream(truth).map(Math::abs).max().orElse(0);
    var matrix = inputs.getFirst();
    double terms = matrix.size(-1) + matrix.size(-2);
    double[] bounds = none();
    Arrays.fill(bounds, epsilon() * terms * condition * condition * largest);
    return bounds;
  }

  /**
   * The slope of a weight is the weight times what its value's slope is off from the mean of all:
   * of equal ones, or beside one weight of almost 1, nothing is left but their roundings. Each is a
   * sum over the width of the values, the mean one over the keys; and weights are as far off as
   * their scores, sums over the width of the keys. Weights are 1 together.
   */
  private double[] ofAttention(int input, Tensor seed) {
    var q = magnitudes(inputs.get(0));
    var k = magnitudes(inputs.get(1));
    var v = magnitudes(inputs.get(2));
    var batch = q.shape().without(q.rank() - 1).without(q.rank() - 2);
    if (q.rank() != k.rank()
        || q.rank() != v.rank()
        || !batch.equals(k.shape().without(q.rank() - 1).without(q.rank() - 2))
        || !batch.equals(v.shape().without(q.rank() - 1).without(q.rank() - 2))
        || k.size(-2) == 0
        || q.size(-1) == 0) {
      return none();
    }
    double scale = (double) call.pytorch().arguments().getLast();
    double score = scale * q.matmul(k.mT()).max().item();
    double roundings =
        v.size(-1) + k.size(-2) + FACTORS_OF_ATTENTION + q.size(-1) * Math.max(1, score);
    var slope = magnitudes(seed).matmul(v.mT()).amax(new int[] {-1}, true);
    var terms =
        input == 0
            ? slope.mul(k.amax(new int[] {-2}, true))
            : slope.mul(q).sum(new int[] {-2}, true).expandAs(k);
    return scaled(terms.mul(2 * scale * roundings), epsilonOnTheWay());
  }

  /**
   * The slope is a difference of the gradient, its mean, and the normalised element times the mean
   * of the gradient's product with such.
   */
  private double[] ofNorm(Tensor seed) {
    var arguments = call.pytorch().arguments();
    long width = Shape.of((long[]) arguments.getFirst()).numel();
    double added = (double) arguments.getLast();
    int[] along = {1};
    var x = inputs.getFirst().to(DType.FLOAT64).reshape(-1, width);
    var size = x.abs();
    if (subject.name().equals("layer_norm")) {
      x = x.sub(x.mean(along, true));
      size = size.add(size.mean(along, true));
    }
    var scale = x.square().mean(along, true).add(added).rsqrt();
    var normalized = size.mul(scale);
    var g = magnitudes(seed).reshape(-1, width);
    if (!call.pytorch().expression().contains("None") || inputs.size() == 3) {
      g = g.mul(magnitudes(inputs.get(1)).reshape(1, width));
    }
    var terms = g.add(g.mean(along, true)).add(normalized.mul(g.mul(normalized).mean(along, true)));
    return scaled(terms.mul(scale).mul(width + FACTORS_OF_NORMS), epsilonOnTheWay());
  }

  /**
   * The slope is a share times what its gradient is off from the mean of all. Shares of half
   * precision are rounded to the type before it is taken of them; others have the roundings of an
   * exponential, of a sum, of a quotient and of the product.
   */
  private double[] ofShares(Tensor seed) {
    int[] along = {((Long) call.pytorch().arguments().getFirst()).intValue()};
    var x = inputs.getFirst().to(DType.FLOAT64);
    var shares = (subject.name().equals("softmin") ? x.neg() : x).softmax(along[0]);
    var g = magnitudes(seed);
    int roundings = dtype.isHalfPrecision() ? 1 : ROUNDINGS_OF_SHARES;
    var terms = shares.mul(g.add(g.mul(shares).sum(along, true)));
    return scaled(terms.mul(roundings), epsilon());
  }

  /**
   * The slope of a correlation is a difference of two centred rows, both scaled to the length 1,
   * over the length of one; and centred elements are as far off as those they are differences of.
   */
  private double[] ofCorrelations(Tensor seed) {
    var x = inputs.getFirst().to(DType.FLOAT64);
    if (x.rank() != 2) {
      return none();
    }
    int[] along = {1};
    var length = x.sub(x.mean(along, true)).norm(2, along, true);
    // Of one row the result is a scalar.
    var g = magnitudes(seed).reshape(x.size(0), x.size(0));
    var slopes = g.add(g.mT()).sum(along, true).mul(2).div(length);
    var off = x.abs().amax(along, true).div(length).add(1);
    var terms = slopes.mul(off).mul(x.size(1) + FACTORS_OF_NORMS).expandAs(x);
    return scaled(terms, epsilonOnTheWay());
  }

  /** What is scaled down to a norm: a slope and its part along the norm, which cancel. */
  private double[] ofScaledDown(Tensor seed) {
    var arguments = call.pytorch().arguments();
    double p = (double) arguments.get(0);
    int axis = Math.floorMod(((Long) arguments.get(1)).intValue(), seed.rank());
    double most = (double) arguments.get(2);
    int[] others = IntStream.range(0, seed.rank()).filter(each -> each != axis).toArray();
    var x = magnitudes(inputs.getFirst());
    var g = magnitudes(seed);
    var norm = x.norm(p, others, true);
    var terms = g.add(g.mul(x).sum(others, true).div(norm)).mul(most).div(norm);
    return scaled(terms.mul(FACTORS_OF_NORMS), epsilonOnTheWay());
  }

  private double[] scaled(Tensor terms, double epsilon) {
    double[] bounds = terms.mul(epsilon).contiguous().toDoubleArray();
    return bounds.length == length ? bounds : none();
  }

  private static Tensor magnitudes(Tensor tensor) {
    return tensor.detach().to(DType.FLOAT64).abs();
  }
}
