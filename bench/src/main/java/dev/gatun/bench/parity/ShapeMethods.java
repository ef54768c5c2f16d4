package dev.gatun.bench.parity;

import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;
import static dev.gatun.bench.parity.MatrixMethods.join;
import static dev.gatun.bench.parity.MatrixMethods.longs;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.Composite.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Methods that show, join, split and address elements. */
final class ShapeMethods {
  private ShapeMethods() {}

  /** A call with one axis of a tensor. */
  private interface WithAxis {
    Call of(Operand operand, int axis, long size);
  }

  static List<Composite> all() {
    return List.of(
        // ---- other views
        new Composite("T", draw -> Call.of(real(draw.sizes(2, 2)), Tensor::T, "a.T")),
        new Composite("mT", draw -> Call.of(real(draw.sizes(2, 4)), Tensor::mT, "a.mT")),
        new Composite("t", draw -> Call.of(real(draw.sizes(0, 2)), Tensor::t, "torch.t(a)")),
        new Composite(
            "ravel", draw -> Call.of(real(draw.sizes()), Tensor::ravel, "torch.ravel(a)")),
        new Composite("flatten", ShapeMethods::flatten),
        new Composite("unflatten", ShapeMethods::unflatten),
        new Composite("view", ShapeMethods::view),
        new Composite(
            "squeeze", draw -> Call.of(real(withOnes(draw)), Tensor::squeeze, "torch.squeeze(a)")),
        new Composite("squeeze_axis", ShapeMethods::squeezeAxis),
        new Composite(
            "unsqueeze",
            draw -> {
              long[] sizes = draw.sizes();
              int axis = draw.axis(sizes.length + 1);
              return Call.of(
                  real(sizes), a -> a.unsqueeze(axis), "torch.unsqueeze(a, p)", (long) axis);
            }),
        new Composite("movedim", ShapeMethods::movedim),
        new Composite("swapaxes", ShapeMethods::swapaxes),
        new Composite(
            "expand_as",
            draw -> {
              long[] sizes = draw.sizes();
              return Call.of(
                  real(draw.broadcastable(sizes)), real(sizes), Tensor::expandAs, "a.expand_as(b)");
            }),
        new Composite(
            "broadcast_tensors",
            draw -> {
              long[] sizes = draw.sizes();
              int part = draw.pick(0, 1);
              return Call.of(
                  real(draw.broadcastable(sizes)),
                  real(draw.broadcastable(sizes)),
                  (a, b) -> Gatun.broadcastTensors(a, b).get(part),
                  "torch.broadcast_tensors(inputs)[p]",
                  (long) part);
            }),
        new Composite(
            "diag",
            draw -> {
              long offset = draw.between(-3, 3);
              return Call.of(
                  real(draw.sizes(1, 2)), a -> a.diag(offset), "torch.diag(a, p)", offset);
            }),
        new Composite("diag_embed", ShapeMethods::diagEmbed),
        new Composite("rot90", ShapeMethods::rot90),
        new Composite(
            "fliplr", draw -> Call.of(real(draw.sizes(2, 4)), Tensor::fliplr, "torch.fliplr(a)")),
        new Composite(
            "flipud", draw -> Call.of(real(draw.sizes(1, 4)), Tensor::flipud, "torch.flipud(a)")),
        // ---- parts
        new Composite(
            "narrow", draw -> withAxis(draw, (x, axis, size) -> narrow(draw, x, axis, size))),
        new Composite("chunk", draw -> withAxis(draw, (x, axis, size) -> chunk(draw, x, axis))),
        new Composite("split", draw -> withAxis(draw, (x, axis, size) -> split(draw, x, axis))),
        new Composite(
            "split_sizes",
            draw -> withAxis(draw, (x, axis, size) -> splitSizes(draw, x, axis, size))),
        new Composite(
            "tensor_split", draw -> withAxis(draw, (x, axis, size) -> tensorSplit(draw, x, axis))),
        new Composite(
            "tensor_split_at",
            draw -> withAxis(draw, (x, axis, size) -> tensorSplitAt(draw, x, axis))),
        new Composite(
            "unbind",
            draw ->
                withAxis(
                    draw,
                    (x, axis, size) -> {
                      int part = draw.pick(0, (int) size - 1);
                      return Call.of(
                          x,
                          a -> a.unbind(axis).get(part),
                          "torch.unbind(a, p)[q]",
                          (long) axis,
                          (long) part);
                    })),
        // ---- joins
        new Composite("stack", ShapeMethods::stack),
        new Composite("hstack", draw -> joined(draw, "hstack", 1, Gatun::hstack)),
        new Composite("vstack", draw -> joined(draw, "vstack", 0, Gatun::vstack)),
        new Composite("dstack", draw -> joined(draw, "dstack", 2, Gatun::dstack)),
        new Composite("column_stack", draw -> joined(draw, "column_stack", 1, Gatun::columnStack)),
        new Composite(
            "block_diag",
            draw -> several(draw, 0, 2, "torch.block_diag(inputs)", Gatun::blockDiag)),
        new Composite(
            "cartesian_prod",
            draw -> several(draw, 1, 1, "torch.cartesian_prod(inputs)", Gatun::cartesianProd)),
        new Composite(
            "meshgrid",
            draw ->
                several(draw, 1, 1, "torch.meshgrid(inputs)[0]", in -> Gatun.meshgrid(in).get(0))),
        new Composite("tile", draw -> repeated(draw, "torch.tile(a, p)", Tensor::tile, 0)),
        new Composite("repeat", draw -> repeated(draw, "a.repeat(p)", Tensor::repeat, 4)),
        new Composite("repeat_interleave", ShapeMethods::repeatInterleave),
        new Composite("repeat_interleave_each", ShapeMethods::repeatInterleaveEach),
        // ---- copies with parts written, and elements by their positions
        new Composite("select_scatter", ShapeMethods::selectScatter),
        new Composite("slice_scatter", ShapeMethods::sliceScatter),
        new Composite("diagonal_scatter", ShapeMethods::diagonalScatter),
        new Composite(
            "fill_diagonal",
            draw ->
                Call.of(
                    real(draw.sizes(2, 2)),
                    a -> a.clone().fillDiagonal_(3),
                    "torch.clone(a).fill_diagonal_(p)",
                    3L)),
        new Composite(
            "take",
            draw -> {
              var x = real(positive(draw.sizes(0, 3)));
              return Call.of(
                  x, index(x.shape().numel(), draw.sizes(0, 3)), Tensor::take, "torch.take(a, b)");
            }),
        new Composite("take_along_dim", ShapeMethods::takeAlongDim),
        new Composite("put", ShapeMethods::put),
        new Composite(
            "one_hot",
            draw -> {
              long classes = draw.positiveSize();
              return Call.of(
                  index(classes, draw.sizes(0, 3)),
                  a -> a.oneHot(classes),
                  "torch.one_hot(a, p)",
                  classes);
            }));
  }

