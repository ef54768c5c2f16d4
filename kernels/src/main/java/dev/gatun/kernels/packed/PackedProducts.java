package dev.gatun.kernels.packed;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Products of operands that are copied to arrays, for one element type and one vector width: first
 * the rows of the left operand are packed, then panel after panel of the right one is packed and
 * multiplied.
 *
 * <p>Safe for use by several threads, each with operands of its own.
 */
public final class PackedProducts {
  /** The most vectors in a row of a tile, and in one of a panel. */
  public static final int VECTORS = 2;

  /** So few columns that the cache lines of some rows are still there for the rows beside. */
  private static final int COLUMNS_AT_ONCE = 64;

  private static final boolean IS_AARCH64 = System.getProperty("os.arch").equals("aarch64");

  private static final Map<Kind, PackedProducts> ALL = new ConcurrentHashMap<>();

  private record Kind(DType dtype, int vectorBits) {}

  private final DType dtype;
  private final PackedKernels kernels;
  private final ValueLayout layout;
  private final int elementBytes;
  private final int lanes;

  private PackedProducts(Kind kind) {
    dtype = kind.dtype;
    kernels = new PackedKernels(dtype, kind.vectorBits);
    elementBytes = dtype.byteSize();
    lanes = kind.vectorBits / Byte.SIZE / elementBytes;
    layout =
        dtype == DType.FLOAT32
            ? ValueLayout.JAVA_FLOAT_UNALIGNED
            : ValueLayout.JAVA_DOUBLE_UNALIGNED;
  }

  /**
   * Returns the products of a kind.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param vectorBits the width of a vector in bits
   */
  public static PackedProducts of(DType dtype, int vectorBits) {
    return ALL.computeIfAbsent(new Kind(dtype, vectorBits), PackedProducts::new);
  }

  /**
   * Tells whether packing pays on machines with vectors that wide: where there are sixteen vector
   * registers. With thirty-two, tiles are large enough to read operands where they lie.
   *
   * @param vectorBits the width of a vector in bits
   */
  public static boolean suits(int vectorBits) {
    return vectorBits < 512 && !IS_AARCH64;
  }

  /** Runs the kernels that most products need until they are compiled. */
  public void warmUp() {
    kernels.warmUp();
  }

  /** Returns the number of steps of the depth in packed operands, the last of which are zeros. */
  private static int packedDepth(int depth) {
    return (depth + PackedTile.STEPS - 1) / PackedTile.STEPS * PackedTile.STEPS;
  }

  /**
   * Packs rows of a left operand.
   *
   * @param operands where to
   * @param rows the number of rows
   * @param stripRows how many rows are multiplied at a time; the blocks of one end with it
   * @param depth the number of columns
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param rowBytes the distance between rows, in bytes
   * @param columnBytes the distance between columns, in bytes; one of the two distances is the size
   *     of an element
   */
  public void packLeft(
      PackedOperands operands,
      int rows,
      int stripRows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes) {
    operands.form = columnBytes == elementBytes ? PackedForm.ROWS : PackedForm.COLUMNS;
    // A vector between blocks, for what is stored beyond the end of one.
    operands.rowLength = packedDepth(depth) + lanes;
    operands.reserveLeft(dtype, Math.multiplyExact(rows, operands.rowLength));
    for (int row = 0; row < rows; row += stripRows) {
      int height = Math.min(stripRows, rows - row);
      packStrip(
          operands, row, height, depth, source, offset + row * rowBytes, rowBytes, columnBytes);
    }
  }

  private void packStrip(
      PackedOperands operands,
      int row,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes,
      long columnBytes) {
    boolean isByRows = operands.form == PackedForm.ROWS;
    int most = isByRows ? depth : COLUMNS_AT_ONCE;
    for (int column = 0; column < depth; column += most) {
      int columns = Math.min(most, depth - column);
      for (int done = 0; done < rows; ) {
        int height = TileRows.within(rows - done);
        int end = done + TileRows.tilesWithin(rows - done) * height;
        for (; done < end; done += height) {
          int index = (row + done) * operands.rowLength + column * height;
          long from = offset + done * rowBytes + column * columnBytes;
          if (isByRows) {
            copyRows(operands.left, index, height, columns, source, from, rowBytes);
          } else {
            copyColumns(operands.left, index, height, columns, source, from, columnBytes);
          }
        }
      }
    }
  }

  /** Copies a block of rows without gaps. */
  private void copyRows(
      Object target,
      int index,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes) {
    int neighbours = PackedTile.neighbours(lanes);
    int steps = depth / neighbours;
    kernels
        .rowPacker(rows)
        .pack(steps, source, offset, (long) neighbours * elementBytes, rowBytes, target, index);
    int done = steps * neighbours;
    PackedOperands.clear(target, index + done * rows, index + packedDepth(depth) * rows);
    if (done < depth) {
      for (int row = 0; row < rows; row++) {
        long from = offset + row * rowBytes + (long) done * elementBytes;
        int to = index + done * rows + row * neighbours;
        MemorySegment.copy(source, layout, from, target, to, depth - done);
      }
    }
  }

  /**
   * Has the panels of a right operand kept for {@link PackedOperands#rewind}, or not.
   *
   * @param operands where they are kept
   * @param columns the number of columns of all panels, a multiple of the elements in a vector, or
   *     0 if each panel may take the place of the last, which is so before the first call
   * @param depth the number of rows
   */
  public void keepPanels(PackedOperands operands, int columns, int depth) {
    operands.beginPanels(dtype, packedDepth(depth) * columns);
  }

