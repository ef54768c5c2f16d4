package dev.gatun.kernels.gemm;

import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.packed.TileRows;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The loops around the register tile, for one element type and one vector width.
 *
 * <p>Where the left operand has rows without gaps it is read where it lies: its elements are only
 * ever broadcast, and each is used for a whole row of a tile. The right operand is read where it
 * lies too while its rows stay within reach of the caches, and else copied, one panel as wide as a
 * tile after the other. Everything else is packed on both sides, block by block; with sixteen
 * vector registers, so is all that is not skinny, see {@code dev.gatun.kernels.packed}.
 */
final class Gemm {
  /** Up to this many rows, copying the right operand costs more than it gains. */
  static final long FEW_ROWS = 24;

  /** Up to this many rows, copying the right operand to an array costs more than it gains. */
  private static final long FEW_PACKED_ROWS = 7;

  /** The same for an operand that is read from memory. */
  private static final long FEW_STREAMED_PACKED_ROWS = 13;

  /** From this many panels of columns on, copying the left operand to an array gains. */
  private static final int FEW_PANELS = 2;

  /** Up to this many rows, transposing the right operand costs more than it gains. */
  private static final long FEW_DOT_ROWS = 16;

  /** Beyond this span the rows of a panel miss too often in caches and address translation. */
  private static final long LONGEST_SPAN_BYTES = 2 << 20;

  /** Rows that are computed before they are completed, few enough to be still in cache. */
  static final int STRIP_ROWS = 96;

  /** Up to this many rows, a right operand in memory is read row by row. */
  private static final long MOST_STREAMED_ROWS = 8;

  /** What transposing an element of the result costs, compared with one of an operand. */
  private static final double TURNING_COST = 1.5;

  /**
   * The same where panels are transposed while they are packed: that costs little more than
   * packing, so that turning the result pays beside much larger right operands alone.
   */
  private static final double PACKED_TURNING_COST = 7;

  private static final int NARROWEST_BITS = 128;

  final TileShape shape;
  private final int elementBytes;

  /** From this size on, a right operand is read from memory rather than from caches. */
  private final long streamedBytes = 4 * CacheSizes.ofThisMachine().second();

  private final BlockKernels kernels;
  private final Packing packing;
  private final PackedProducts packedProducts;
  private final LeftPacking leftPacking;
  private final RightPacking rightPacking;
  private final Results results;
  private final DotProducts dotProducts;
  private final RowStreams rowStreams;
  private final @Nullable Gemm narrower;
  final ScratchPool<Scratch> scratchPool = new ScratchPool<>(Scratch::new);

  Gemm(DType dtype, int vectorBits) {
    elementBytes = dtype.byteSize();
    shape = TileShape.of(vectorBits, elementBytes, CacheSizes.ofThisMachine());
    kernels = new BlockKernels(dtype, shape);
    packing = new Packing(elementBytes, shape.lanes(), kernels);
    packedProducts = PackedProducts.of(dtype, vectorBits);
    leftPacking = new LeftPacking(elementBytes, packing, packedProducts);
    rightPacking = new RightPacking(elementBytes, shape, kernels, packing, packedProducts);
    results = new Results(dtype, shape, kernels);
    dotProducts = new DotProducts(dtype, shape, kernels, packing, results);
    rowStreams = new RowStreams(elementBytes, shape, kernels, results);
    narrower = vectorBits > NARROWEST_BITS ? new Gemm(dtype, vectorBits / 2) : null;
  }

  /** Returns what copying one element costs, in multiplications. */
  double packingCost() {
    return 8.0 * shape.lanes();
  }

  /** Runs the generated kernels until they are compiled. */
  void warmUp() {
    kernels.warmUp();
    if (shape.isPacked()) {
      packedProducts.warmUp();
    }
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
    return (task.columns < task.rows && task.columns < shape.lanes()) || packsLessTransposed(task);
  }

  /**
   * Tells whether both operands have their gaps along the depth's other side, the right one being
   * much the larger, as in a layer that keeps its weights by output: transposing the left operand
   * and the result then is less work than transposing the right operand.
   */
  private boolean packsLessTransposed(MatmulTask task) {
    double turned = (double) task.rows * (task.depth + task.columns);
    return task.rows > fewRows(task)
        && task.columns >= shape.lanes()
        && task.beta == 0
        && task.depth <= shape.depthBlock()
        && task.right.rowBytes == elementBytes
        && task.right.columnBytes != elementBytes
        && task.left.columnBytes == elementBytes
        && turned * (shape.isPacked() ? PACKED_TURNING_COST : TURNING_COST)
            < (double) task.depth * task.columns;
  }

