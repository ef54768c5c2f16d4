package dev.gatun.kernels.reduce;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Walks operands of any layout so that a {@link FoldKernel} sees long runs, and divides the work.
 *
 * <p>Axes are sorted by the input's strides and merged where possible. If the innermost one is
 * folded, outputs are folds of <em>rows</em>: every row is cut into blocks of {@link #ROW_BLOCK}.
 * If it is kept, neighbouring outputs are folded together, as <em>columns</em>: rows are taken in
 * blocks of {@link #COLUMN_BLOCK}. Blocks are combined as a balanced tree whose form depends on
 * their number alone.
 *
 * <p>An instance is reused by its thread and holds no operands between calls.
 */
final class Fold {
  private static final int ROW_BLOCK = 4096;
  private static final int COLUMN_BLOCK = 256;
  private static final int COLUMN_TILE = 1024;
  private static final long SERIAL_ELEMENTS = 1 << 16;
  private static final long GRAIN_ELEMENTS = 1 << 15;

  private static final ThreadLocal<Fold> OF_THREAD = ThreadLocal.withInitial(Fold::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  private final RangeTask foldingRows = this::foldRows;
  private final RangeTask foldingBlocks = this::foldBlocks;
  private final RangeTask foldingTiles = this::foldTiles;

  private @Nullable FoldKernel kernel;
  private MemorySegment in = NOTHING;
  private MemorySegment out = NOTHING;
  private DType outType = DType.FLOAT32;
  private long inStart;
  private long outStart;
  private double divisor;

  private final Axes kept = new Axes();
  private final Axes folded = new Axes();

  /** The innermost folded axis, apart from {@link #folded}. */
  private long length;

  private long lengthStride;

  /** The number of blocks that make an output. */
  private long blocks;

  private long blocksOfLength;
  private int blockSize;
  private long[] rowPartials = new long[0];

  /** The innermost kept axis when folding columns, apart from {@link #kept}. */
  private long columns;

  private long columnStride;
  private long columnOutStride;
  private long tiles;
  private MemorySegment columnOut = NOTHING;
  private boolean columnsDirect;

  /**
   * Where the blocks of columns leave their folds; not from the pool, so that replays take none.
   */
  private final ScratchMemory partials = new ScratchMemory();

  private Fold() {}

  static Fold ofThread() {
    return OF_THREAD.get();
  }

  void run(FoldKernel kernel, StridedArray out, StridedArray in, boolean mean) {
    var inLayout = in.layout();
    var outLayout = out.layout();
    long outputs = outLayout.numel();
    if (outputs == 0) {
      return;
    }
    long perOutput = inLayout.numel() / outputs;
    this.kernel = kernel;
    this.in = in.segment();
    this.out = out.segment();
    outType = out.dtype();
    inStart = in.byteOffset();
    outStart = out.byteOffset();
    divisor = mean ? perOutput : 1;
    try {
      boolean rows = chooseAxes(outLayout, inLayout, in.dtype().byteShift());
      if (perOutput == 0) {
        foldNothing(outputs);
      } else if (rows) {
        runRows(outputs, perOutput);
      } else {
        runColumns(perOutput);
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(in);
      this.kernel = null;
      this.in = NOTHING;
      this.out = NOTHING;
      columnOut = NOTHING;
    }
  }

  /** Sorts axes into kept and folded; returns whether the innermost axis is a folded one. */
  private boolean chooseAxes(Layout outLayout, Layout inLayout, int inShift) {
    kept.clear();
    folded.clear();
    int outShift = outType.byteShift();
    for (int axis = 0; axis < inLayout.rank(); axis++) {
      long size = inLayout.size(axis);
      if (size != 1) {
        long stride = inLayout.stride(axis) << inShift;
        if (outLayout.size(axis) == 1) {
          folded.insert(size, stride, 0, 0);
        } else {
          kept.insert(size, stride, outLayout.stride(axis) << outShift, 0);
        }
      }
    }
    long keptStride = innermostStride(kept);
    long foldedStride = innermostStride(folded);
    kept.merge();
    folded.merge();
    length = 1;
    lengthStride = 0;
    if (folded.count() > 0) {
      folded.dropInnermost();
      length = folded.size(folded.count());
      lengthStride = folded.firstStride(folded.count());
    }
    return kept.count() == 0 || foldedStride < keptStride;
  }

  private static long innermostStride(Axes axes) {
    return axes.count() == 0 ? Long.MAX_VALUE : axes.firstStride(axes.count() - 1);
  }

  private void foldNothing(long outputs) {
    var kernel = kernel();
    long identity = kernel.identity();
    for (long output = 0; output < outputs; output++) {
      kernel.store(out, outType, outStart + kept.secondOffset(output), identity, divisor);
    }
  }

  private void runRows(long outputs, long perOutput) {
    blockSize = ROW_BLOCK;
    blocksOfLength = (length - 1) / ROW_BLOCK + 1;
    blocks = blocksOfLength * folded.product();
    long elements = outputs * perOutput;
    if (elements < SERIAL_ELEMENTS || Workers.threads() == 1) {
      foldRows(0, outputs);
    } else if (outputs >= 64 || blocks == 1) {
      Workers.parallelFor(outputs, Math.max(1, GRAIN_ELEMENTS / perOutput), foldingRows);
    } else {
      int items = Math.toIntExact(outputs * blocks);
      if (rowPartials.length < items) {
        rowPartials = new long[items];
      }
      long perBlock = Math.max(1, perOutput / blocks);
      Workers.parallelFor(items, Math.max(1, GRAIN_ELEMENTS / perBlock), foldingBlocks);
      var kernel = kernel();
      for (int output = 0; output < outputs; output++) {
        long value = combine(kernel, output * blocks, (output + 1) * blocks);
        kernel.store(out, outType, outStart + kept.secondOffset(output), value, divisor);
      }
    }
  }

  private void foldRows(long from, long to) {
    var kernel = kernel();
    if (blocks == 1 && kept.count() == 1) {
      kernel.rows(
          in,
          inStart + from * kept.firstStride(0),
          kept.firstStride(0),
          to - from,
          lengthStride,
          (int) length,
          out,
          outType,
          outStart + from * kept.secondStride(0),
          kept.secondStride(0),
          divisor);
      return;
    }
    for (long output = from; output < to; output++) {
      long start = inStart + kept.firstOffset(output);
      long value =
          blocks == 1
              ? kernel.row(in, start, lengthStride, (int) length)
              : foldRow(kernel, start, 0, blocks);
      kernel.store(out, outType, outStart + kept.secondOffset(output), value, divisor);
    }
  }

  private long foldRow(FoldKernel kernel, long start, long from, long to) {
    if (to - from == 1) {
      return foldBlock(kernel, start, from);
    }
    long middle = (from + to) >>> 1;
    return kernel.combine(foldRow(kernel, start, from, middle), foldRow(kernel, start, middle, to));
  }

  private long foldBlock(FoldKernel kernel, long start, long block) {
    long along = block % blocksOfLength * blockSize;
    long offset = start + folded.firstOffset(block / blocksOfLength) + along * lengthStride;
    return kernel.row(in, offset, lengthStride, (int) Math.min(blockSize, length - along));
  }

  private void foldBlocks(long from, long to) {
    var kernel = kernel();
    for (long item = from; item < to; item++) {
      long start = inStart + kept.firstOffset(item / blocks);
      rowPartials[(int) item] = foldBlock(kernel, start, item % blocks);
    }
  }

  private long combine(FoldKernel kernel, long from, long to) {
    if (to - from == 1) {
      return rowPartials[(int) from];
    }
    long middle = (from + to) >>> 1;
    return kernel.combine(combine(kernel, from, middle), combine(kernel, middle, to));
  }

  private void runColumns(long perOutput) {
    var kernel = kernel();
    kept.dropInnermost();
    columns = kept.size(kept.count());
    columnStride = kept.firstStride(kept.count());
    columnOutStride = kept.secondStride(kept.count());
    tiles = (columns - 1) / COLUMN_TILE + 1;
    blockSize = COLUMN_BLOCK;
    blocksOfLength = (length - 1) / COLUMN_BLOCK + 1;
    blocks = blocksOfLength * folded.product();
    var partialType = kernel.partialType();
    columnsDirect =
        blocks == 1 && outType == partialType && columnOutStride == partialType.byteSize();
    if (columnsDirect) {
      columnOut = out;
      foldAllTiles(perOutput);
      return;
    }
    long count = kept.product() * blocks * columns;
    columnOut = partials.reserve(count << partialType.byteShift());
    foldAllTiles(perOutput);
    combineColumns(kernel, columnOut);
  }

  private void foldAllTiles(long perOutput) {
    long outer = kept.product();
    long items = outer * tiles * blocks;
    long elements = outer * columns * perOutput;
    if (elements < SERIAL_ELEMENTS) {
      foldTiles(0, items);
    } else {
      Workers.parallelFor(items, Math.max(1, GRAIN_ELEMENTS / (elements / items)), foldingTiles);
    }
  }

  private void foldTiles(long from, long to) {
    var kernel = kernel();
    int shift = kernel.partialType().byteShift();
    for (long item = from; item < to; item++) {
      long block = item % blocks;
      long tile = item / blocks % tiles;
      long outer = item / blocks / tiles;
      long firstColumn = tile * COLUMN_TILE;
      int width = (int) Math.min(COLUMN_TILE, columns - firstColumn);
      long along = block % blocksOfLength * blockSize;
      int height = (int) Math.min(blockSize, length - along);
      long offset =
          inStart
              + kept.firstOffset(outer)
              + folded.firstOffset(block / blocksOfLength)
              + along * lengthStride
              + firstColumn * columnStride;
      long target =
          columnsDirect
              ? outStart + kept.secondOffset(outer) + firstColumn * columnOutStride
              : ((outer * blocks + block) * columns + firstColumn) << shift;
      kernel.columns(
          in,
          offset,
          lengthStride,
          height,
          columnStride,
          width,
          columnOut,
          target,
          columnsDirect ? divisor : 1);
    }
  }

  private void combineColumns(FoldKernel kernel, MemorySegment columnPartials) {
    int shift = kernel.partialType().byteShift();
    long outer = kept.product();
    for (long k = 0; k < outer; k++) {
      long target = outStart + kept.secondOffset(k);
      for (long column = 0; column < columns; column++) {
        long first = (k * blocks * columns + column) << shift;
        long value = combine(kernel, columnPartials, first, columns << shift, blocks);
        kernel.store(out, outType, target + column * columnOutStride, value, divisor);
      }
    }
  }

  private static long combine(
      FoldKernel kernel, MemorySegment partials, long first, long stride, long count) {
    if (count == 1) {
      return kernel.partial(partials, first);
    }
    long half = count >>> 1;
    return kernel.combine(
        combine(kernel, partials, first, stride, half),
        combine(kernel, partials, first + half * stride, stride, count - half));
  }

  private FoldKernel kernel() {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("A fold is walked only while it runs");
    }
    return kernel;
  }
}
