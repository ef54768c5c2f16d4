package dev.gatun.kernels.packed;

import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The generated kernels of one element type and one vector width, made as they are needed. */
final class PackedKernels {
  private static final int FORMS = PackedForm.values().length;
  private static final int WARM_UP_DEPTH = 32;
  private static final int WARM_UP_CALLS = 1200;

  private final DType dtype;
  private final VectorCode vector;
  private final @Nullable PackedTile[][][][] tiles =
      new PackedTile[FORMS][2][TileRows.FULL + 1][PackedProducts.VECTORS + 1];
  private final @Nullable PanelPacker[] rowPackers = new PanelPacker[TileRows.FULL + 1];
  private final @Nullable PanelPacker[] columnPackers;
  private final @Nullable PanelTransposer[] transposers =
      new PanelTransposer[PackedProducts.VECTORS + 1];

  PackedKernels(DType dtype, int vectorBits) {
    this.dtype = dtype;
    vector = VectorCode.of(dtype, vectorBits);
    int widest = Math.max(TileRows.FULL, PackedProducts.VECTORS * vector.lanes);
    columnPackers = new PanelPacker[widest + 1];
  }

  PackedTile tile(PackedForm form, boolean isMore, int rows, int vectors) {
    var kinds = tiles[form.ordinal()][isMore ? 1 : 0];
    var tile = kinds[rows][vectors];
    if (tile == null) {
      tile = PackedTileGenerator.tile(vector, form, isMore, rows, vectors);
      kinds[rows][vectors] = tile;
    }
    return tile;
  }

  /**
   * Returns the packer for rows without gaps that makes a block of {@link PackedForm#ROWS} of them,
   * as many neighbours in a step.
   */
  PanelPacker rowPacker(int rows) {
    var packer = rowPackers[rows];
    if (packer == null) {
      int neighbours = PackedTile.neighbours(vector.lanes);
      var piece = VectorCode.of(dtype, neighbours * vector.elementBytes() * Byte.SIZE);
      packer = PanelPackerGenerator.packer(piece, rows, rows * neighbours);
      rowPackers[rows] = packer;
    }
    return packer;
  }

  /**
   * Returns the packer for columns without gaps that makes a block of {@link PackedForm#COLUMNS} of
   * them, or a panel of a right operand. It reads and writes whole vectors.
   */
  PanelPacker columnPacker(int rows) {
    var packer = columnPackers[rows];
    if (packer == null) {
      int vectors = (rows + vector.lanes - 1) / vector.lanes;
      packer = PanelPackerGenerator.packer(vector, vectors, rows);
      columnPackers[rows] = packer;
    }
    return packer;
  }

  /** Returns the transposer for panels of so many vectors. */
  PanelTransposer transposer(int vectors) {
    var transposer = transposers[vectors];
    if (transposer == null) {
      transposer = PanelTransposerGenerator.transposer(vector, vectors);
      transposers[vectors] = transposer;
    }
    return transposer;
  }

  /** Runs the kernels that most products need until they are compiled. */
  void warmUp() {
    var operands = new PackedOperands();
    int columns = PackedProducts.VECTORS * vector.lanes;
    operands.reserveLeft(dtype, TileRows.FULL * (WARM_UP_DEPTH + vector.lanes));
    operands.nextPanel(dtype, WARM_UP_DEPTH * columns + vector.lanes);
    var memory =
        new ScratchMemory().reserve((long) WARM_UP_DEPTH * columns * vector.elementBytes());
    for (int vectors = 1; vectors <= PackedProducts.VECTORS; vectors++) {
      for (int rows = 1; rows <= TileRows.FULL; rows++) {
        // Smaller tiles compute no more than a rest of the rows beside a rest of the columns.
        boolean isCommon = rows == TileRows.FULL || vectors == PackedProducts.VECTORS;
        if (isCommon && TileRows.within(rows) == rows) {
          for (var form : PackedForm.values()) {
            warmUp(tile(form, false, rows, vectors), operands, memory);
            warmUp(tile(form, true, rows, vectors), operands, memory);
          }
          warmUp(rowPacker(rows), memory, operands.left);
          warmUp(columnPacker(rows), memory, operands.left);
        }
      }
      warmUp(columnPacker(vectors * vector.lanes), memory, operands.right);
      warmUp(transposer(vectors), memory, operands.right);
    }
  }

  private void warmUp(PackedTile tile, PackedOperands operands, MemorySegment out) {
    int passes = WARM_UP_DEPTH / PackedTile.STEPS;
    long rowBytes = PackedProducts.VECTORS * (long) vector.vectorBytes;
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(
          1, passes, operands.left, 0, WARM_UP_DEPTH, operands.right, 0, out, 0, rowBytes);
    }
  }

  private void warmUp(PanelPacker packer, MemorySegment source, Object target) {
    int steps = WARM_UP_DEPTH / PackedTile.STEPS;
    long[] table = new long[steps];
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      packer.pack(steps, source, 0, 0, 0, target, 0);
      packer.packScattered(steps, source, 0, table, 0, target, 0);
    }
  }

  private void warmUp(PanelTransposer transposer, MemorySegment source, Object target) {
    int blocks = WARM_UP_DEPTH / vector.lanes;
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      transposer.transpose(blocks, source, 0, 0, target, 0);
    }
  }
}
