package dev.gatun.autograd;

import static dev.gatun.autograd.NoAttributes.NONE;
import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.autograd.Entropies.CrossEntropy;
import dev.gatun.autograd.Entropies.Joining;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Calls at random, for declarations that have the same attributes. */
final class DrawnSamples {
  private static final int LARGEST_WINDOW = 3;
  private static final int LARGEST_IMAGE = 9;
  private static final long LARGEST_MATRIX = 9;

  /** Of real work: rows and columns of matrices that are taken apart. */
  private static final long LEAST_WORK_MATRIX = 64;

  private static final long LARGEST_WORK_MATRIX = 128;

  /** Of real work: heights and widths. */
  private static final long LEAST_WORK_IMAGE = 28;

  private static final long LARGEST_WORK_IMAGE = 56;

  /** Of real work: channels of an image. */
  private static final long LEAST_WORK_CHANNELS = 16;

  private static final long LARGEST_WORK_CHANNELS = 64;

  /** Of real work: rows that are normalised or multiplied, and tokens. */
  private static final long WORK_ROWS = 1024;

  /** Of real work: the words of a dictionary. */
  private static final long LEAST_WORK_WORDS = 1000;

  private static final long LARGEST_WORK_WORDS = 10_000;

  /** Of real work: the width of a head of attention. */
  private static final long LEAST_WORK_HEAD = 32;

  private static final long LARGEST_WORK_HEAD = 128;

  private DrawnSamples() {}

  /** Some axes of a tensor, which may be empty. */
  static Sample<Axes> folds(Draw draw) {
    long[] sizes = draw.sizes();
    return Sample.of(new Axes(draw.axes(sizes.length), draw.coin()), real(sizes));
  }

  /** As {@link #folds}, with what is subtracted from the number of elements. */
  static Sample<Reductions.Correction> corrections(Draw draw) {
    Sample<Axes> fold = folds(draw);
    return Sample.of(
        new Reductions.Correction(fold.attributes(), draw.oneOf(0.0, 1.0, 0.5)),
        fold.operands().getFirst());
  }

  /** Some axes of a tensor that is not empty and whose elements differ. */
  static Sample<Axes> searches(Draw draw) {
    long[] sizes = positive(draw.sizes());
    return Sample.of(new Axes(draw.axes(sizes.length), draw.coin()), Operand.distinct(sizes));
  }

  /** One axis of a tensor that is not empty and whose elements differ. */
  static Sample<Axis> searchesOneAxis(Draw draw) {
    long[] sizes = positive(draw.sizes());
    return Sample.of(new Axis(draw.axis(sizes.length), draw.coin()), Operand.distinct(sizes));
  }

  /** A line in order, and what is looked for in it. */
  static Sample<Boolean> sortedSearches(Draw draw) {
    return Sample.of(
        draw.coin(), Operand.ascending(draw.positiveSize()), real(positive(draw.sizes(0, 3))));
  }

  /** One axis of a tensor. */
  static Sample<Integer> axis(Draw draw) {
    long[] sizes = draw.sizes();
    return Sample.of(draw.axis(sizes.length), real(sizes));
  }

  /** One axis of a tensor that has axes. */
  static Sample<Integer> realAxis(Draw draw) {
    long[] sizes = draw.sizes(1, 4);
    return Sample.of(draw.axis(sizes.length), real(sizes));
  }

  /** Two matrices, with or without leading axes that broadcast. */
  static Sample<NoAttributes> products(Draw draw) {
    long m = draw.size();
    long k = draw.size();
    long n = draw.size();
    long[] batch = draw.batch(0, 2);
    return Sample.of(
        NONE,
        real(join(draw.broadcastable(batch), m, k)),
        real(join(draw.broadcastable(batch), k, n)));
  }

  /** Matrices of the size of an exercise, a batch of them or one. */
  private static long[] matrixSizes(Draw draw, long rows, long columns) {
    return join(draw.batch(0, 2), rows, columns);
  }

  private static long matrixSize(Draw draw) {
    return Math.min(
        draw.scaled(LARGEST_MATRIX, LARGEST_WORK_MATRIX),
        draw.size(LEAST_WORK_MATRIX, LARGEST_WORK_MATRIX));
  }

  static Sample<NoAttributes> matrices(Draw draw) {
    return Sample.of(NONE, real(matrixSizes(draw, matrixSize(draw), matrixSize(draw))));
  }

