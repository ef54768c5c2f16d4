package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Takes a vector loop over operands of any layout, on one thread or on several.
 *
 * <p>Operands without gaps are walked from end to end. Rows of such operands are run one by one.
 * Everything else passes block by block through a buffer.
 *
 * <p>Reused from run to run, one for each thread: {@link #begin}, {@link #add} for each operand,
 * outputs first, and one of the two runs.
 */
final class VectorWalk implements RangeTask {
  /** What one thread does at least, in vector operations times elements; some microseconds. */
  private static final long LEAST_WORK = 1 << 19;

  /** How much work it is to step from one vector of elements to the next. */
  private static final int WORK_OF_STEP = 16;

  /** More parts than threads, so that a thread which is held up does not hold up the others. */
  private static final int PARTS_OF_THREAD = 4;

  /** From this many elements on, a row is worth a call of its own. */
  private static final long SHORTEST_ROW = 4;

  /** From this many bytes of operands on, they are taken to come from beyond a core's own cache. */
  private static final long STREAM_BYTES = 2 << 20;

  private static final long LARGEST_CALL = 1 << 30;

  private static final double[] NO_PARAMETERS = {};

  private static final ThreadLocal<VectorWalk> OF_THREAD = ThreadLocal.withInitial(VectorWalk::new);

  private enum Order {
    END_TO_END,
    ROWS,
    BLOCKS
  }

  private final Traversal walk = Traversal.ofThread();
  private Order order = Order.BLOCKS;
  private int outputs;
  private int inputs;
  private @Nullable VectorLoops loops;
  private @Nullable VectorLoop loop;
  private double[] parameters = NO_PARAMETERS;

  private VectorWalk() {}

  static VectorWalk ofThread() {
    return OF_THREAD.get();
  }

  /** The number of elements up to which one thread does it all. */
  static long mostAlone(VectorLoops loops) {
    return 2 * leastElements(loops) - 1;
  }

  private static long leastElements(VectorLoops loops) {
    return LEAST_WORK / (WORK_OF_STEP + loops.operations());
  }

  void begin() {
    walk.begin();
  }

  void add(StridedArray array) {
    walk.add(array);
  }

  /** Runs over all elements of the outputs. */
  void run(VectorLoops loops, int outputs, int inputs, double[] parameters) {
    try {
      walk.collapse();
      long numel = walk.numel();
      if (numel == 0) {
        return;
      }
      boolean streams = numel * walk.bytesOfElements() > STREAM_BYTES;
      prepare(streams ? loops.forStreams() : loops, outputs, inputs, parameters);
      long steps = order == Order.ROWS ? numel / walk.size(0) : numel;
      long least = leastElements(loops);
      long threads = Workers.threads();
      long parts = Math.min(numel / least, threads * PARTS_OF_THREAD);
      if (parts <= 1 || threads == 1) {
        run(0, steps);
        return;
      }
      // All threads are done at the same time only if they have as many parts.
      parts -= parts > threads ? parts % threads : 0;
      long grain = (steps - 1) / parts + 1;
      if (order != Order.ROWS) {
        grain = (grain + VectorScratch.BLOCK - 1) / VectorScratch.BLOCK * VectorScratch.BLOCK;
      }
      Workers.parallelFor(steps, grain, this);
    } finally {
      clear();
    }
  }

  /** Runs over a rectangle of each output, on the calling thread. */
  void runRectangle(
      VectorLoops loops,
      int outputs,
      int inputs,
      double[] parameters,
      long matrix,
      long row,
      long column,
      long rows,
      long columns) {
    try {
      walk.collapseRectangle(matrix, row, column, rows, columns);
      prepare(loops, outputs, inputs, parameters);
      run(0, order == Order.ROWS ? walk.numel() / walk.size(0) : walk.numel());
    } finally {
      clear();
    }
  }

  private void clear() {
    walk.clear();
    loops = null;
    loop = null;
    parameters = NO_PARAMETERS;
  }

  private void prepare(VectorLoops loops, int outputs, int inputs, double[] parameters) {
    this.loops = loops;
    this.outputs = outputs;
    this.inputs = inputs;
    this.parameters = parameters;
    boolean inPlace = true;
    for (int operand = 0; operand < outputs + inputs && inPlace; operand++) {
      inPlace = loops.holdsInPlace(walk.type(operand));
    }
    order =
        inPlace && isEndToEnd()
            ? Order.END_TO_END
            : inPlace && hasRows() ? Order.ROWS : Order.BLOCKS;
    long scalars = 0;
    for (int input = 0; input < inputs; input++) {
      int operand = outputs + input;
      boolean single =
          switch (order) {
            case END_TO_END -> walk.isScalar(operand);
            case ROWS -> walk.byteStride(operand, 0) == 0;
            case BLOCKS -> walk.isScalar(operand) && loops.holdsInPlace(walk.type(operand));
          };
      scalars |= single ? 1L << input : 0;
    }
    loop = scalars == 0 ? loops.contiguous() : loops.withScalars(scalars);
  }

  private boolean isEndToEnd() {
    for (int operand = 0; operand < outputs + inputs; operand++) {
      if (!walk.isLinear(operand) && (operand < outputs || !walk.isScalar(operand))) {
        return false;
      }
    }
    return true;
  }

  private boolean hasRows() {
    if (walk.size(0) < SHORTEST_ROW || walk.size(0) > LARGEST_CALL) {
      return false;
    }
    for (int operand = 0; operand < outputs + inputs; operand++) {
      long stride = walk.byteStride(operand, 0);
      if (stride != walk.type(operand).byteSize() && (operand < outputs || stride != 0)) {
        return false;
      }
    }
    return true;
  }

  /** Runs some of the steps; also called on other threads than the walk's own. */
  @Override
  public void run(long from, long to) {
    var loop = this.loop;
    var loops = this.loops;
    if (loop == null || loops == null) {
      throw new IllegalStateException("the walk has not begun");
    }
    switch (order) {
      case END_TO_END -> runEndToEnd(loop, from, to);
      case ROWS -> runRows(loop, from, to);
      case BLOCKS -> runBlocks(loop, loops, from, to);
    }
  }

  private void runEndToEnd(VectorLoop loop, long from, long to) {
    int operands = outputs + inputs;
    var scratch = VectorScratch.ofThread();
    scratch.reserve(operands);
    for (long start = from; start < to; start += LARGEST_CALL) {
      for (int operand = 0; operand < operands; operand++) {
        long stride = walk.byteStride(operand, 0);
        scratch.segments[operand] = walk.segment(operand);
        scratch.offsets[operand] = walk.rowOffset(operand, 0) + start * stride;
      }
      int count = (int) Math.min(LARGEST_CALL, to - start);
      loop.run(scratch.segments, scratch.offsets, parameters, count);
    }
    scratch.clear();
  }

  private void runRows(VectorLoop loop, long from, long to) {
    int operands = outputs + inputs;
    var scratch = VectorScratch.ofThread();
    scratch.reserve(operands);
    long width = walk.size(0);
    for (int operand = 0; operand < operands; operand++) {
      scratch.segments[operand] = walk.segment(operand);
    }
    long height = walk.axes() > 1 ? walk.size(1) : 1;
    for (long row = from; row < to; row++) {
      boolean jumps = row == from || row % height == 0;
      for (int operand = 0; operand < operands; operand++) {
        scratch.offsets[operand] =
            jumps
                ? walk.rowOffset(operand, row)
                : scratch.offsets[operand] + walk.byteStride(operand, 1);
      }
      loop.run(scratch.segments, scratch.offsets, parameters, (int) width);
    }
    scratch.clear();
  }

  private void runBlocks(VectorLoop loop, VectorLoops loops, long from, long to) {
    int operands = outputs + inputs;
    var scratch = VectorScratch.ofThread();
    scratch.reserveStaging(operands);
    for (long start = from; start < to; start += VectorScratch.BLOCK) {
      int count = (int) Math.min(VectorScratch.BLOCK, to - start);
      for (int operand = 0; operand < operands; operand++) {
        if (isInPlace(loops, operand)) {
          scratch.segments[operand] = walk.segment(operand);
          scratch.offsets[operand] =
              walk.rowOffset(operand, 0) + start * walk.byteStride(operand, 0);
        } else {
          scratch.segments[operand] = scratch.staging();
          scratch.offsets[operand] = VectorScratch.stagingOffset(operand);
          if (operand >= outputs) {
            Staging.gather(walk, operand, start, count, bufferType(loops, operand), scratch);
          }
        }
      }
      loop.run(scratch.segments, scratch.offsets, parameters, count);
      for (int output = 0; output < outputs; output++) {
        if (!isInPlace(loops, output)) {
          Staging.scatter(walk, output, start, count, bufferType(loops, output), scratch);
        }
      }
    }
    scratch.clear();
  }

  private DType bufferType(VectorLoops loops, int operand) {
    var type = walk.type(operand);
    return loops.holdsInPlace(type) ? type : loops.computeType();
  }

  private boolean isInPlace(VectorLoops loops, int operand) {
    return loops.holdsInPlace(walk.type(operand))
        && (walk.isLinear(operand) || (operand >= outputs && walk.isScalar(operand)));
  }
}
