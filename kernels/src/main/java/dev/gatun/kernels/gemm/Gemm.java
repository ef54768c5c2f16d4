package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The loops around the register tile, for one element type and one vector width.
 *
 * <p>Where the left operand has rows without gaps it is read where it lies: its elements are only
 * ever broadcast, and each is used for a whole row of a tile. The right operand is read where it
 * lies too while its rows stay within reach of the caches, and else copied, one panel as wide as a
 * tile after the other. Everything else is packed on both sides, block by block.
 */
final class Gemm {
  /** The longest panel that is multiplied at once, without a second pass over the sums. */
  private static final long LONGEST_PANEL_BYTES = 768 << 10;

  /** Up to this many rows, copying the right operand costs more than it gains. */
  private static final long FEW_ROWS = 24;

  /** Up to this many rows, transposing the right operand costs more than it gains. */
  private static final long FEW_DOT_ROWS = 8;

  /** Beyond this span the rows of a panel miss too often in caches and address translation. */
  private static final long LONGEST_SPAN_BYTES = 2 << 20;

  /** Beyond this span, columns of the left operand are copied as well. */
  private static final long LONGEST_LEFT_SPAN_BYTES = 3 << 20;

  /** Rows that are computed before they are completed, few enough to be still in cache. */
  private static final int STRIP_ROWS = 96;

  private static final int NARROWEST_BITS = 128;

  final TileShape shape;
  private final int elementBytes;
  private final BlockKernels kernels;
  private final Packing packing;
  private final Results results;
  private final DotProducts dotProducts;
  private final @Nullable Gemm narrower;
  final ScratchPool<Scratch> scratchPool = new ScratchPool<>(Scratch::new);

  Gemm(DType dtype, int vectorBits) {
    elementBytes = dtype.byteSize();
    shape = TileShape.of(vectorBits, elementBytes);
    kernels = new BlockKernels(dtype, shape);
    packing = new Packing(elementBytes, shape.lanes(), kernels);
    results = new Results(dtype, shape, kernels);
    dotProducts = new DotProducts(dtype, shape, kernels, packing, results);
    narrower = vectorBits > NARROWEST_BITS ? new Gemm(dtype, vectorBits / 2) : null;
  }

  /** Returns what copying one element costs, in multiplications. */
  double packingCost() {
    return 8.0 * shape.lanes();
  }

  /** Runs the generated kernels until they are compiled. */
  void warmUp() {
    kernels.warmUp();
  }

  /** Returns the kernels for a number of columns: narrower vectors where there are few. */
  Gemm suiting(long columns) {
    var gemm = this;
    while (gemm.narrower != null && columns < gemm.shape.lanes()) {
      gemm = gemm.narrower;
    }
    return gemm;
  }

  /** Tells whether the transposed product suits the kernels better. */
  boolean prefersTransposed(MatmulTask task) {
    boolean unitColumns = task.columns == 1 || task.out.columnBytes == elementBytes;
    if (!unitColumns) {
      return task.out.rowBytes == elementBytes;
    }
    return task.columns < task.rows && task.columns < shape.lanes();
  }

  /** Computes the part of one matrix that {@code scratch} describes. */
  void multiply(Scratch scratch, MatmulTask task) {
    if (task.rows <= FEW_DOT_ROWS
        && task.right.rowBytes == elementBytes
        && task.right.columnBytes != elementBytes
        && task.depth >= shape.lanes()) {
      dotProducts.multiply(scratch, task);
    } else if (task.beta == 0
        && scratch.part.columns >= shape.lanes()
        && task.out.columnBytes == elementBytes
        && (task.left.columnBytes == elementBytes
            || task.rows <= FEW_ROWS
            || task.depth * task.left.columnBytes <= LONGEST_LEFT_SPAN_BYTES)
        && task.depth * shape.columns() * elementBytes <= LONGEST_PANEL_BYTES) {
      multiplyStrips(scratch, task);
    } else {
      multiplyBlocks(scratch, task);
    }
  }