  private static long[] positive(long[] sizes) {
    return Arrays.stream(sizes).map(size -> Math.max(1, size)).toArray();
  }

  private static long[] withOnes(Draw draw) {
    return Arrays.stream(draw.sizes()).map(size -> draw.coin() ? 1 : size).toArray();
  }

  private static Call withAxis(Draw draw, WithAxis call) {
    long[] sizes = positive(draw.sizes(1, 4));
    int axis = draw.axis(sizes.length);
    return call.of(real(sizes), axis, sizes[Math.floorMod(axis, sizes.length)]);
  }

  private static Call flatten(Draw draw) {
    long[] sizes = draw.sizes();
    int start = draw.axis(sizes.length);
    int end = draw.axis(sizes.length);
    return Call.of(
        real(sizes),
        a -> a.flatten(start, end),
        "torch.flatten(a, p, q)",
        (long) start,
        (long) end);
  }

  private static Call unflatten(Draw draw) {
    long[] sizes = draw.sizes(1, 3);
    int axis = draw.axis(sizes.length);
    long[] into = {draw.between(1, 3), draw.coin() ? -1 : draw.between(1, 4)};
    sizes[Math.floorMod(axis, sizes.length)] = into[0] * draw.between(1, 4);
    return Call.of(
        real(sizes), a -> a.unflatten(axis, into), "torch.unflatten(a, p, q)", (long) axis, into);
  }

  /** Without a copy or not at all, as the strides have it. */
  private static Call view(Draw draw) {
    long[] sizes = draw.sizes(1, 4);
    long[] into = sizes.clone();
    int axis = draw.pick(0, sizes.length - 1);
    into[axis] = -1;
    if (sizes.length > 1 && draw.coin()) {
      int at = draw.pick(0, sizes.length - 2);
      into = new long[sizes.length - 1];
      for (int i = 0; i < into.length; i++) {
        into[i] = i < at ? sizes[i] : i == at ? sizes[i] * sizes[i + 1] : sizes[i + 1];
      }
    }
    long[] shape = into;
    return Call.of(real(sizes), a -> a.view(shape), "a.view(p)", (Object) shape);
  }

  private static Call squeezeAxis(Draw draw) {
    long[] sizes = withOnes(draw);
    int axis = draw.axis(sizes.length);
    return Call.of(real(sizes), a -> a.squeeze(axis), "torch.squeeze(a, p)", (long) axis);
  }

