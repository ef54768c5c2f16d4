package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a table, looked up by tensors of positions of any shape.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Lookups {
  /** Says that no row is a padding. */
  long NO_PADDING = Long.MIN_VALUE;

  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Rows of a matrix; the attribute is the row to which no gradient flows. */
  StructuralOp<Long> EMBEDDING =
      StructuralOp.<Long>named(
              "embedding",
              call -> {
                Tensor table = call.input(0);
                Tensor index = call.input(1);
                checkLookup(table, index);
                long[] sizes = Arrays.copyOf(index.shape().toArray(), index.rank() + 1);
                sizes[index.rank()] = table.size(1);
                Tensor result = call.result(table.dtype(), Shape.of(sizes));
                try (StridedArray positions = Matrices.read(index, index.numel());
                    StridedArray rows = Matrices.write(result, index.numel(), table.size(1))) {
                  Kernels.provider().indexing().indexSelect(rows, table, 0, positions);
                  Matrices.written(result, rows);
                }
                return result;
              })
          .gradient(StructuralOp.input(1), Lookups::tableGradient)
          .gradient(StructuralOp.NOTHING, (call, g) -> null)
          .pytorch((padding, inputs) ->
              PyTorchCall.of("torch.embedding(a, b, p)", padding == NO_PADDING ? -1L : padding))
          .drawn(DrawnSamples::lookups)
          .samples(() ->
              List.of(
                  Sample.of(NO_PADDING, real(4, 3), index(4, 6)),
                  Sample.of(NO_PADDING, real(5, 17), index(5, 2, 3)),
                  Sample.of(NO_PADDING, real(3, 2), index(3)),
                  Sample.of(NO_PADDING, real(3, 2), index(3, 2, 0)),
                  Sample.refused(
                      IndexRangeException.class,
                      "index",
                      NO_PADDING,
                      real(2, 3),
                      new Operand(Operand.Kind.INDEX, Shape.of(2), 5, 9)),
                  Sample.refused(
                      ShapeException.class, "a matrix", NO_PADDING, real(3), index(3, 2))));

  private static void checkLookup(Tensor table, Tensor index) {
    if (table.rank() != 2) {
      throw new ShapeException("embedding: " + table.shape() + ": the table is a matrix");
    }
    if (index.dtype() != DType.INT64) {
      throw new DTypeException("embedding: an index of " + index.dtype() + ": positions are int64");
    }
  }

  private static Tensor tableGradient(Backward<Long> call, Tensor g) {
    long padding = call.attributes();
    Tensor index = call.input(1).flatten();
    Tensor rows = g.reshape(index.numel(), call.shape(0).size(1));
    if (call.isRecording()) {
      Tensor added =
          padding == NO_PADDING ? rows : rows.maskedFill(isPadding(call, index).unsqueeze(1), 0);
      return Gatun.zeros(g.dtype(), call.shape(0)).indexAdd(0, index, added);
    }
    Tensor result = Tensor.allocate(g.dtype(), call.shape(0));
    Kernels.provider().indexing().fill(result, 0L);
    Kernels.provider().indexing().indexAdd(result, 0, index, rows);
    if (padding != NO_PADDING) {
      try (StridedArray row =
          new StridedArray(
              result.storage().retain(), result.dtype(), result.layout().select(0, padding))) {
        Kernels.provider().indexing().fill(row, 0L);
      }
    }
    return result;
  }

  /** Positions may count from either end. */
  private static Tensor isPadding(Backward<Long> call, Tensor index) {
    long padding = call.attributes();
    return index.eq(padding).logicalOr(index.eq(padding - call.shape(0).size(0)));
  }

  /**
   * Looks up rows of this matrix.
   *
   * @param index the positions of the rows, int64, of any shape; negative ones count from the end
   * @return a new tensor, of the index's shape and with the rows' axis behind
   * @throws ShapeException when this tensor is no matrix
   * @throws DTypeException when the index is not of int64
   * @throws IndexRangeException when a position is outside the matrix
   */
  default Tensor embedding(Tensor index) {
    return EMBEDDING.apply(NO_PADDING, self(), index);
  }

  /**
   * Looks up rows of this matrix, to one of which no gradient flows.
   *
   * @param index the positions of the rows, int64, of any shape; negative ones count from the end
   * @param padding the position of the row whose gradient is zero, from 0
   * @return a new tensor, of the index's shape and with the rows' axis behind
   * @throws ShapeException when this tensor is no matrix
   * @throws DTypeException when the index is not of int64
   * @throws IndexRangeException when a position, or the padding, is outside the matrix
   */
  default Tensor embedding(Tensor index, long padding) {
    Tensor table = self();
    if (table.rank() == 2 && (padding < 0 || padding >= table.size(0))) {
      throw new IndexRangeException(
          "embedding: padding " + padding + " is outside a table of " + table.size(0) + " rows");
    }
    return EMBEDDING.apply(padding, table, index);
  }
}