  /** Reads the left operand where it lies, and stores each sum once. */
  private void multiplyStrips(Scratch scratch, MatmulTask task) {
    var part = scratch.part;
    var right = task.right;
    boolean inPlace =
        right.columnBytes == elementBytes
            && (task.rows <= FEW_ROWS || task.depth * right.rowBytes <= LONGEST_SPAN_BYTES);
    int rest = (int) (part.columns % shape.lanes());
    long whole = part.columns - rest;
    if (rest > 0) {
      // A vector of columns that ends with the last one. Its first columns are computed once more
      // below, before they are completed.
      multiplyPanel(scratch, task, inPlace, part.columns - shape.lanes(), shape.lanes(), false);
    }
    int wide = shape.wideVectors() * shape.lanes();
    for (long column = 0; column < whole; ) {
      boolean isWide = inPlace && task.rows == 1 && whole - column >= wide;
      int width = isWide ? wide : (int) Math.min(shape.columns(), whole - column);
      multiplyPanel(scratch, task, inPlace, column, width, true);
      column += width;
    }
    for (long row = 0; rest > 0 && row < part.rows; row += STRIP_ROWS) {
      int height = (int) Math.min(STRIP_ROWS, part.rows - row);
      complete(task, part, row, whole, height, rest);
    }
  }

  /** Does what remains to be done with sums that are in their place. */
  private void complete(MatmulTask task, Part part, long row, long column, int rows, int columns) {
    long out = part.outOffset + row * task.out.rowBytes + column * task.out.columnBytes;
    long bias = part.biasOffset + row * task.bias.rowBytes + column * task.bias.columnBytes;
    results.complete(task, rows, columns, out, bias);
    task.applyEpilogue(part, row, column, rows, columns);
  }

  private void multiplyPanel(
      Scratch scratch,
      MatmulTask task,
      boolean inPlace,
      long firstColumn,
      int columns,
      boolean complete) {
    var part = scratch.part;
    long rightOffset = part.rightOffset + firstColumn * task.right.columnBytes;
    long outOffset = part.outOffset + firstColumn * elementBytes;
    var left = task.left;
    var out = task.out;
    int depth = (int) task.depth;
    int vectors = columns / shape.lanes();
    var right = task.right.segment;
    long rightFrom = rightOffset;
    long rightRowBytes = task.right.rowBytes;
    if (!inPlace) {
      packRight(scratch, task.right, rightOffset, depth, columns);
      right = scratch.right;
      rightFrom = 0;
      rightRowBytes = (long) columns * elementBytes;
    }
    for (long strip = 0; strip < part.rows; strip += STRIP_ROWS) {
      int stripRows = (int) Math.min(STRIP_ROWS, part.rows - strip);
      long stripOut = outOffset + strip * out.rowBytes;
      for (int row = 0; row < stripRows; ) {
        int height = shape.tileRowsWithin(stripRows - row);
        kernels
            .tile(height, vectors)
            .multiply(
                depth,
                left.segment,
                part.leftOffset + (strip + row) * left.rowBytes,
                left.rowBytes,
                left.columnBytes,
                right,
                rightFrom,
                rightRowBytes,
                out.segment,
                stripOut + row * out.rowBytes,
                out.rowBytes);
        row += height;
      }
      if (complete) {
        complete(task, part, strip, firstColumn, stripRows, columns);
      }
    }
  }

  /** Packs both operands, block by block, so that they may lie in any way. */
  private void multiplyBlocks(Scratch scratch, MatmulTask task) {
    var part = scratch.part;
    long rows = part.rows;
    long columns = part.columns;
    int depthBlock = TileShape.evenBlock(task.depth, shape.depthBlock());
    int rowBlock = TileShape.evenBlock(rows, shape.rowBlock());
    rowBlock = (rowBlock + shape.rows() - 1) / shape.rows() * shape.rows();
    boolean inPlace = task.left.columnBytes == elementBytes;
    boolean columnsFirst = task.left.rowBytes == elementBytes;
    long lineBytes = packing.rowBytes(columnsFirst ? rowBlock : depthBlock);
    long leftRowBytes = columnsFirst ? elementBytes : lineBytes;
    long leftColumnBytes = columnsFirst ? lineBytes : elementBytes;
    if (inPlace) {
      leftRowBytes = task.left.rowBytes;
      leftColumnBytes = elementBytes;
    } else {
      scratch.reserveLeft((columnsFirst ? depthBlock : rowBlock) * lineBytes);
    }
    for (long column = 0; column < columns; column += shape.columnBlock()) {
      int width = (int) Math.min(shape.columnBlock(), columns - column);
      long step = 0;
      do {
        int depth = (int) Math.min(depthBlock, task.depth - step);
        packRight(
            scratch,
            task.right,
            part.rightOffset + step * task.right.rowBytes + column * task.right.columnBytes,
            depth,
            width);
        for (long row = 0; row < rows; row += rowBlock) {
          int height = (int) Math.min(rowBlock, rows - row);
          long left = part.leftOffset + row * task.left.rowBytes + step * task.left.columnBytes;
          if (!inPlace) {
            packing.copy(
                columnsFirst ? depth : height,
                columnsFirst ? height : depth,
                task.left.segment,
                left,
                columnsFirst ? task.left.columnBytes : task.left.rowBytes,
                columnsFirst ? task.left.rowBytes : task.left.columnBytes,
                scratch.left,
                0,
                lineBytes);
          }
          multiplyBlock(
              scratch,
              task,
              height,
              width,
              depth,
              inPlace ? task.left.segment : scratch.left,
              inPlace ? left : 0,
              leftRowBytes,
              leftColumnBytes,
              row,
              column,
              step == 0,
              step + depth >= task.depth);
        }
        step += depth;
      } while (step < task.depth);
    }
  }

