package dev.gatun.bench.parity;

import static dev.gatun.autograd.Operand.distinct;
import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;
import static dev.gatun.bench.parity.MatrixMethods.longs;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.ScatterReduction.Fold;
import dev.gatun.autograd.Statistics.Interpolation;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.Composite.Call;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BinaryOperator;

/**
 * Methods that fold, order, count and convolve, and elementwise ones made of several operations.
 */
final class FoldMethods {
  private FoldMethods() {}

  /** A method with an axis that it may keep. */
  private interface AlongAxis {
    Tensor of(Tensor tensor, int axis, boolean keepdim);
  }

  /** A method with axes. */
  private interface AlongAxes {
    Tensor of(Tensor tensor, int... axes);
  }

  static List<Composite> all() {
    return List.of(
        // ---- one along an axis, and where it is
        along("max_values", "torch.max(a, p, q)[0]", (a, axis, keep) -> a.max(axis, keep).values()),
        along(
            "max_indices", "torch.max(a, p, q)[1]", (a, axis, keep) -> a.max(axis, keep).indices()),
        along("min_values", "torch.min(a, p, q)[0]", (a, axis, keep) -> a.min(axis, keep).values()),
        along(
            "min_indices", "torch.min(a, p, q)[1]", (a, axis, keep) -> a.min(axis, keep).indices()),
        alongTakingOne(
            "median_values",
            "torch.median(a, p, q)[0]",
            (a, axis, keep) -> a.median(axis, keep).values()),
        alongTakingOne(
            "nanmedian_values",
            "torch.nanmedian(a, p, q)[0]",
            (a, axis, keep) -> a.nanmedian(axis, keep).values()),
        alongTakingOne(
            "mode_values",
            "torch.mode(a, p, q)[0]",
            (a, axis, keep) -> a.mode(axis, keep).values()),
        along(
            "aminmax_min",
            "torch.aminmax(a, dim=p, keepdim=q)[0]",
            (a, axis, keep) -> a.aminmax(new int[] {axis}, keep).min()),
        along(
            "aminmax_max",
            "torch.aminmax(a, dim=p, keepdim=q)[1]",
            (a, axis, keep) -> a.aminmax(new int[] {axis}, keep).max()),
        along(
            "sort_values",
            "torch.sort(a, stable=True, dim=p, descending=q)[0]",
            (a, axis, descending) -> a.sort(axis, descending).values()),
        along(
            "sort_indices",
            "torch.sort(a, stable=True, dim=p, descending=q)[1]",
            (a, axis, descending) -> a.sort(axis, descending).indices()),
        along(
            "cummax_values",
            "torch.cummax(a, p)[0] if q else torch.cummax(a, p)[0]",
            (a, axis, unused) -> a.cummax(axis).values()),
        along(
            "cummin_indices",
            "torch.cummin(a, p)[1] if q else torch.cummin(a, p)[1]",
            (a, axis, unused) -> a.cummin(axis).indices()),
        new Composite("topk_values", draw -> topk(draw, false)),
        new Composite("topk_indices", draw -> topk(draw, true)),
        new Composite("kthvalue", FoldMethods::kthvalue),
        // ---- sums, means, moments
        overAxes("nansum", "torch.nansum(a, p)", Tensor::nansum),
        overAxes("nanmean", "torch.nanmean(a, p)", Tensor::nanmean),
        overAxes("count_nonzero", "torch.count_nonzero(a, p)", Tensor::countNonzero),
        new Composite("std_mean", draw -> moments(draw, "std_mean")),
        new Composite("var_mean", draw -> moments(draw, "var_mean")),
        new Composite(
            "max", draw -> Call.of(distinct(positive(draw)), Tensor::max, "torch.max(a)")),
        new Composite(
            "min", draw -> Call.of(distinct(positive(draw)), Tensor::min, "torch.min(a)")),
        new Composite("quantile", draw -> quantile(draw, "quantile")),
        new Composite("nanquantile", draw -> quantile(draw, "nanquantile")),
        new Composite("softmin", FoldMethods::softmin),
        new Composite("diff", FoldMethods::diff),
        new Composite("trapezoid", draw -> trapezoid(draw, "trapezoid")),
        new Composite("trapezoid_at", draw -> trapezoidAt(draw, "trapezoid")),
        new Composite("cumulative_trapezoid", draw -> trapezoid(draw, "cumulative_trapezoid")),
        new Composite("cumulative_trapezoid_at", draw -> trapezoidAt(draw, "cumulative_trapezoid")),
        new Composite("index_reduce", FoldMethods::indexReduce),
        // ---- what there is, and where
        new Composite(
            "nonzero", draw -> Call.of(real(draw.sizes()), Tensor::nonzero, "torch.nonzero(a)")),
        new Composite(
            "argwhere", draw -> Call.of(real(draw.sizes()), Tensor::argwhere, "torch.argwhere(a)")),
        new Composite(
            "bincount",
            draw -> {
              long least = draw.between(0, 9);
              return Call.of(
                  index(7, draw.size()),
                  a -> a.bincount(least),
                  "torch.bincount(a, None, p)",
                  least);
            }),
        new Composite(
            "bincount_weights",
            draw -> {
              long size = draw.size();
              long least = draw.between(0, 9);
              return Call.of(
                  index(7, size),
                  real(size),
                  (a, b) -> a.bincount(b.detach(), least),
                  "torch.bincount(a, torch.detach(b), p)",
                  least);
            }),
        new Composite(
            "unique",
            draw ->
                Call.of(
                    real(draw.sizes()),
                    a -> a.detach().unique().values(),
                    "torch._unique2(torch.detach(a))[0]")),
        new Composite(
            "unique_inverse",
            draw ->
                Call.of(
                    index(4, draw.sizes()),
                    a -> a.unique().inverse(),
                    "torch._unique2(a, True, True, True)[1]")),
        new Composite(
            "unique_counts",
            draw ->
                Call.of(
                    index(4, draw.sizes()),
                    a -> a.unique().counts(),
                    "torch._unique2(a, True, True, True)[2]")),
        new Composite(
            "unique_consecutive",
            draw ->
                Call.of(
                    index(2, draw.sizes()),
                    a -> a.uniqueConsecutive().values(),
                    "torch.unique_consecutive(a)[0]")),
        new Composite("bucketize", FoldMethods::bucketize),
        new Composite(
            "isin",
            draw -> {
              boolean invert = draw.coin();
              return Call.of(
                  index(9, draw.sizes()),
                  index(9, draw.sizes(0, 2)),
                  (a, b) -> a.isin(b, invert),
                  "torch.isin(a, b, invert=p)",
                  invert);
            }),
        new Composite(
            "isclose",
            draw -> {
              long[] sizes = draw.sizes();
              boolean nan = draw.coin();
              return Call.of(
                  real(sizes),
                  real(draw.broadcastable(sizes)),
                  (a, b) -> a.isclose(b, 0.5, 0.25, nan),
                  "torch.isclose(a, b, 0.5, 0.25, p)",
                  nan);
            }),
        // ---- element by element
        pair("gcd", "torch.gcd(a, b)", Tensor::gcd),
        pair("lcm", "torch.lcm(a, b)", Tensor::lcm),
        pair("ldexp", "torch.ldexp(a, b)", Tensor::ldexp),
        pair("float_power", "torch.float_power(a, b)", Tensor::floatPower),
        pair("true_divide", "torch.true_divide(a, b)", Tensor::trueDivide),
        new Composite(
            "frexp_mantissa",
            draw -> Call.of(real(draw.sizes()), a -> a.frexp().mantissa(), "torch.frexp(a)[0]")),
        new Composite(
            "frexp_exponent",
            draw -> Call.of(real(draw.sizes()), a -> a.frexp().exponent(), "torch.frexp(a)[1]")),
        new Composite(
            "polygamma",
            draw -> {
              int order = draw.pick(2, 4);
              return Call.of(
                  Operand.positive(draw.sizes()),
                  a -> a.polygamma(order),
                  "torch.polygamma(p, a)",
                  (long) order);
            }),
        new Composite(
            "rsub",
            draw -> {
              double number = draw.between(-128, 128) / 64.0;
              return Call.of(real(draw.sizes()), a -> a.rsub(number), "torch.rsub(a, p)", number);
            }),
        // ---- other convolutions
        new Composite("conv1d", FoldMethods::conv1d),
        new Composite("conv_transpose2d", FoldMethods::convTranspose2d));
  }