  /** Computes the part of one matrix that {@code scratch} describes. */
  void multiply(Scratch scratch, MatmulTask task) {
    if (task.rows <= fewRows(task)
        && task.right.rowBytes == elementBytes
        && task.right.columnBytes != elementBytes
        && task.depth >= shape.lanes()
        && task.depth <= Integer.MAX_VALUE) {
      dotProducts.multiply(scratch, task);
    } else if (streams(task) && scratch.part.columns >= shape.lanes()) {
      multiplyStreams(scratch, task);
    } else {
      multiplyPanels(scratch, task);
    }
  }

  /** Tells whether reading the right operand takes longer than multiplying. */
  private boolean streams(MatmulTask task) {
    var right = task.right;
    return task.rows <= MOST_STREAMED_ROWS
        && task.beta == 0
        && task.depth > 0
        && task.depth <= Integer.MAX_VALUE
        && task.out.columnBytes == elementBytes
        && right.columnBytes == elementBytes
        && isInMemory(task);
  }

  /** Tells whether the right operand is too large for caches. */
  private boolean isInMemory(MatmulTask task) {
    return task.depth * task.columns * elementBytes > streamedBytes;
  }

  /** Returns up to how many rows the right operand is read where it lies. */
  private long fewRows(MatmulTask task) {
    return !shape.isPacked()
        ? FEW_DOT_ROWS
        : isInMemory(task) ? FEW_STREAMED_PACKED_ROWS : FEW_PACKED_ROWS;
  }

  /** Reads the right operand once, row by row. */
  private void multiplyStreams(Scratch scratch, MatmulTask task) {
    var part = scratch.part;
    int rest = (int) (part.columns % shape.lanes());
    long whole = part.columns - rest;
    int rows = (int) part.rows;
    int depth = (int) task.depth;
    scratch.isPacked = false;
    if (rest > 0) {
      // A vector of columns that ends with the last one; its first columns are computed once more.
      long column = part.columns - shape.lanes();
      leftPacking.set(scratch, task, false, 0, rows, 0, depth);
      long from = part.rightOffset + column * elementBytes;
      rightPacking.set(scratch, task, true, from, depth, shape.lanes());
      multiplyPanel(scratch, task, 0, rows, column, shape.lanes(), depth, true, false);
    }
    rowStreams.multiply(scratch, task, whole);
    if (rest > 0) {
      complete(task, part, 0, whole, rows, rest);
      task.applyEpilogue(part, 0, whole, rows, rest);
    }
  }