  private void multiplyBlock(
      Scratch scratch,
      MatmulTask task,
      int rows,
      int columns,
      int depth,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      long leftColumnBytes,
      long firstRow,
      long firstColumn,
      boolean first,
      boolean last) {
    var part = scratch.part;
    var out = task.out;
    long outOffset = part.outOffset + firstRow * out.rowBytes + firstColumn * out.columnBytes;
    long biasOffset =
        part.biasOffset + firstRow * task.bias.rowBytes + firstColumn * task.bias.columnBytes;
    scratch.reserveBlock((long) shape.rows() * shape.columns() * elementBytes);
    for (int column = 0; column < columns; column += shape.columns()) {
      int width = Math.min(shape.columns(), columns - column);
      int vectors = (width + shape.lanes() - 1) / shape.lanes();
      boolean direct =
          task.beta == 0 && out.columnBytes == elementBytes && width == vectors * shape.lanes();
      long panelRowBytes = (long) vectors * shape.lanes() * elementBytes;
      long panel = (long) column * depth * elementBytes;
      long outColumn = outOffset + column * out.columnBytes;
      long biasColumn = biasOffset + column * task.bias.columnBytes;
      for (int row = 0; row < rows; ) {
        int height = shape.tileRowsWithin(rows - row);
        var tile = kernels.tile(height, vectors);
        long from = leftOffset + row * leftRowBytes;
        long to = outColumn + row * out.rowBytes;
        if (direct && !first) {
          tile.multiplyMore(
              depth,
              left,
              from,
              leftRowBytes,
              leftColumnBytes,
              scratch.right,
              panel,
              panelRowBytes,
              out.segment,
              to,
              out.rowBytes);
        } else {
          tile.multiply(
              depth,
              left,
              from,
              leftRowBytes,
              leftColumnBytes,
              scratch.right,
              panel,
              panelRowBytes,
              direct ? out.segment : scratch.block,
              direct ? to : 0,
              direct ? out.rowBytes : panelRowBytes);
        }
        if (!direct) {
          long bias = biasColumn + row * task.bias.rowBytes;
          results.save(task, scratch.block, panelRowBytes, height, width, to, bias, first);
        }
        row += height;
      }
      if (last) {
        if (direct) {
          results.complete(task, rows, width, outColumn, biasColumn);
        } else if (task.hasBias && !task.addsBiasFirst()) {
          results.addBias(task, rows, width, outColumn, biasColumn);
        }
        task.applyEpilogue(part, firstRow, firstColumn + column, rows, width);
      }
    }
  }

  /**
   * Copies columns of the right operand into panels as wide as a tile; the last may be narrower.
   */
  private void packRight(
      Scratch scratch, MatrixOperand right, long offset, int depth, int columns) {
    int lanes = shape.lanes();
    int padded = (columns + lanes - 1) / lanes * lanes;
    scratch.reserveRight((long) padded * depth * elementBytes);
    for (int column = 0; column < columns; column += shape.columns()) {
      int width = Math.min(shape.columns(), columns - column);
      int vectors = (width + lanes - 1) / lanes;
      long rowBytes = (long) vectors * lanes * elementBytes;
      long to = (long) column * depth * elementBytes;
      long from = offset + column * right.columnBytes;
      if (right.columnBytes == elementBytes && width == vectors * lanes) {
        kernels
            .panel(vectors)
            .copy(depth, right.segment, from, right.rowBytes, scratch.right, to, rowBytes);
      } else {
        packing.copy(
            depth,
            width,
            right.segment,
            from,
            right.rowBytes,
            right.columnBytes,
            scratch.right,
            to,
            rowBytes);
        packing.clear(depth, width, vectors * lanes, scratch.right, to, rowBytes);
      }
    }
  }
}