  private static Composite along(String name, String pytorch, AlongAxis gatun) {
    return new Composite(name, draw -> along(draw, pytorch, gatun, false));
  }

  /** As {@link #along(String, String, AlongAxis)}, where any of equal elements may be taken. */
  private static Composite alongTakingOne(String name, String pytorch, AlongAxis gatun) {
    return new Composite(name, draw -> along(draw, pytorch, gatun, true));
  }

  private static Call along(Draw draw, String pytorch, AlongAxis gatun, boolean takingOne) {
    long[] sizes = positive(draw);
    int axis = draw.axis(sizes.length);
    boolean keepdim = draw.coin();
    var call =
        Call.of(distinct(sizes), a -> gatun.of(a, axis, keepdim), pytorch, (long) axis, keepdim);
    return takingOne ? call.takingOne(axis) : call;
  }

  private static Composite overAxes(String name, String pytorch, AlongAxes gatun) {
    return new Composite(
        name,
        draw -> {
          long[] sizes = draw.sizes(1, 4);
          int[] axes = Arrays.copyOf(draw.permutation(sizes.length), draw.pick(1, sizes.length));
          return Call.of(real(sizes), a -> gatun.of(a, axes), pytorch, (Object) longs(axes));
        });
  }

  private static Composite pair(String name, String pytorch, BinaryOperator<Tensor> gatun) {
    return new Composite(
        name,
        draw -> {
          long[] sizes = draw.sizes();
          return Call.of(real(sizes), real(draw.broadcastable(sizes)), gatun, pytorch);
        });
  }

