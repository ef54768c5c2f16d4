package dev.gatun.kernels.gemm;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * One call, cut into parts that threads may take: a grid over the rows and columns of each matrix.
 * Every part sums its elements in the same order, so the grid does not show in the result.
 */
final class MatmulTask implements RangeTask {
  /**
   * Below this many multiplications, or bytes that are read, waking other threads costs more than
   * they save.
   */
  private static final double SMALLEST_SHARED_WORK = 400_000;

  /** A part that is smaller than this is not worth its own packing. */
  private static final double SMALLEST_PART_WORK = 150_000;

  /** Parts for each thread, so that a thread that is held up does not hold up the others. */
  private static final int PARTS_PER_THREAD = 2;

  private static final double WORK_FOR_MORE_PARTS = 20_000_000;

  private final Gemm widest;
  private Gemm gemm;
  final MatrixOperand out = new MatrixOperand();
  final MatrixOperand left = new MatrixOperand();
  final MatrixOperand right = new MatrixOperand();
  final MatrixOperand bias = new MatrixOperand();
  private Layout result = Layout.contiguous(Shape.scalar());
  DType dtype = DType.FLOAT32;
  double alpha;
  double beta;
  boolean hasBias;
  @Nullable Epilogue epilogue;
  boolean transposed;
  long rows;
  long columns;
  long depth;
  private int foldedAxes;
  private long gridRows;
  private long gridColumns;
  private long partRows;
  private long partColumns;

  MatmulTask(Gemm gemm) {
    widest = gemm;
    this.gemm = gemm;
  }

  void set(
      StridedArray out,
      StridedArray a,
      StridedArray b,
      double alpha,
      double beta,
      @Nullable Epilogue epilogue,
      @Nullable StridedArray bias) {
    this.out.set(out);
    left.set(a);
    right.set(b);
    dtype = out.dtype();
    result = out.layout();
    this.alpha = alpha;
    this.beta = beta;
    this.epilogue = epilogue;
    hasBias = bias != null;
    if (bias != null) {
      this.bias.set(bias);
    }
    rows = result.size(result.rank() - 2);
    columns = result.size(result.rank() - 1);
    depth = a.layout().size(a.layout().rank() - 1);
    foldLeadingAxes();
    transposed = false;
    if (widest.prefersTransposed(this)) {
      transpose();
    }
    gemm = right.rowBytes == dtype.byteSize() ? widest : widest.suiting(columns);
  }

  /** Tells whether the sums start from the bias, so that adding it takes no pass of its own. */
  boolean addsBiasFirst() {
    return hasBias && beta == 0;
  }

  void clear() {
    out.clear();
    left.clear();
    right.clear();
    bias.clear();
    epilogue = null;
  }

  /** Makes one tall matrix of a batch whose rows follow each other and share the right operand. */
  private void foldLeadingAxes() {
    foldedAxes = 0;
    int axes = result.rank() - 2;
    while (foldedAxes < axes) {
      long size = result.size(axes - 1 - foldedAxes);
      boolean oneRow = rows == 1;
      boolean follows =
          oneRow
              || (out.leadingBytes(foldedAxes) == rows * out.rowBytes
                  && left.leadingBytes(foldedAxes) == rows * left.rowBytes);
      boolean shares =
          right.leadingBytes(foldedAxes) == 0
              && (!hasBias || (bias.rowBytes == 0 && bias.leadingBytes(foldedAxes) == 0));
      if (size != 1 && !(follows && shares)) {
        return;
      }
      if (size != 1 && oneRow) {
        out.rowBytes = out.leadingBytes(foldedAxes);
        left.rowBytes = left.leadingBytes(foldedAxes);
      }
      rows *= size;
      foldedAxes++;
    }
  }

  /** Computes the transposed product instead: the same elements, with the operands exchanged. */
  private void transpose() {
    transposed = true;
    out.transpose();
    left.transpose();
    right.transpose();
    bias.transpose();
    left.exchange(right);
    long former = rows;
    rows = columns;
    columns = former;
  }

  void runAll() {
    long matrices = 1;
    int axes = result.rank() - 2;
    for (int outwards = foldedAxes; outwards < axes; outwards++) {
      matrices *= result.size(axes - 1 - outwards);
    }
    if (matrices == 0 || rows == 0 || columns == 0) {
      return;
    }
    double matrixWork = (double) rows * columns * (depth + 8);
    double multiplications = matrixWork * matrices;
    // A few rows take as long as the other operand takes to read.
    double bytes = (double) (rows + columns) * depth * dtype.byteSize() * matrices;
    double work = Math.max(multiplications, bytes);
    int threads = work < SMALLEST_SHARED_WORK ? 1 : Workers.threads();
    gridRows = 1;
    gridColumns = 1;
    partRows = rows;
    partColumns = columns;
    if (threads == 1) {
      run(0, matrices);
      return;
    }
    double worthwhile = Math.max(1, work / SMALLEST_PART_WORK);
    long wanted =
        threads * (multiplications < WORK_FOR_MORE_PARTS * threads ? 1 : PARTS_PER_THREAD);
    wanted = (long) Math.min(wanted, worthwhile);
    if (matrices < wanted) {
      cutMatrix((wanted + matrices - 1) / matrices);
    }
    long parts = matrices * gridRows * gridColumns;
    Workers.parallelFor(parts, Math.max(1, parts / wanted), this);
  }