  static Sample<NoAttributes> squares(Draw draw) {
    long size = matrixSize(draw);
    return Sample.of(NONE, real(matrixSizes(draw, size, size)));
  }

  /** Squares that are positive definite, or small ones of which many are. */
  static Sample<NoAttributes> positiveSquares(Draw draw) {
    if (draw.isOfWork()) {
      return Sample.of(
          NONE, Operand.definite(squares(draw).operands().getFirst().shape().toArray()));
    }
    long size = draw.between(0, 3);
    long[] sizes = draw.oneIn(2) ? new long[] {size, size} : matrixSizes(draw, size, size);
    return Sample.of(NONE, Operand.positive(sizes));
  }

  /** Matrices and right sides, in equal batches. */
  static Sample<NoAttributes> equations(Draw draw) {
    long size = matrixSize(draw);
    long[] sizes = matrixSizes(draw, size, size);
    return Sample.of(NONE, real(sizes), rightSides(draw, sizes));
  }

  static Sample<Cutoff> cutMatrices(Draw draw) {
    return Sample.of(cutoff(draw), matrices(draw).operands().getFirst());
  }

  static Sample<Cutoff> cutEquations(Draw draw) {
    Operand left = matrices(draw).operands().getFirst();
    return Sample.of(new Cutoff(0, 1e-6), left, rightSides(draw, left.shape().toArray()));
  }

  private static Operand rightSides(Draw draw, long[] sizes) {
    long[] right = sizes.clone();
    right[sizes.length - 1] = draw.size(2, LARGEST_WORK_MATRIX);
    return real(right);
  }

  private static Cutoff cutoff(Draw draw) {
    return new Cutoff(draw.oneOf(0.0, 1e-4), draw.oneOf(1e-6, 1e-3));
  }

  static Sample<NoAttributes> linear(Draw draw) {
    long in = draw.size();
    long out = draw.size();
    return Sample.of(NONE, real(join(draw.sizes(1, 3, WORK_ROWS), in)), real(out, in), real(out));
  }