  /**
   * Takes the depth piece by piece, of each the left operand block by block, and for each block the
   * columns of the right one, as many at a time as a tile has. These are read where they lie, or
   * packed into a panel that stays in the second-level cache while the rows of the left block pass
   * by.
   */
  private void multiplyPanels(Scratch scratch, MatmulTask task) {
    var part = scratch.part;
    var right = task.right;
    int depthBlock = TileShape.evenBlock(task.depth, shape.depthBlock());
    scratch.isPacked = packsOperands(task);
    boolean packsLeft = leftPacking.isWorthwhile(task);
    boolean rightInPlace =
        !scratch.isPacked
            && right.columnBytes == elementBytes
            && (task.rows <= FEW_ROWS || task.depth * right.rowBytes <= LONGEST_SPAN_BYTES);
    boolean direct = task.beta == 0 && task.out.columnBytes == elementBytes;
    boolean turns =
        !direct && task.beta == 0 && task.out.rowBytes == elementBytes && depthBlock >= task.depth;
    int rest = (int) (part.columns % shape.lanes());
    // A vector of columns that ends with the last one: its first columns are computed once more
    // with the others, so they must not yet have been completed.
    boolean overlaps =
        direct && rest > 0 && part.columns >= shape.lanes() && depthBlock >= task.depth;
    long whole = direct ? part.columns - rest : part.columns;
    int wide = shape.wideVectors() * shape.lanes();
    long step = 0;
    do {
      int depth = (int) Math.min(depthBlock, task.depth - step);
      long rightOffset = part.rightOffset + step * right.rowBytes;
      boolean first = step == 0;
      boolean last = step + depth >= task.depth;
      rightPacking.begin(scratch, depth);
      for (long row = 0; row < part.rows; row += shape.rowBlock()) {
        int rows = (int) Math.min(shape.rowBlock(), part.rows - row);
        leftPacking.set(scratch, task, packsLeft, row, rows, step, depth);
        if (overlaps) {
          long column = part.columns - shape.lanes();
          long from = rightOffset + column * right.columnBytes;
          rightPacking.set(scratch, task, rightInPlace, from, depth, shape.lanes());
          multiplyPanel(scratch, task, row, rows, column, shape.lanes(), depth, true, false);
        }
        for (long column = 0; column < whole; ) {
          boolean isWide =
              rightInPlace && direct && task.rows == 1 && first && last && whole - column >= wide;
          int width = isWide ? wide : shape.columnsWithin(whole - column);
          long from = rightOffset + column * right.columnBytes;
          if (direct) {
            rightPacking.set(scratch, task, rightInPlace, from, depth, width);
            multiplyPanel(scratch, task, row, rows, column, width, depth, first, last);
          } else if (turns) {
            rightPacking.pack(scratch, right, from, depth, width);
            turnProducts(scratch, task, row, rows, column, width, depth);
          } else {
            rightPacking.pack(scratch, right, from, depth, width);
            saveProducts(scratch, task, row, rows, column, width, depth, first, last);
          }
          column += width;
        }
        if (direct && rest > 0 && !overlaps) {
          rightPacking.pack(scratch, right, rightOffset + whole * right.columnBytes, depth, rest);
          saveProducts(scratch, task, row, rows, whole, rest, depth, first, last);
        }
        if (overlaps) {
          for (long strip = row; strip < row + rows; strip += STRIP_ROWS) {
            int height = (int) Math.min(STRIP_ROWS, row + rows - strip);
            complete(task, part, strip, whole, height, rest);
          }
        }
        if (last) {
          // Once for all columns, whose rows are longer than a panel's: a row costs a call.
          task.applyEpilogue(part, row, 0, rows, part.columns);
        }
        rightPacking.rewind(scratch);
      }
      step += depth;
    } while (step < task.depth);
  }

  /**
   * Tells whether both operands are copied to arrays, for tiles with few vectors: where there are
   * enough rows to use a copy of the right operand, and enough columns for one of the left.
   */
  private boolean packsOperands(MatmulTask task) {
    return shape.isPacked()
        && task.rows > fewRows(task)
        && task.columns >= (long) FEW_PANELS * shape.columns()
        && task.depth > 0;
  }

  /** Does what remains to be done with sums that are in their place. */
  private void complete(MatmulTask task, Part part, long row, long column, int rows, int columns) {
    long out = part.outOffset + row * task.out.rowBytes + column * task.out.columnBytes;
    long bias = part.biasOffset + row * task.bias.rowBytes + column * task.bias.columnBytes;
    results.complete(task, rows, columns, out, bias);
  }

  /** Multiplies a block with a panel of whole vectors, straight into the result. */
  private void multiplyPanel(
      Scratch scratch,
      MatmulTask task,
      long firstRow,
      int rows,
      long firstColumn,
      int columns,
      int depth,
      boolean first,
      boolean completes) {
    var part = scratch.part;
    var out = task.out;
    int vectors = columns / shape.lanes();
    long outOffset = part.outOffset + firstRow * out.rowBytes + firstColumn * (long) elementBytes;
    for (int strip = 0; strip < rows; strip += STRIP_ROWS) {
      int stripRows = Math.min(STRIP_ROWS, rows - strip);
      long stripOut = outOffset + strip * out.rowBytes;
      if (scratch.isPacked) {
        packedProducts.multiply(
            scratch.packed,
            strip,
            stripRows,
            depth,
            vectors,
            !first,
            out.segment,
            stripOut,
            out.rowBytes);
      } else if (first) {
        multiplyStrip(
            scratch, strip, stripRows, depth, vectors, out.segment, stripOut, out.rowBytes);
      } else {
        long blockRowBytes = reserveStrip(scratch, vectors);
        multiplyStrip(scratch, strip, stripRows, depth, vectors, scratch.block, 0, blockRowBytes);
        results.addSums(task, scratch.block, blockRowBytes, stripRows, columns, stripOut);
      }
      if (completes) {
        complete(task, part, firstRow + strip, firstColumn, stripRows, columns);
      }
    }
  }

