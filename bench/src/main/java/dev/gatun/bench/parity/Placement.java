package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;

/** How the elements of a drawn tensor lie in memory. */
public enum Placement {
  /** Row-major, from the start. */
  CONTIGUOUS,
  /** Row-major, from somewhere in a larger block. */
  OFFSET,
  /** The axes in a random order. */
  PERMUTED,
  /** Every second or third index along each axis, not from the first. */
  STEPPED,
  /** Row-major with gaps between rows. */
  PADDED,
  /** Axes of size 1 repeated: several elements share an address. */
  EXPANDED;

  static Placement draw(Draw draw) {
    return draw.coin() ? CONTIGUOUS : draw.oneOf(values());
  }

  /** One in which every element has an address of its own. */
  static Placement drawDistinct(Draw draw) {
    return draw.oneOf(CONTIGUOUS, OFFSET, PERMUTED, STEPPED, PADDED);
  }

  /** Makes a tensor whose elements are undefined and lie in this way. */
  Tensor empty(DType dtype, Shape shape, Draw draw) {
    return switch (this) {
      case CONTIGUOUS -> Gatun.empty(dtype, shape);
      case OFFSET -> {
        long before = draw.between(1, 17);
        yield Gatun.empty(dtype, Shape.of(shape.numel() + before))
            .narrow(0, before, shape.numel())
            .reshape(shape);
      }
      case PERMUTED -> permuted(dtype, shape, draw.permutation(shape.rank()));
      case STEPPED -> stepped(dtype, shape, draw);
      case PADDED -> padded(dtype, shape, draw.between(1, 5));
      case EXPANDED -> expanded(dtype, shape, draw);
    };
  }

  private static Tensor permuted(DType dtype, Shape shape, int[] order) {
    long[] stored = new long[order.length];
    int[] back = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      stored[i] = shape.size(order[i]);
      back[order[i]] = i;
    }
    return Gatun.empty(dtype, Shape.of(stored)).permute(back);
  }

  private static Tensor stepped(DType dtype, Shape shape, Draw draw) {
    long[] sizes = shape.toArray();
    long[] steps = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      steps[i] = draw.between(1, 3);
      sizes[i] = sizes[i] * steps[i] + 1;
    }
    var tensor = Gatun.empty(dtype, Shape.of(sizes));
    for (int i = 0; i < steps.length; i++) {
      tensor = tensor.slice(i, 1, sizes[i], steps[i]);
    }
    return tensor;
  }

  private static Tensor padded(DType dtype, Shape shape, long gap) {
    if (shape.rank() == 0) {
      return Gatun.empty(dtype, shape);
    }
    long[] sizes = shape.toArray();
    int last = sizes.length - 1;
    sizes[last] += gap;
    return Gatun.empty(dtype, Shape.of(sizes)).narrow(last, 0, sizes[last] - gap);
  }

  private static Tensor expanded(DType dtype, Shape shape, Draw draw) {
    long[] sizes = shape.toArray();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] > 0 && draw.coin()) {
        sizes[i] = 1;
      }
    }
    return Gatun.empty(dtype, Shape.of(sizes)).broadcastTo(shape);
  }
}