  private static Call movedim(Draw draw) {
    long[] sizes = draw.sizes(2, 4);
    int[] from = draw.permutation(sizes.length);
    int[] to = draw.permutation(sizes.length);
    int count = draw.pick(1, sizes.length);
    int[] first = Arrays.copyOf(from, count);
    int[] second = Arrays.copyOf(to, count);
    return Call.of(
        real(sizes),
        a -> a.movedim(first, second),
        "torch.movedim(a, p, q)",
        longs(first),
        longs(second));
  }

  private static Call swapaxes(Draw draw) {
    long[] sizes = draw.sizes();
    int first = draw.axis(sizes.length);
    int second = draw.axis(sizes.length);
    return Call.of(
        real(sizes),
        a -> a.swapaxes(first, second),
        "torch.swapaxes(a, p, q)",
        (long) first,
        (long) second);
  }

  private static Call diagEmbed(Draw draw) {
    long[] sizes = draw.sizes(1, 3);
    long offset = draw.between(-2, 2);
    int[] axes = draw.permutation(sizes.length + 1);
    return Call.of(
        real(sizes),
        a -> a.diagEmbed(offset, axes[0], axes[1]),
        "torch.diag_embed(a, p, q, r)",
        offset,
        (long) axes[0],
        (long) axes[1]);
  }

  private static Call rot90(Draw draw) {
    long[] sizes = draw.sizes(2, 4);
    int times = draw.pick(-4, 5);
    int[] axes = Arrays.copyOf(draw.permutation(sizes.length), 2);
    return Call.of(
        real(sizes),
        a -> a.rot90(times, axes[0], axes[1]),
        "torch.rot90(a, p, q)",
        (long) times,
        longs(axes));
  }

  private static Call narrow(Draw draw, Operand x, int axis, long size) {
    long start = draw.between(-size, size);
    long length = draw.between(0, size);
    return Call.of(
        x,
        a -> a.narrow(axis, start, length),
        "torch.narrow(a, p, q, r)",
        (long) axis,
        start,
        length);
  }

  private static Call chunk(Draw draw, Operand x, int axis) {
    int count = draw.pick(1, 5);
    return Call.of(
        x,
        a -> a.chunk(count, axis).getLast(),
        "torch.chunk(a, p, q)[-1]",
        (long) count,
        (long) axis);
  }

  private static Call split(Draw draw, Operand x, int axis) {
    long length = draw.between(1, 4);
    return Call.of(
        x, a -> a.split(length, axis).getLast(), "torch.split(a, p, q)[-1]", length, (long) axis);
  }

  private static Call splitSizes(Draw draw, Operand x, int axis, long size) {
    long first = draw.between(0, size);
    long[] lengths = {first, size - first};
    int part = draw.pick(0, 1);
    return Call.of(
        x,
        a -> a.split(lengths, axis).get(part),
        "torch.split_with_sizes(a, p, q)[r]",
        lengths,
        (long) axis,
        (long) part);
  }

  private static Call tensorSplit(Draw draw, Operand x, int axis) {
    int sections = draw.pick(1, 5);
    int part = draw.pick(0, sections - 1);
    return Call.of(
        x,
        a -> a.tensorSplit(sections, axis).get(part),
        "torch.tensor_split(a, p, q)[r]",
        (long) sections,
        (long) axis,
        (long) part);
  }

  private static Call tensorSplitAt(Draw draw, Operand x, int axis) {
    long[] indices = {draw.between(-3, 6), draw.between(-3, 6)};
    int part = draw.pick(0, 2);
    return Call.of(
        x,
        a -> a.tensorSplit(indices, axis).get(part),
        "torch.tensor_split(a, p, q)[r]",
        indices,
        (long) axis,
        (long) part);
  }

  private static Call stack(Draw draw) {
    long[] sizes = draw.sizes(0, 3);
    int axis = draw.axis(sizes.length + 1);
    var operands = new ArrayList<Operand>();
    for (int count = draw.pick(1, 4); count > 0; count--) {
      operands.add(real(sizes));
    }
    return new Call(
        operands,
        in -> Gatun.stack(axis, in),
        PyTorchCall.of("torch.stack(inputs, p)", (long) axis));
  }

  /** Tensors whose sizes differ along one axis. */
  private static Call joined(Draw draw, String name, int axis, Function<Tensor[], Tensor> gatun) {
    long[] sizes = draw.sizes(0, 4);
    var operands = new ArrayList<Operand>();
    for (int count = draw.pick(1, 4); count > 0; count--) {
      long[] one = sizes.clone();
      if (axis < one.length && draw.coin()) {
        one[axis] = draw.size();
      }
      operands.add(real(one));
    }
    return new Call(operands, gatun, PyTorchCall.of("torch." + name + "(inputs)"));
  }