  /** Chooses the grid of about that many cells whose cells read least. */
  private void cutMatrix(long cells) {
    int rowUnit = gemm.shape.rows();
    int columnUnit = gemm.shape.columns();
    double best = Double.POSITIVE_INFINITY;
    for (long down = 1; down <= cells; down++) {
      long across = (cells + down - 1) / down;
      long height = roundUp((rows + down - 1) / down, rowUnit);
      long width = roundUp((columns + across - 1) / across, columnUnit);
      long gridDown = (rows + height - 1) / height;
      long gridAcross = cellsAcross(width);
      long used = gridDown * gridAcross;
      // The largest cell decides how long it takes; operands are read once for each cell.
      double cost =
          (double) Math.min(height, rows) * Math.min(width, columns) * Math.max(1, cells / used)
              + gemm.packingCost() * (double) used / cells * (height + width);
      if (cost < best) {
        best = cost;
        gridRows = gridDown;
        gridColumns = gridAcross;
        partRows = height;
        partColumns = width;
      }
    }
  }

  /** The last cell takes what would be too narrow for a cell of its own. */
  private long cellsAcross(long width) {
    long rest = columns % width;
    return Math.max(1, columns / width + (rest >= gemm.shape.lanes() ? 1 : 0));
  }

  private static long roundUp(long value, int unit) {
    return (value + unit - 1) / unit * unit;
  }

  @Override
  public void run(long from, long to) {
    long cells = gridRows * gridColumns;
    for (long part = from; part < to; part++) {
      long matrix = part / cells;
      long cell = part % cells;
      long firstRow = cell / gridColumns * partRows;
      long firstColumn = cell % gridColumns * partColumns;
      boolean lastAcross = cell % gridColumns == gridColumns - 1;
      var scratch = gemm.scratchPool.take();
      var rectangle = scratch.part;
      rectangle.matrix = matrix;
      rectangle.row = firstRow;
      rectangle.column = firstColumn;
      rectangle.rows = Math.min(partRows, rows - firstRow);
      rectangle.columns = lastAcross ? columns - firstColumn : partColumns;
      rectangle.outOffset =
          out.matrixOffset(matrix, result, foldedAxes)
              + firstRow * out.rowBytes
              + firstColumn * out.columnBytes;
      rectangle.leftOffset =
          left.matrixOffset(matrix, result, foldedAxes) + firstRow * left.rowBytes;
      rectangle.rightOffset =
          right.matrixOffset(matrix, result, foldedAxes) + firstColumn * right.columnBytes;
      rectangle.biasOffset =
          hasBias
              ? bias.matrixOffset(matrix, result, foldedAxes)
                  + firstRow * bias.rowBytes
                  + firstColumn * bias.columnBytes
              : 0;
      try {
        gemm.multiply(scratch, this);
      } finally {
        scratch.clear();
        gemm.scratchPool.giveBack(scratch);
      }
    }
  }

  /**
   * Applies the epilogue to a rectangle of a part that is done otherwise.
   *
   * @param part the part
   * @param row the first row of the rectangle, counted from the part's
   * @param column the first column of the rectangle, counted from the part's
   */
  void applyEpilogue(Part part, long row, long column, long rows, long columns) {
    var epilogue = this.epilogue;
    if (epilogue == null) {
      return;
    }
    if (transposed) {
      applyEpilogue(epilogue, part.matrix, part.column + column, part.row + row, columns, rows);
    } else {
      applyEpilogue(epilogue, part.matrix, part.row + row, part.column + column, rows, columns);
    }
  }

  /** Takes a rectangle of a folded matrix apart into those of the matrices of the result. */
  private void applyEpilogue(
      Epilogue epilogue, long folded, long row, long column, long rows, long columns) {
    long height = result.size(result.rank() - 2);
    long matricesFolded = (transposed ? this.columns : this.rows) / height;
    long matrix = folded * matricesFolded + row / height;
    long within = row % height;
    for (long rest = rows; rest > 0; matrix++) {
      long here = Math.min(rest, height - within);
      epilogue.apply(matrix, within, column, here, columns);
      rest -= here;
      within = 0;
    }
  }
}