  /**
   * Goes on to the next panel, to be packed with {@link #packPanel} or {@link
   * #packTransposedPanel}.
   *
   * @param operands where to
   * @param columns the number of columns, a multiple of the elements in a vector
   * @param depth the number of rows
   * @return whether it is there already
   */
  public boolean nextPanel(PackedOperands operands, int columns, int depth) {
    return operands.nextPanel(dtype, packedDepth(depth) * columns);
  }

  /**
   * Packs a panel of a right operand: the one that {@link #nextPanel} has gone on to.
   *
   * @param operands where to
   * @param columns the number of columns, a multiple of the elements in a vector
   * @param depth the number of rows
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param rowBytes the distance between rows, which have no gaps, in bytes
   */
  public void packPanel(
      PackedOperands operands,
      int columns,
      int depth,
      MemorySegment source,
      long offset,
      long rowBytes) {
    copyColumns(operands.right, operands.rightIndex, columns, depth, source, offset, rowBytes);
  }

  /**
   * Packs a panel of a right operand whose columns have no gaps, as {@link #packPanel} does one
   * whose rows have none.
   *
   * @param operands where to
   * @param columns the number of columns, a multiple of the elements in a vector
   * @param depth the number of rows, at least {@link #leastTransposedDepth}
   * @param source the memory to read
   * @param offset the position of the first element, in bytes
   * @param columnBytes the distance between columns, in bytes
   */
  public void packTransposedPanel(
      PackedOperands operands,
      int columns,
      int depth,
      MemorySegment source,
      long offset,
      long columnBytes) {
    var transposer = kernels.transposer(columns / lanes);
    int blocks = depth / lanes;
    int rest = depth - blocks * lanes;
    for (int column = 0; column < columns; column += lanes) {
      int index = operands.rightIndex + column;
      long from = offset + column * columnBytes;
      transposer.transpose(blocks, source, from, columnBytes, operands.right, index);
      if (rest > 0) {
        // A block that ends with the last row; its first rows are copied once more.
        int row = depth - lanes;
        long again = from + (long) row * elementBytes;
        int to = index + row * columns;
        transposer.transpose(1, source, again, columnBytes, operands.right, to);
      }
    }
    int end = operands.rightIndex + depth * columns;
    PackedOperands.clear(operands.right, end, operands.rightIndex + packedDepth(depth) * columns);
  }

  /** Returns the least depth of a panel that {@link #packTransposedPanel} takes. */
  public int leastTransposedDepth() {
    return lanes;
  }

  /**
   * Packs the next panel, whose rows lie where a table says.
   *
   * @param operands where to
   * @param columns the number of columns, a multiple of the elements in a vector
   * @param depth the number of rows
   * @param source the memory to read
   * @param offset what is added to the positions in the table, in bytes
   * @param table the positions of rows, which have no gaps, in bytes
   * @param first the index in the table of the first row
   */
  public void packScatteredPanel(
      PackedOperands operands,
      int columns,
      int depth,
      MemorySegment source,
      long offset,
      long[] table,
      int first) {
    nextPanel(operands, columns, depth);
    int index = operands.rightIndex;
    kernels
        .columnPacker(columns)
        .packScattered(depth, source, offset, table, first, operands.right, index);
    PackedOperands.clear(
        operands.right, index + depth * columns, index + packedDepth(depth) * columns);
  }

  /**
   * Copies a block of columns without gaps, or a panel of a right operand: column by column, or row
   * by row.
   *
   * @param rows the number of elements without gaps
   * @param depth how many times there are that many
   */
  private void copyColumns(
      Object target,
      int index,
      int rows,
      int depth,
      MemorySegment source,
      long offset,
      long columnBytes) {
    int vectors = (rows + lanes - 1) / lanes;
    long vectorBytes = (long) lanes * elementBytes;
    // Whole vectors may reach beyond the end of the memory in the last columns.
    long beyond = offset + (depth - 1) * columnBytes + vectors * vectorBytes - source.byteSize();
    int whole = depth;
    for (; beyond > 0 && whole > 0; beyond -= columnBytes) {
      whole--;
    }
    kernels.columnPacker(rows).pack(whole, source, offset, columnBytes, vectorBytes, target, index);
    for (int column = whole; column < depth; column++) {
      long from = offset + column * columnBytes;
      MemorySegment.copy(source, layout, from, target, index + column * rows, rows);
    }
    PackedOperands.clear(target, index + depth * rows, index + packedDepth(depth) * rows);
  }

  /**
   * Multiplies packed rows with the packed panel.
   *
   * @param operands what was packed
   * @param firstRow the first row, of a strip that was packed
   * @param rows the number of rows, all of that strip
   * @param depth the number of products in each sum
   * @param vectors the number of vectors in a row of the panel, at most {@link #VECTORS}
   * @param isMore whether sums are added to the result, rather than stored
   * @param out the memory of the result
   * @param outOffset the position of its first row, in bytes
   * @param outRowBytes the distance between its rows, in bytes
   */
  public void multiply(
      PackedOperands operands,
      int firstRow,
      int rows,
      int depth,
      int vectors,
      boolean isMore,
      MemorySegment out,
      long outOffset,
      long outRowBytes) {
    int passes = packedDepth(depth) / PackedTile.STEPS;
    int rowLength = operands.rowLength;
    for (int row = 0; row < rows; ) {
      int height = TileRows.within(rows - row);
      int blocks = TileRows.tilesWithin(rows - row);
      int leftIndex = (firstRow + row) * rowLength;
      long to = outOffset + row * outRowBytes;
      kernels
          .tile(operands.form, isMore, height, vectors)
          .multiply(
              blocks,
              passes,
              operands.left,
              leftIndex,
              rowLength,
              operands.right,
              operands.rightIndex,
              out,
              to,
              outRowBytes);
      row += blocks * height;
    }
  }
}