  /** Multiplies a block with a packed panel, and transposes the sums into the result. */
  private void turnProducts(
      Scratch scratch,
      MatmulTask task,
      long firstRow,
      int rows,
      long firstColumn,
      int columns,
      int depth) {
    var part = scratch.part;
    var out = task.out;
    int vectors = (columns + shape.lanes() - 1) / shape.lanes();
    long outOffset = part.outOffset + firstRow * elementBytes + firstColumn * out.columnBytes;
    long blockRowBytes = reserveStrip(scratch, vectors);
    for (int strip = 0; strip < rows; strip += STRIP_ROWS) {
      int stripRows = Math.min(STRIP_ROWS, rows - strip);
      multiplyStrip(scratch, strip, stripRows, depth, vectors, scratch.block, 0, blockRowBytes);
      packing.copy(
          columns,
          stripRows,
          scratch.block,
          0,
          elementBytes,
          blockRowBytes,
          out.segment,
          outOffset + (long) strip * elementBytes,
          out.columnBytes);
      complete(task, part, firstRow + strip, firstColumn, stripRows, columns);
    }
  }

  /** Multiplies a block with a packed panel, and brings the sums to where they cannot be stored. */
  private void saveProducts(
      Scratch scratch,
      MatmulTask task,
      long firstRow,
      int rows,
      long firstColumn,
      int columns,
      int depth,
      boolean first,
      boolean last) {
    var part = scratch.part;
    var out = task.out;
    int vectors = (columns + shape.lanes() - 1) / shape.lanes();
    long outOffset = part.outOffset + firstRow * out.rowBytes + firstColumn * out.columnBytes;
    long biasOffset =
        part.biasOffset + firstRow * task.bias.rowBytes + firstColumn * task.bias.columnBytes;
    long blockRowBytes = reserveStrip(scratch, vectors);
    for (int strip = 0; strip < rows; strip += STRIP_ROWS) {
      int stripRows = Math.min(STRIP_ROWS, rows - strip);
      long stripOut = outOffset + strip * out.rowBytes;
      long stripBias = biasOffset + strip * task.bias.rowBytes;
      multiplyStrip(scratch, strip, stripRows, depth, vectors, scratch.block, 0, blockRowBytes);
      results.save(
          task, scratch.block, blockRowBytes, stripRows, columns, stripOut, stripBias, first);
      if (last && task.hasBias && !task.addsBiasFirst()) {
        results.addBias(task, stripRows, columns, stripOut, stripBias);
      }
    }
  }

  /** Makes room for the sums of a strip, and returns the distance between its rows in bytes. */
  private long reserveStrip(Scratch scratch, int vectors) {
    // An odd number of lines apart, rows of the block do not fall on the same cache sets.
    long rowBytes = packing.rowBytes(vectors * shape.lanes());
    scratch.reserveBlock(STRIP_ROWS * rowBytes);
    return rowBytes;
  }

  /** Multiplies the strip of the left block that begins with a row, and stores the sums. */
  private void multiplyStrip(
      Scratch scratch,
      int strip,
      int rows,
      int depth,
      int vectors,
      MemorySegment out,
      long outOffset,
      long outRowBytes) {
    if (scratch.isPacked) {
      packedProducts.multiply(
          scratch.packed, strip, rows, depth, vectors, false, out, outOffset, outRowBytes);
      return;
    }
    var left = scratch.leftBlock;
    long from = left.offset + strip / STRIP_ROWS * left.stripBytes;
    for (int row = 0; row < rows; row += left.panelRows) {
      int panelRows = Math.min(left.panelRows, rows - row);
      long to = outOffset + row * outRowBytes;
      multiplyRows(scratch, from, panelRows, depth, vectors, out, to, outRowBytes);
      from += left.panelBytes;
    }
  }

  /** Multiplies some rows, which have a constant distance, with the panel. */
  private void multiplyRows(
      Scratch scratch,
      long leftOffset,
      int rows,
      int depth,
      int vectors,
      MemorySegment out,
      long outOffset,
      long outRowBytes) {
    var left = scratch.leftBlock;
    var form = TileForm.of(left.rowBytes, left.columnBytes, elementBytes, vectors);
    for (int row = 0; row < rows; ) {
      int height = TileRows.within(rows - row);
      int blocks = TileRows.tilesWithin(rows - row);
      long from = leftOffset + row * left.rowBytes;
      long to = outOffset + row * outRowBytes;
      kernels
          .tile(form, height, vectors)
          .multiply(
              blocks,
              depth,
              left.segment,
              from,
              left.rowBytes,
              left.columnBytes,
              scratch.panel,
              scratch.panelOffset,
              scratch.panelRowBytes,
              out,
              to,
              outRowBytes);
      row += blocks * height;
    }
  }
}
