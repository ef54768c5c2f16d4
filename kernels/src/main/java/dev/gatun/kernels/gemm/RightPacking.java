package dev.gatun.kernels.gemm;

import dev.gatun.kernels.Workers;
import dev.gatun.kernels.packed.PackedProducts;

/** Brings panels of the right operand to where tiles read them: where they lie, or copied. */
final class RightPacking {
  /** The most elements of panels that all threads keep from one block of rows to the next. */
  private final long mostKeptElements;

  private final int elementBytes;
  private final TileShape shape;
  private final BlockKernels kernels;
  private final Packing packing;
  private final PackedProducts packedProducts;

  RightPacking(
      int elementBytes,
      TileShape shape,
      BlockKernels kernels,
      Packing packing,
      PackedProducts packedProducts) {
    this.elementBytes = elementBytes;
    this.shape = shape;
    this.kernels = kernels;
    this.packing = packing;
    this.packedProducts = packedProducts;
    mostKeptElements = CacheSizes.ofThisMachine().last() / 2 / elementBytes;
  }

  /** Begins with the panels over a piece of the depth. */
  void begin(Scratch scratch, int depth) {
    if (!scratch.isPacked) {
      return;
    }
    var part = scratch.part;
    // Two vectors more: one that overlaps others, one that is padded.
    long columns = (part.columns / shape.lanes() + 2) * shape.lanes();
    // Of use for another block of rows, unless they crowd out everything else.
    boolean keeps =
        part.rows > shape.rowBlock() && columns * depth <= mostKeptElements / Workers.threads();
    packedProducts.keepPanels(scratch.packed, keeps ? (int) columns : 0, depth);
  }

  /** Begins with the first panel again, for other rows. */
  void rewind(Scratch scratch) {
    if (scratch.isPacked) {
      scratch.packed.rewind();
    }
  }

  /** Points the scratch memory's panel to whole vectors of columns of the right operand. */
  void set(Scratch scratch, MatmulTask task, boolean inPlace, long offset, int depth, int columns) {
    var right = task.right;
    if (!inPlace) {
      pack(scratch, right, offset, depth, columns);
      return;
    }
    scratch.panel = right.segment;
    scratch.panelOffset = offset;
    scratch.panelRowBytes = right.rowBytes;
  }

  /** Copies columns of the right operand into a panel of whole vectors, padded with zeros. */
  void pack(Scratch scratch, MatrixOperand right, long offset, int depth, int columns) {
    int lanes = shape.lanes();
    int vectors = (columns + lanes - 1) / lanes;
    int padded = vectors * lanes;
    boolean isWhole = right.columnBytes == elementBytes && columns == padded;
    if (scratch.isPacked) {
      var packed = scratch.packed;
      if (packedProducts.nextPanel(packed, padded, depth)) {
        return;
      }
      if (isWhole) {
        packedProducts.packPanel(packed, padded, depth, right.segment, offset, right.rowBytes);
      } else if (right.rowBytes == elementBytes
          && columns == padded
          && depth >= packedProducts.leastTransposedDepth()) {
        packedProducts.packTransposedPanel(
            packed, padded, depth, right.segment, offset, right.columnBytes);
      } else {
        long rowBytes = packPanel(scratch, right, offset, depth, columns, padded);
        packedProducts.packPanel(packed, padded, depth, scratch.right, 0, rowBytes);
      }
      return;
    }
    scratch.panelOffset = 0;
    if (isWhole) {
      scratch.panelRowBytes = (long) padded * elementBytes;
      scratch.reserveRight(scratch.panelRowBytes * depth);
      kernels
          .panel(vectors)
          .copy(
              depth,
              right.segment,
              offset,
              right.rowBytes,
              scratch.right,
              0,
              scratch.panelRowBytes);
    } else {
      scratch.panelRowBytes = packPanel(scratch, right, offset, depth, columns, padded);
    }
    scratch.panel = scratch.right;
  }

  /** Copies columns with any distances, and returns the distance between rows in bytes. */
  private long packPanel(
      Scratch scratch, MatrixOperand right, long offset, int depth, int columns, int padded) {
    long rowBytes = (long) padded * elementBytes;
    scratch.reserveRight(rowBytes * depth);
    packing.copy(
        depth,
        columns,
        right.segment,
        offset,
        right.rowBytes,
        right.columnBytes,
        scratch.right,
        0,
        rowBytes);
    packing.clear(depth, columns, padded, scratch.right, 0, rowBytes);
    return rowBytes;
  }
}