  private static Call several(
      Draw draw, int leastRank, int mostRank, String pytorch, Function<Tensor[], Tensor> gatun) {
    var operands = new ArrayList<Operand>();
    for (int count = draw.pick(1, 3); count > 0; count--) {
      operands.add(real(draw.sizes(leastRank, mostRank)));
    }
    return new Call(operands, gatun, PyTorchCall.of(pytorch));
  }

  private interface Repetition {
    Tensor of(Tensor tensor, long... times);
  }

  private static Call repeated(Draw draw, String pytorch, Repetition gatun, int leastTimes) {
    long[] sizes = draw.sizes(0, 3);
    long[] times = new long[draw.pick(leastTimes == 0 ? 0 : sizes.length, 4)];
    Arrays.setAll(times, i -> draw.between(0, 3));
    return Call.of(real(sizes), a -> gatun.of(a, times), pytorch, (Object) times);
  }

  private static Call repeatInterleave(Draw draw) {
    long[] sizes = draw.sizes(1, 3);
    int axis = draw.axis(sizes.length);
    long times = draw.between(0, 3);
    return Call.of(
        real(sizes),
        a -> a.repeatInterleave(times, axis),
        "torch.repeat_interleave(a, p, q)",
        times,
        (long) axis);
  }

  private static Call repeatInterleaveEach(Draw draw) {
    long[] sizes = draw.sizes(1, 3);
    int axis = draw.axis(sizes.length);
    return Call.of(
        real(sizes),
        index(4, draw.oneIn(4) ? 1 : sizes[Math.floorMod(axis, sizes.length)]),
        (a, b) -> a.repeatInterleave(b, axis),
        "torch.repeat_interleave(a, b, p)",
        (long) axis);
  }

  private static Call selectScatter(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 4));
    int axis = draw.pick(0, sizes.length - 1);
    long at = draw.between(-sizes[axis], sizes[axis] - 1);
    long[] part = new long[sizes.length - 1];
    for (int i = 0; i < part.length; i++) {
      part[i] = sizes[i < axis ? i : i + 1];
    }
    return Call.of(
        real(sizes),
        real(part),
        (a, b) -> a.selectScatter(b, axis, at),
        "torch.select_scatter(a, b, p, q)",
        (long) axis,
        at);
  }

  private static Call sliceScatter(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 4));
    int axis = draw.pick(0, sizes.length - 1);
    long start = draw.between(0, sizes[axis]);
    long end = draw.between(start, sizes[axis]);
    long step = draw.between(1, 3);
    long[] part = sizes.clone();
    part[axis] = (end - start + step - 1) / step;
    return Call.of(
        real(sizes),
        real(part),
        (a, b) -> a.sliceScatter(b, axis, start, end, step),
        "torch.slice_scatter(a, b, p, q, r, s)",
        (long) axis,
        start,
        end,
        step);
  }

  private static Call diagonalScatter(Draw draw) {
    long[] sizes = draw.sizes(2, 2);
    long offset = draw.between(-2, 2);
    long length =
        Math.max(0, Math.min(sizes[0] + Math.min(offset, 0), sizes[1] - Math.max(offset, 0)));
    return Call.of(
        real(sizes),
        real(length),
        (a, b) -> a.diagonalScatter(b, offset, 0, 1),
        "torch.diagonal_scatter(a, b, p, 0, 1)",
        offset);
  }

  private static Call takeAlongDim(Draw draw) {
    long[] sizes = positive(draw.sizes(1, 3));
    int axis = draw.axis(sizes.length);
    long[] taken = sizes.clone();
    for (int i = 0; i < taken.length; i++) {
      taken[i] = draw.oneIn(4) ? 1 : taken[i];
    }
    int at = Math.floorMod(axis, sizes.length);
    taken[at] = draw.size();
    return Call.of(
        real(sizes),
        index(sizes[at], taken),
        (a, b) -> a.takeAlongDim(b, axis),
        "torch.take_along_dim(a, b, p)",
        (long) axis);
  }

  private static Call put(Draw draw) {
    long[] sizes = positive(draw.sizes(0, 3));
    var x = real(sizes);
    boolean accumulate = draw.coin();
    // Which of several sources stays is open.
    long[] places = accumulate ? draw.sizes(0, 2) : join(new long[0], 1);
    return new Call(
        List.of(x, index(x.shape().numel(), places), real(places)),
        in -> in[0].put(in[1], in[2], accumulate),
        PyTorchCall.of("torch.put(a, b, c, p)", accumulate));
  }
}
