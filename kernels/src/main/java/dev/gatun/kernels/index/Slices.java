package dev.gatun.kernels.index;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.traverse.Axes;
import dev.gatun.kernels.traverse.ElementMoves;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Moves slices across an axis to or from the places that indices name.
 *
 * <p>An instance is reused by its thread and holds no arrays between calls.
 */
final class Slices {
  /** What happens to a slice. */
  enum Mode {
    /** The target's slice i comes from the source's slice index[i]. */
    SELECT,
    /** The source's slice i is added to the target's slice index[i]. */
    ADD,
    /** The source's slice i overwrites the target's slice index[i]. */
    COPY
  }

  private static final long SERIAL_ELEMENTS = 1 << 16;
  private static final long GRAIN_ELEMENTS = 1 << 15;

  /** As many elements as pay for finding where a fibre begins. */
  private static final long SHORT_FIBRE = 8;

  /** The fewest elements of a slice that are worth a visit. */
  private static final long MIN_PART = 64;

  private static final ThreadLocal<Slices> OF_THREAD = ThreadLocal.withInitial(Slices::new);

  private final RangeTask running = this::run;
  private final RangeTask adding = this::addPartsOfRuns;
  private final RangeTask gatheringFibres = this::gatherFibres;
  private final RangeTask gatheringPart = this::gatherPart;
  private final Axes slice = new Axes();
  private Mode mode = Mode.SELECT;
  private RunAddition addition = new RunAddition();
  private DType type = DType.FLOAT32;
  private MemorySegment out = MemorySegment.NULL;
  private MemorySegment in = MemorySegment.NULL;
  private MemorySegment indices = MemorySegment.NULL;
  private long outStart;
  private long inStart;
  private long indexStart;
  private long outStep;
  private long inStep;
  private long indexStep;
  private long indexedSize;
  private long count;
  private long run;
  private long outStride;
  private long inStride;

  private Slices() {}

  static Slices ofThread() {
    return OF_THREAD.get();
  }

  void run(
      Mode mode,
      RunAddition addition,
      StridedArray out,
      StridedArray in,
      int axis,
      StridedArray index) {
    this.addition = addition;
    count = index.layout().numel();
    long elements = mode == Mode.SELECT ? out.layout().numel() : in.layout().numel();
    if (elements == 0) {
      return;
    }
    this.mode = mode;
    type = out.dtype();
    this.out = out.segment();
    this.in = in.segment();
    indices = index.segment();
    int shift = type.byteShift();
    outStart = out.byteOffset();
    inStart = in.byteOffset();
    indexStart = index.byteOffset();
    outStep = out.layout().stride(axis) << shift;
    inStep = in.layout().stride(axis) << shift;
    indexStep = index.layout().rank() == 0 ? 0 : index.layout().stride(0) * Long.BYTES;
    indexedSize = mode == Mode.SELECT ? in.layout().size(axis) : out.layout().size(axis);
    try {
      chooseRun(out, in, axis);
      if (mode == Mode.SELECT && areScattered()) {
        gather(elements);
      } else if (mode == Mode.ADD && slice.count() == 0 && elements >= SERIAL_ELEMENTS) {
        // Slices may meet at one place, so each thread adds a part of every slice.
        Workers.parallelFor(run, Math.max(MIN_PART, 4 * GRAIN_ELEMENTS / count), adding);
      } else if (mode != Mode.SELECT || elements < SERIAL_ELEMENTS) {
        run(0, count);
      } else {
        long each = elements / count;
        Workers.parallelFor(count, Math.max(1, GRAIN_ELEMENTS / each), running);
      }
    } finally {
      Reference.reachabilityFence(out);
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(index);
      this.out = MemorySegment.NULL;
      this.in = MemorySegment.NULL;
      indices = MemorySegment.NULL;
    }
  }

  private void chooseRun(StridedArray out, StridedArray in, int axis) {
    int shift = type.byteShift();
    slice.clear();
    for (int other = 0; other < out.layout().rank(); other++) {
      long size = out.layout().size(other);
      if (other != axis && size != 1) {
        slice.insert(
            size, out.layout().stride(other) << shift, in.layout().stride(other) << shift, 0);
      }
    }
    slice.merge();
    run = 1;
    outStride = type.byteSize();
    inStride = type.byteSize();
    if (slice.count() > 0) {
      slice.dropInnermost();
      run = slice.size(slice.count());
      outStride = slice.firstStride(slice.count());
      inStride = slice.secondStride(slice.count());
    }
  }

  /**
   * Tells whether slices have a single element, or gaps, while those of the target touch: then
   * fibres are the shorter way, unless there is next to nothing in one.
   */
  private boolean areScattered() {
    boolean hasGaps = outStride != type.byteSize() || inStride != type.byteSize();
    return (run == 1 || hasGaps && count >= SHORT_FIBRE)
        && outStep == type.byteSize()
        && count <= Integer.MAX_VALUE;
  }

  /** Goes along the axis instead, fibre by fibre. */
  private void gather(long elements) {
    long fibres = slice.product() * run;
    if (elements < SERIAL_ELEMENTS) {
      gatherFibres(0, fibres);
    } else if (fibres == 1) {
      Workers.parallelFor(count, GRAIN_ELEMENTS, gatheringPart);
    } else {
      Workers.parallelFor(fibres, Math.max(1, GRAIN_ELEMENTS / count), gatheringFibres);
    }
  }

  private void gatherFibres(long from, long to) {
    for (long fibre = from; fibre < to; fibre++) {
      gather(fibre, 0, count);
    }
  }

  private void gatherPart(long from, long to) {
    gather(0, from, to);
  }

  /** Selects from one fibre what some of the indices name. */
  private void gather(long fibre, long from, long to) {
    long outer = fibre / run;
    long within = fibre - outer * run;
    ElementMoves.of(type.byteShift())
        .gather(
            out,
            outStart + slice.firstOffset(outer) + within * outStride + from * outStep,
            outStep,
            in,
            inStart + slice.secondOffset(outer) + within * inStride,
            0,
            indices,
            indexStart + from * indexStep,
            indexStep,
            indexedSize,
            inStep,
            (int) (to - from));
  }

  private void run(long from, long to) {
    int shift = type.byteShift();
    long runs = slice.product();
    for (long i = from; i < to; i++) {
      long index = Indices.get(indices, indexStart + i * indexStep, indexedSize);
      long outSlice = outStart + (mode == Mode.SELECT ? i : index) * outStep;
      long inSlice = inStart + (mode == Mode.SELECT ? index : i) * inStep;
      for (long r = 0; r < runs; r++) {
        long target = outSlice + slice.firstOffset(r);
        long source = inSlice + slice.secondOffset(r);
        if (mode == Mode.ADD) {
          Additions.run(addition, type, out, target, outStride, in, source, inStride, run);
        } else {
          Moves.run(shift, out, target, outStride, in, source, inStride, run);
        }
      }
    }
  }

  private void addPartsOfRuns(long from, long to) {
    for (long i = 0; i < count; i++) {
      long index = Indices.get(indices, indexStart + i * indexStep, indexedSize);
      long target = outStart + index * outStep + from * outStride;
      long source = inStart + i * inStep + from * inStride;
      Additions.run(addition, type, out, target, outStride, in, source, inStride, to - from);
    }
  }
}