  private static long[] positive(Draw draw) {
    return Arrays.stream(draw.sizes()).map(size -> Math.max(1, size)).toArray();
  }

  /** The elements that are selected, or those at the positions that are. */
  private static Call topk(Draw draw, boolean byPosition) {
    long[] sizes = positive(draw);
    int axis = draw.axis(sizes.length);
    long size = sizes.length == 0 ? 1 : sizes[Math.floorMod(axis, sizes.length)];
    long count = draw.between(sizes.length == 0 ? 1 : 0, size);
    boolean largest = draw.coin();
    return Call.of(
            distinct(sizes),
            a -> {
              var selected = a.topk(count, axis, largest);
              return byPosition
                  ? a.gather(axis, requireDistinct(selected.indices(), axis, size))
                  : selected.values();
            },
            byPosition
                ? "torch.gather(a, q, torch.topk(a, p, q, r)[1])"
                : "torch.topk(a, p, q, r)[0]",
            count,
            (long) axis,
            largest)
        .takingOne(axis);
  }

  /** Which of equal elements is selected is open, but none is twice. */
  private static Tensor requireDistinct(Tensor positions, int axis, long size) {
    if (positions.rank() > 0 && positions.numel() > 0) {
      var times = positions.oneHot(size).sum(axis < 0 ? axis - 1 : axis).max();
      if (times.item() != 1) {
        throw new IllegalStateException("one position is selected " + times.item() + " times");
      }
    }
    return positions;
  }

  private static Call kthvalue(Draw draw) {
    long[] sizes = positive(draw);
    int axis = draw.axis(sizes.length);
    long size = sizes.length == 0 ? 1 : sizes[Math.floorMod(axis, sizes.length)];
    long place = draw.between(1, size);
    boolean keepdim = draw.coin();
    return Call.of(
            distinct(sizes),
            a -> a.kthvalue(place, axis, keepdim).values(),
            "torch.kthvalue(a, p, q, r)[0]",
            place,
            (long) axis,
            keepdim)
        .takingOne(axis);
  }

  private static Call moments(Draw draw, String name) {
    long[] sizes = draw.sizes(1, 4);
    int[] axes = Arrays.copyOf(draw.permutation(sizes.length), draw.pick(1, sizes.length));
    boolean keepdim = draw.coin();
    long correction = draw.between(0, 1);
    int part = draw.pick(0, 1);
    return Call.of(
        real(sizes),
        a -> {
          var moments =
              name.equals("std_mean")
                  ? a.stdMean(axes, correction, keepdim)
                  : a.varMean(axes, correction, keepdim);
          return part == 0 ? moments.spread() : moments.mean();
        },
        "torch." + name + "(a, p, correction=q, keepdim=r)[" + part + "]",
        longs(axes),
        correction,
        keepdim);
  }

  private static Call quantile(Draw draw, String name) {
    long[] sizes = positive(draw);
    int axis = draw.axis(sizes.length);
    boolean keepdim = draw.coin();
    var interpolation = draw.oneOf(Interpolation.values());
    var parts = new Operand(Operand.Kind.REAL, Shape.of(draw.sizes(0, 1)), 0, 1);
    return Call.of(
        distinct(sizes),
        parts,
        (a, q) ->
            name.equals("quantile")
                ? a.quantile(q.detach(), axis, keepdim, interpolation)
                : a.nanquantile(q.detach(), axis, keepdim, interpolation),
        "torch.%s(a, torch.detach(b), p, q, interpolation='%s')"
            .formatted(name, interpolation.name().toLowerCase(Locale.ROOT)),
        (long) axis,
        keepdim);
  }

