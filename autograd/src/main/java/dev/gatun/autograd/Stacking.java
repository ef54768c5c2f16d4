package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Tensors joined, or spread, along the axes that rows, columns and planes have. */
final class Stacking {
  private Stacking() {}

  static Tensor hstack(Tensor[] tensors) {
    boolean flat = tensors.length > 0 && tensors[0].rank() < 2;
    return join(flat ? 0 : 1, tensors, x -> x.rank() == 0 ? x.reshape(1) : x);
  }

  static Tensor vstack(Tensor[] tensors) {
    return join(0, tensors, Stacking::matrix);
  }

  static Tensor dstack(Tensor[] tensors) {
    return join(2, tensors, x -> x.rank() == 2 ? x.unsqueeze(2) : x.rank() < 2 ? block(x) : x);
  }

  private static Tensor matrix(Tensor x) {
    return x.rank() < 2 ? x.reshape(1, x.numel()) : x;
  }

  private static Tensor block(Tensor x) {
    return x.reshape(1, x.numel(), 1);
  }

  private static Tensor join(int axis, Tensor[] tensors, UnaryOperator<Tensor> widened) {
    Tensor[] parts = new Tensor[tensors.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = widened.apply(tensors[i]);
    }
    return Joining.CAT.apply(axis, parts);
  }

  static Tensor columnStack(Tensor[] tensors) {
    return join(1, tensors, x -> x.rank() < 2 ? x.reshape(x.numel(), 1) : x);
  }

  static Tensor blockDiag(Tensor[] tensors) {
    if (tensors.length == 0) {
      throw new ShapeException("block_diag: no tensors: there is at least one");
    }
    DType dtype = tensors[0].dtype();
    long width = 0;
    for (Tensor x : tensors) {
      if (x.rank() > 2) {
        throw new ShapeException("block_diag: " + x.shape() + ": at most two axes");
      }
      dtype = DType.promote(dtype, x.dtype());
      width += matrix(x).size(1);
    }
    List<Tensor> rows = new ArrayList<>();
    long before = 0;
    for (Tensor x : tensors) {
      Tensor block = matrix(x);
      long height = block.size(0);
      Tensor left = Devices.zeros(block, dtype, Shape.of(height, before));
      before += block.size(1);
      Tensor right = Devices.zeros(block, dtype, Shape.of(height, width - before));
      rows.add(Gatun.cat(1, left, block, right));
    }
    return Gatun.cat(0, rows);
  }

  static List<Tensor> broadcast(Tensor[] tensors) {
    Shape common = Shape.scalar();
    for (Tensor x : tensors) {
      common = Shape.broadcast("broadcast_tensors", common, x.shape());
    }
    List<Tensor> views = new ArrayList<>();
    for (Tensor x : tensors) {
      views.add(x.broadcastTo(common));
    }
    return views;
  }

  static List<Tensor> meshgrid(Tensor[] tensors) {
    if (tensors.length == 0) {
      throw new ShapeException("meshgrid: no tensors: there is at least one");
    }
    Tensor[] spread = new Tensor[tensors.length];
    for (int i = 0; i < spread.length; i++) {
      Tensor x = tensors[i];
      if (x.rank() > 1) {
        throw new ShapeException("meshgrid: " + x.shape() + ": at most one axis");
      }
      if (x.dtype() != tensors[0].dtype()) {
        throw new DTypeException(
            "meshgrid: " + tensors[0].dtype() + " and " + x.dtype() + ": the types agree");
      }
      long[] sizes = new long[spread.length];
      Arrays.fill(sizes, 1);
      sizes[i] = x.numel();
      spread[i] = x.reshape(sizes);
    }
    return broadcast(spread);
  }

  static Tensor cartesianProd(Tensor[] tensors) {
    for (Tensor x : tensors) {
      if (x.rank() != 1) {
        throw new ShapeException("cartesian_prod: " + x.shape() + ": one axis");
      }
    }
    if (tensors.length == 1) {
      return tensors[0];
    }
    List<Tensor> columns = new ArrayList<>();
    for (Tensor grid : meshgrid(tensors)) {
      columns.add(grid.reshape(-1));
    }
    return Gatun.stack(1, columns.toArray(new Tensor[0]));
  }
}