  /** An index along an axis of a tensor, with an axis for each of the tensor's. */
  static Sample<Integer> gathers(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 3));
    int axis = draw.axis(sizes.length);
    return Sample.of(axis, real(sizes), index(sizes[at(axis, sizes)], within(draw, sizes, axis)));
  }

  static Sample<Integer> scatters(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 3));
    int axis = draw.axis(sizes.length);
    long[] taken = within(draw, sizes, axis);
    return Sample.of(axis, real(sizes), index(sizes[at(axis, sizes)], taken), real(taken));
  }

  static Sample<Integer> selects(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 4));
    int axis = draw.axis(sizes.length);
    long size = sizes[at(axis, sizes)];
    return Sample.of(axis, real(sizes), index(size, draw.sizeBeside(size)));
  }

  static Sample<Integer> indexAdds(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 3));
    int axis = draw.axis(sizes.length);
    long count = draw.sizeBeside(sizes[at(axis, sizes)]);
    long[] source = sizes.clone();
    source[at(axis, sizes)] = count;
    return Sample.of(axis, real(sizes), index(sizes[at(axis, sizes)], count), real(source));
  }

  static Sample<Integer> indexCopies(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 3));
    int axis = draw.axis(sizes.length);
    long size = sizes[at(axis, sizes)];
    long count = Math.min(size, draw.sizeBeside(size));
    long[] source = sizes.clone();
    source[at(axis, sizes)] = count;
    return Sample.of(axis, real(sizes), Operand.places(size, count), real(source));
  }

  static Sample<Integer> joins(Draw draw) {
    long[] sizes = draw.sizes(1, 4);
    int axis = draw.axis(sizes.length);
    List<Operand> parts = new ArrayList<>();
    for (int i = draw.pick(1, 4); i > 0; i--) {
      long[] part = sizes.clone();
      part[at(axis, sizes)] = draw.sizeBeside(sizes[at(axis, sizes)]);
      parts.add(real(part));
    }
    return Sample.of(axis, parts.toArray(Operand[]::new));
  }

  static Sample<int[]> permutations(Draw draw) {
    long[] sizes = draw.sizes();
    return Sample.of(draw.permutation(sizes.length), real(sizes));
  }

  /** The same elements in axes that are joined, split, added and dropped. */
  static Sample<Shape> reshapes(Draw draw) {
    long[] sizes = draw.sizes();
    long left = Shape.of(sizes).numel();
    List<Long> reached = new ArrayList<>();
    while (left > 1 && reached.size() < 4) {
      long factor = draw.between(1, Math.min(left, 8));
      if (left % factor == 0) {
        reached.add(factor);
        left /= factor;
      }
    }
    if (left != 1 || draw.oneIn(4)) {
      reached.add(left);
    }
    return Sample.of(Shape.of(reached.stream().mapToLong(Long::longValue).toArray()), real(sizes));
  }

  static Sample<Shape> expansions(Draw draw) {
    long[] whole = draw.sizes();
    return Sample.of(Shape.of(whole), real(draw.broadcastable(whole)));
  }

  static Sample<Views.Range> ranges(Draw draw) {
    long[] sizes = draw.sizes(1, 4);
    long bound = draw.scaled(9, Arrays.stream(sizes).max().orElse(0));
    return Sample.of(
        new Views.Range(
            draw.axis(sizes.length),
            draw.between(-bound, draw.scaled(bound, 0)),
            draw.oneIn(4) ? Long.MAX_VALUE : draw.between(draw.scaled(-bound, 2), bound),
            draw.between(1, 3)),
        real(sizes));
  }

  static Sample<Views.Position> positions(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 4));
    int axis = draw.axis(sizes.length);
    long size = sizes[at(axis, sizes)];
    return Sample.of(new Views.Position(axis, draw.between(-size, size - 1)), real(sizes));
  }

  static Sample<Views.Diagonal> diagonals(Draw draw) {
    long[] sizes = draw.sizes(2, 4);
    int[] order = draw.permutation(sizes.length);
    return Sample.of(new Views.Diagonal(draw.between(-4, 4), order[0], order[1]), real(sizes));
  }

  static Sample<Indexing.Triangle> triangles(Draw draw) {
    return Sample.of(
        new Indexing.Triangle(draw.between(-5, 5), draw.coin()), real(draw.sizes(2, 4)));
  }

  static Sample<NoAttributes> masks(Draw draw) {
    long[] sizes = draw.sizes();
    return Sample.of(NONE, real(sizes), Operand.condition(sizes));
  }

  /** The last axes of a tensor, with or without weights and bias. */
  static Sample<Norming> norms(Draw draw, boolean centered) {
    long[] last = positive(draw.sizes(1, 2, WORK_ROWS));
    Shape shape = Shape.of(last);
    boolean weighted = draw.coin();
    boolean biased = centered && weighted && draw.coin();
    List<Operand> operands = new ArrayList<>();
    operands.add(real(join(draw.sizes(0, 2, WORK_ROWS), last)));
    if (weighted) {
      operands.add(real(last));
    }
    if (biased) {
      operands.add(real(last));
    }
    return Sample.of(
        new Norming(shape, weighted, biased, centered, 1e-5), operands.toArray(Operand[]::new));
  }

  static Sample<Long> lookups(Draw draw) {
    long rows = Math.max(1, draw.size(LEAST_WORK_WORDS, LARGEST_WORK_WORDS));
    return Sample.of(
        Lookups.NO_PADDING,
        real(rows, draw.positiveSize()),
        index(rows, draw.sizes(0, 3, WORK_ROWS)));
  }

  static Sample<CrossEntropy> entropies(Draw draw) {
    long classes = draw.positiveSize();
    long[] rest = positive(draw.batch(0, 2));
    long batch = draw.positiveSize();
    boolean single = draw.seldom(5);
    long[] logits = single ? new long[] {classes} : join(new long[] {batch, classes}, rest);
    long[] targets = single ? new long[0] : join(new long[] {batch}, rest);
    CrossEntropy loss =
        new CrossEntropy(
            single ? 0 : 1,
            draw.oneOf(Joining.values()),
            draw.coin() ? -100 : draw.between(0, classes - 1),
            draw.coin() ? 0 : draw.real(0, 1));
    return draw.coin()
        ? Sample.of(loss, real(logits), index(classes, targets))
        : Sample.of(loss, real(logits), index(classes, targets), Operand.positive(classes));
  }

  static Sample<ConvolutionGeometry> convolutions(Draw draw) {
    long groups = draw.oneIn(3) ? draw.between(2, 3) : 1;
    long[] kernel = {draw.between(1, LARGEST_WINDOW), draw.between(1, LARGEST_WINDOW)};
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            draw.between(1, draw.scaled(3, 2)),
            draw.between(1, draw.scaled(3, 2)),
            draw.between(0, draw.scaled(2, 1)),
            draw.between(0, draw.scaled(2, 1)),
            draw.between(1, draw.scaled(2, 1)),
            draw.between(1, draw.scaled(2, 1)),
            groups);
    long in = groups * channels(draw, 3);
    long out = groups * channels(draw, 5);
    Operand image = image(draw, in, 2 * (kernel[0] - 1) + 1, 2 * (kernel[1] - 1) + 1);
    Operand weight = real(out, in / groups, kernel[0], kernel[1]);
    return draw.coin()
        ? Sample.of(geometry, image, weight)
        : Sample.of(geometry, image, weight, real(out));
  }

  static PoolingGeometry pooling(Draw draw, boolean dilated) {
    long[] kernel = {draw.between(1, LARGEST_WINDOW), draw.between(1, LARGEST_WINDOW)};
    return PoolingGeometry.of(kernel[0], kernel[1])
        .stride(draw.between(1, 3), draw.between(1, 3))
        .padding(draw.between(0, kernel[0] / 2), draw.between(0, kernel[1] / 2))
        .dilation(dilated ? draw.between(1, 2) : 1, dilated ? draw.between(1, 2) : 1)
        .ceilMode(draw.oneIn(3));
  }

  static Sample<PoolingGeometry> maxPools(Draw draw) {
    PoolingGeometry geometry = pooling(draw, true);
    Operand image = image(draw, channels(draw, 3), 5, 5);
    return Sample.of(geometry, Operand.distinct(image.shape().toArray()));
  }

  static Sample<Pooling.Average> averagePools(Draw draw) {
    return Sample.of(
        new Pooling.Average(
            pooling(draw, false), draw.coin(), draw.oneIn(3) ? draw.between(1, 5) : null),
        image(draw, channels(draw, 3), 3, 3));
  }

  static Sample<Pooling.Plane> planes(Draw draw) {
    return Sample.of(
        new Pooling.Plane(draw.between(1, draw.scaled(5, 7)), draw.between(1, draw.scaled(5, 7))),
        image(draw, channels(draw, 3), 1, 1));
  }

  private static long channels(Draw draw, long mostOfTests) {
    return draw.between(
        draw.scaled(1, LEAST_WORK_CHANNELS), draw.scaled(mostOfTests, LARGEST_WORK_CHANNELS));
  }

  private static Operand image(Draw draw, long channels, long leastHeight, long leastWidth) {
    long most = draw.scaled(LARGEST_IMAGE, LARGEST_WORK_IMAGE);
    return real(
        draw.between(draw.scaled(1, 4), draw.scaled(3, 12)),
        channels,
        draw.between(draw.scaled(leastHeight, LEAST_WORK_IMAGE), most),
        draw.between(draw.scaled(leastWidth, LEAST_WORK_IMAGE), most));
  }

  static Sample<Attentions.Rules> attentions(Draw draw) {
    long queries = draw.positiveSize();
    long keys = draw.positiveSize();
    long width = headWidth(draw);
    long[] batch = positive(draw.batch(0, 2));
    boolean masked = draw.oneIn(3);
    boolean causal = !masked && draw.coin();
    List<Operand> operands = new ArrayList<>();
    operands.add(real(join(batch, queries, width)));
    operands.add(real(join(batch, keys, width)));
    operands.add(real(join(batch, keys, headWidth(draw))));
    if (masked) {
      operands.add(real(queries, keys));
    }
    return Sample.of(
        new Attentions.Rules(1, masked, 0, causal, draw.real(0.2, 1), true),
        operands.toArray(Operand[]::new));
  }

  private static long headWidth(Draw draw) {
    return Math.max(1, draw.size(LEAST_WORK_HEAD, LARGEST_WORK_HEAD));
  }

  private static int at(int axis, long[] sizes) {
    return axis < 0 ? axis + sizes.length : axis;
  }

  /** Sizes no larger than others, but for one axis, which may have any. */
  private static long[] within(Draw draw, long[] sizes, int axis) {
    long[] taken = new long[sizes.length];
    for (int i = 0; i < taken.length; i++) {
      taken[i] =
          i == at(axis, sizes)
              ? draw.sizeBeside(sizes[i])
              : draw.between(draw.scaled(0, (sizes[i] + 1) / 2), sizes[i]);
    }
    return taken;
  }

  private static long[] positive(long[] sizes) {
    return Arrays.stream(sizes).map(size -> Math.max(1, size)).toArray();
  }

  private static long[] join(long[] first, long... second) {
    long[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