  private static Call softmin(Draw draw) {
    long[] sizes = draw.sizes();
    int axis = draw.axis(sizes.length);
    return Call.of(
        real(sizes), a -> a.softmin(axis), "torch.softmax(torch.neg(a), p)", (long) axis);
  }

  private static Call diff(Draw draw) {
    long[] sizes = draw.sizes(1, 4);
    int axis = draw.axis(sizes.length);
    int order = draw.pick(0, 3);
    return Call.of(
        real(sizes), a -> a.diff(order, axis), "torch.diff(a, p, q)", (long) order, (long) axis);
  }

  private static Call trapezoid(Draw draw, String name) {
    long[] sizes = draw.sizes(1, 4);
    int axis = draw.axis(sizes.length);
    double distance = draw.between(1, 64) / 32.0;
    return Call.of(
        real(sizes),
        a ->
            name.equals("trapezoid")
                ? a.trapezoid(distance, axis)
                : a.cumulativeTrapezoid(distance, axis),
        "torch." + name + "(a, dx=p, dim=q)",
        distance,
        (long) axis);
  }

  private static Call trapezoidAt(Draw draw, String name) {
    long[] sizes = draw.sizes(1, 4);
    int axis = draw.axis(sizes.length);
    long[] places = draw.coin() ? sizes : new long[] {sizes[Math.floorMod(axis, sizes.length)]};
    return Call.of(
        real(sizes),
        real(places),
        (a, b) -> name.equals("trapezoid") ? a.trapezoid(b, axis) : a.cumulativeTrapezoid(b, axis),
        "torch." + name + "(a, x=b, dim=p)",
        (long) axis);
  }

  private static Call indexReduce(Draw draw) {
    long[] sizes = Arrays.stream(draw.sizes(1, 3)).map(size -> Math.max(1, size)).toArray();
    int axis = draw.axis(sizes.length);
    int at = Math.floorMod(axis, sizes.length);
    long count = draw.size();
    long[] source = sizes.clone();
    source[at] = count;
    var fold = draw.oneOf(Fold.PROD, Fold.MEAN, Fold.AMAX, Fold.AMIN);
    boolean included = draw.coin();
    return new Call(
        List.of(distinct(sizes), index(sizes[at], count), distinct(source)),
        in -> in[0].indexReduce(axis, in[1], in[2], fold, included),
        PyTorchCall.of(
            "torch.index_reduce(a, p, b, c, '%s', include_self=q)"
                .formatted(fold.name().toLowerCase(Locale.ROOT)),
            (long) axis,
            included));
  }

  private static Call bucketize(Draw draw) {
    boolean right = draw.coin();
    return Call.of(
        real(draw.sizes()),
        distinct(draw.size()),
        (a, b) -> a.bucketize(b.sort(0).values(), right),
        "torch.bucketize(a, torch.sort(b)[0], right=p)",
        right);
  }

  private static Call conv1d(Draw draw) {
    long groups = draw.between(1, 2);
    long stride = draw.between(1, 3);
    long padding = draw.between(0, 2);
    long dilation = draw.between(1, 2);
    long kernel = draw.between(1, 3);
    return Call.of(
        real(draw.between(1, 3), 2 * groups, draw.between(5, 12)),
        real(3 * groups, 2, kernel),
        (a, b) -> a.conv1d(b, null, stride, padding, dilation, groups),
        "torch.conv1d(a, b, None, p, q, r, s)",
        new long[] {stride},
        new long[] {padding},
        new long[] {dilation},
        groups);
  }

  private static Call convTranspose2d(Draw draw) {
    long groups = draw.between(1, 2);
    long[] stride = {draw.between(1, 3), draw.between(1, 3)};
    long[] padding = {draw.between(0, 1), draw.between(0, 1)};
    long[] dilation = {draw.between(1, 2), draw.between(1, 2)};
    long more = draw.between(0, Math.max(Math.min(stride[0], stride[1]), 2) - 2);
    var geometry =
        new ConvolutionGeometry(
            stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], groups);
    return Call.of(
        real(draw.between(1, 2), 2 * groups, draw.between(2, 6), draw.between(2, 6)),
        real(2 * groups, 3, draw.between(1, 3), draw.between(1, 3)),
        (a, b) -> a.convTranspose2d(b, null, geometry, more),
        "torch.conv_transpose2d(a, b, None, p, q, r, s, t)",
        stride,
        padding,
        new long[] {more, more},
        groups,
        dilation);
  }
}
