package dev.gatun.kernels.reduce;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Walks the scores of attention row by row, and divides the work; each row is masked and normalised
 * while it is in the cache.
 *
 * <p>An instance is reused by its thread and holds no operands between calls.
 */
final class AttentionWeights {
  private static final long SERIAL_ELEMENTS = 1 << 14;
  private static final long GRAIN_ELEMENTS = 1 << 13;
  private static final ThreadLocal<AttentionWeights> OF_THREAD =
      ThreadLocal.withInitial(AttentionWeights::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  private final RangeTask running = this::run;
  private final Axes rowAxes = new Axes();
  private @Nullable RowExponentials kernel;
  private MemorySegment scores = NOTHING;
  private MemorySegment mask = NOTHING;
  private DType type = DType.FLOAT32;
  private boolean masked;
  private boolean causal;
  private long start;
  private long maskStart;
  private long queries;
  private int keys;

  private AttentionWeights() {}

  static AttentionWeights ofThread() {
    return OF_THREAD.get();
  }

  void run(
      RowExponentials kernel, StridedArray scores, @Nullable StridedArray mask, boolean causal) {
    var layout = scores.layout();
    long elements = layout.numel();
    if (elements == 0) {
      return;
    }
    int rank = layout.rank();
    try {
      this.kernel = kernel;
      this.scores = scores.segment();
      this.causal = causal;
      type = scores.dtype();
      start = scores.byteOffset();
      queries = layout.size(rank - 2);
      keys = Math.toIntExact(layout.size(rank - 1));
      masked = mask != null;
      if (mask != null) {
        this.mask = mask.segment();
        maskStart = mask.byteOffset();
        rowAxes.clear();
        for (int axis = 0; axis < rank - 1; axis++) {
          if (layout.size(axis) != 1) {
            long along = mask.layout().stride(axis) << type.byteShift();
            rowAxes.insert(layout.size(axis), layout.stride(axis), along, 0);
          }
        }
        rowAxes.merge();
      }
      long rows = elements / keys;
      if (elements < SERIAL_ELEMENTS) {
        run(0, rows);
      } else {
        Workers.parallelFor(rows, Math.max(1, GRAIN_ELEMENTS / keys), running);
      }
    } finally {
      Reference.reachabilityFence(scores);
      Reference.reachabilityFence(mask);
      this.kernel = null;
      this.scores = NOTHING;
      this.mask = NOTHING;
    }
  }

  private void run(long from, long to) {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("Scores are walked only while a kernel runs");
    }
    for (long row = from; row < to; row++) {
      long at = start + (row * keys << type.byteShift());
      int length = causal ? (int) Math.min(keys, row % queries + 1) : keys;
      if (masked) {
        kernel.add(scores, at, mask, maskStart + rowAxes.secondOffset(row), length);
      }
      double largest = kernel.largest(scores, at, length);
      if (largest == Double.NEGATIVE_INFINITY && allLeftOut(at, length)) {
        clear(at, keys);
        continue;
      }
      double sum = kernel.write(scores, at, scores, at, length, largest);
      kernel.scale(scores, at, length, 1 / sum);
      if (length < keys) {
        clear(at + ((long) length << type.byteShift()), keys - length);
      }
    }
  }

  /** Tells negative infinities from NaN, which the search for the largest may pass over. */
  private boolean allLeftOut(long at, int length) {
    for (int i = 0; i < length; i++) {
      double score = type.getDouble(scores, at + ((long) i << type.byteShift()));
      if (score != Double.NEGATIVE_INFINITY) {
        return false;
      }
    }
    return true;
  }

  private void clear(long at, int count) {
    scores.asSlice(at, (long) count << type.byteShift()).fill((byte) 0);
  }
}
