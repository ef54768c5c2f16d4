package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;

/** The ways in which a test tensor's elements may lie in memory. */
enum Arrangement {
  /** Row-major from the start of a storage. */
  CONTIGUOUS {
    @Override
    Tensor empty(DType dtype, Shape shape) {
      return Gatun.empty(dtype, shape);
    }
  },
  /** Row-major, but not from the start. */
  OFFSET {
    @Override
    Tensor empty(DType dtype, Shape shape) {
      return Gatun.empty(dtype, Shape.of(shape.numel() + 3))
          .narrow(0, 3, shape.numel())
          .reshape(shape);
    }
  },
  /** Column-major. */
  TRANSPOSED {
    @Override
    Tensor empty(DType dtype, Shape shape) {
      int rank = shape.rank();
      long[] sizes = new long[rank];
      int[] axes = new int[rank];
      for (int i = 0; i < rank; i++) {
        sizes[i] = shape.size(rank - 1 - i);
        axes[i] = rank - 1 - i;
      }
      return Gatun.empty(dtype, Shape.of(sizes)).permute(axes);
    }
  },
  /** Every second element along the last axis, every third along the first. */
  SLICED {
    @Override
    Tensor empty(DType dtype, Shape shape) {
      int rank = shape.rank();
      if (rank == 0) {
        return Gatun.empty(dtype, Shape.of(5)).select(0, 2);
      }
      long[] sizes = shape.toArray();
      sizes[rank - 1] = sizes[rank - 1] * 2 + 1;
      Tensor wide = Gatun.empty(dtype, Shape.of(sizes));
      Tensor result = wide.slice(rank - 1, 1, sizes[rank - 1], 2);
      if (rank > 1) {
        sizes[0] = sizes[0] * 3 + 1;
        result =
            Gatun.empty(dtype, Shape.of(sizes))
                .slice(rank - 1, 1, sizes[rank - 1], 2)
                .slice(0, 0, shape.size(0) * 3, 3);
      }
      return result;
    }
  };

  /** Makes a tensor whose elements are undefined and lie in this way. */
  abstract Tensor empty(DType dtype, Shape shape);
}
