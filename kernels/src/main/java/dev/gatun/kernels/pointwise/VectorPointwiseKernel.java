package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that runs its program as SIMD code, compiled for one width of vectors.
 *
 * <p>Operands that lie contiguously in the compute type are read and written in place, and so are
 * single elements that are broadcast. Rows of such operands, as in the broadcast of a vector over a
 * matrix, are run one by one. Everything else, such as transposed operands and other element types,
 * passes block by block through a buffer in the compute type.
 */
public final class VectorPointwiseKernel extends PointwiseKernel {
  /** From this many elements on, a row is worth a call of its own. */
  private static final long SHORTEST_ROW = 4;

  /** What one thread does at least, in vector operations times elements. */
  private static final long PARALLEL_WORK = 1 << 20;

  private static final long LARGEST_CALL = 1 << 30;
  private static final int WARM_UP_RUNS = 20_000;
  private static final int WARM_UP_ELEMENTS = 257;

  private final VectorLoops loops;
  private final int outputs;
  private final int inputs;
  private final int parameterCount;
  private final DType computeType;
  private final boolean allNative;
  private final long grain;

  private VectorPointwiseKernel(PointwiseProgram program, VectorLoops loops) {
    super(program);
    this.loops = loops;
    outputs = program.outputs().size();
    inputs = program.inputTypes().size();
    parameterCount = program.parameterCount();
    computeType = program.computeType();
    allNative =
        program.inputTypes().stream().allMatch(loops::holdsInPlace)
            && program.outputTypes().stream().allMatch(loops::holdsInPlace);
    long perThread = PARALLEL_WORK / (16 + loops.operations());
    grain = Math.max(1, perThread / VectorScratch.BLOCK) * VectorScratch.BLOCK;
  }

  /**
   * Makes a kernel.
   *
   * @param laneBits the width of vectors in bits: 128, 256 or 512
   * @return the kernel, or null when the program has an operation without a vector form, or cannot
   *     be cut into loops of a size that the JIT compiler takes
   */
  public static @Nullable PointwiseKernel of(PointwiseProgram program, int laneBits) {
    var loops = VectorLoops.of(program, laneBits);
    if (loops == null) {
      return null;
    }
    return loops.isCompilable()
        ? new VectorPointwiseKernel(program, loops)
        : SplitPointwiseKernel.of(program, laneBits);
  }

  static PointwiseKernel of(PointwiseProgram program, VectorLoops loops) {
    return new VectorPointwiseKernel(program, loops);
  }

  @Override
  public void run(StridedArray out, StridedArray a, double p0, double p1) {
    checkOperands(1, 1, 2);
    var layout = out.layout();
    long numel = layout.numel();
    if (isPlain(layout, numel) && isSame(a.layout(), numel)) {
      loops
          .contiguous()
          .run(out.segment(), out.byteOffset(), a.segment(), a.byteOffset(), p0, p1, (int) numel);
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    run(walk, p0, p1);
  }

  @Override
  public void run(StridedArray out, StridedArray a, StridedArray b, double p0, double p1) {
    checkOperands(1, 2, 2);
    var layout = out.layout();
    long numel = layout.numel();
    if (isPlain(layout, numel) && isSame(a.layout(), numel) && isSame(b.layout(), numel)) {
      loops
          .contiguous()
          .run(
              out.segment(),
              out.byteOffset(),
              a.segment(),
              a.byteOffset(),
              b.segment(),
              b.byteOffset(),
              p0,
              p1,
              (int) numel);
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    walk.add(b);
    run(walk, p0, p1);
  }

  @Override
  public void run(
      StridedArray out, StridedArray a, StridedArray b, StridedArray c, double p0, double p1) {
    checkOperands(1, 3, 2);
    var layout = out.layout();
    long numel = layout.numel();
    if (isPlain(layout, numel)
        && isSame(a.layout(), numel)
        && isSame(b.layout(), numel)
        && isSame(c.layout(), numel)) {
      loops
          .contiguous()
          .run(
              out.segment(),
              out.byteOffset(),
              a.segment(),
              a.byteOffset(),
              b.segment(),
              b.byteOffset(),
              c.segment(),
              c.byteOffset(),
              p0,
              p1,
              (int) numel);
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    walk.add(out);
    walk.add(a);
    walk.add(b);
    walk.add(c);
    run(walk, p0, p1);
  }

  @Override
  public void run(StridedArray[] outs, StridedArray[] ins, double[] parameters) {
    checkOperands(outs.length, ins.length, parameters.length);
    if (isPlain(outs, ins)) {
      loops.contiguous().run(outs, ins, parameters, (int) outs[0].layout().numel());
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    run(walk, parameters);
  }

  @Override
  public void runRectangle(
      StridedArray[] outs,
      StridedArray[] ins,
      double[] parameters,
      long matrix,
      long row,
      long column,
      long rows,
      long columns) {
    checkOperands(outs.length, ins.length, parameters.length);
    if (rows == 0 || columns == 0) {
      return;
    }
    var walk = Traversal.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    try {
      walk.collapseRectangle(matrix, row, column, rows, columns);
      runAlone(walk, parameters);
    } finally {
      walk.clear();
    }
  }

  /** Runs on the calling thread alone. */
  private void runAlone(Traversal walk, double[] parameters) {
    if (isDirect(walk)) {
      var loop = loops.withScalars(scalarsOfWalk(walk));
      runDirect(walk, loop, parameters, 0, walk.numel());
    } else if (hasRows(walk)) {
      var loop = loops.withScalars(scalarsOfRows(walk));
      runRows(walk, loop, parameters, 0, walk.numel() / walk.size(0));
    } else {
      var loop = loops.withScalars(scalarsOfBlocks(walk));
      runBlocks(walk, loop, parameters, 0, walk.numel());
    }
  }

  /** Whether a run may go straight to the loop: small, contiguous and without conversions. */
  private boolean isPlain(Layout layout, long numel) {
    return allNative && numel <= grain && layout.isContiguous();
  }

  /** Whether an input has the elements of the output in the same order; its shape broadcasts. */
  private static boolean isSame(Layout layout, long numel) {
    return layout.isContiguous() && layout.numel() == numel;
  }

  private boolean isPlain(StridedArray[] outs, StridedArray[] ins) {
    long numel = outs[0].layout().numel();
    for (var out : outs) {
      if (!isPlain(out.layout(), numel)) {
        return false;
      }
    }
    for (var in : ins) {
      if (!isSame(in.layout(), numel)) {
        return false;
      }
    }
    return true;
  }

  private void checkOperands(int givenOutputs, int givenInputs, int givenParameters) {
    if (givenOutputs != outputs || givenInputs != inputs || givenParameters < parameterCount) {
      throw ScalarPointwiseKernel.operandMismatch(
          program(), givenOutputs, givenInputs, givenParameters);
    }
  }

  @Override
  public void warmUp() {
    var scratch = VectorScratch.ofThread();
    int operands = outputs + inputs;
    scratch.reserveStaging(operands);
    for (int operand = 0; operand < operands; operand++) {
      scratch.segments[operand] = scratch.staging();
      scratch.offsets[operand] = VectorScratch.stagingOffset(operand);
    }
    double[] parameters = new double[parameterCount];
    var loop = loops.contiguous();
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      loop.run(scratch.segments, scratch.offsets, parameters, WARM_UP_ELEMENTS);
    }
    scratch.clear();
  }

  private void run(Traversal walk, double p0, double p1) {
    var scratch = VectorScratch.ofThread();
    scratch.two[0] = p0;
    scratch.two[1] = p1;
    run(walk, scratch.two);
  }

  private void run(Traversal walk, double[] parameters) {
    try {
      walk.collapse();
      if (walk.numel() == 0) {
        return;
      }
      if (isDirect(walk)) {
        runDirect(walk, parameters);
      } else if (hasRows(walk)) {
        runRows(walk, parameters);
      } else {
        runBlocks(walk, parameters);
      }
    } finally {
      walk.clear();
    }
  }

  private boolean isDirect(Traversal walk) {
    if (!allNative) {
      return false;
    }
    for (int operand = 0; operand < outputs + inputs; operand++) {
      if (!walk.isLinear(operand) && (operand < outputs || !walk.isScalar(operand))) {
        return false;
      }
    }
    return true;
  }

  private boolean hasRows(Traversal walk) {
    if (!allNative || walk.size(0) < SHORTEST_ROW || walk.size(0) > LARGEST_CALL) {
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

  /** Which inputs are one element for the whole walk, as a mask. */
  private long scalarsOfWalk(Traversal walk) {
    long scalars = 0;
    for (int input = 0; input < inputs; input++) {
      scalars |= walk.isScalar(outputs + input) ? 1L << input : 0;
    }
    return scalars;
  }

  /** Which inputs are one element for each row, as a mask. */
  private long scalarsOfRows(Traversal walk) {
    long scalars = 0;
    for (int input = 0; input < inputs; input++) {
      scalars |= walk.byteStride(outputs + input, 0) == 0 ? 1L << input : 0;
    }
    return scalars;
  }

  /** Which inputs are one element that needs no buffer, as a mask. */
  private long scalarsOfBlocks(Traversal walk) {
    long scalars = 0;
    for (int input = 0; input < inputs; input++) {
      int operand = outputs + input;
      boolean single = walk.isScalar(operand) && loops.holdsInPlace(walk.type(operand));
      scalars |= single ? 1L << input : 0;
    }
    return scalars;
  }

  private void runDirect(Traversal walk, double[] parameters) {
    var loop = loops.withScalars(scalarsOfWalk(walk));
    long numel = walk.numel();
    if (numel <= grain) {
      runDirect(walk, loop, parameters, 0, numel);
    } else {
      Workers.parallelFor(numel, grain, (from, to) -> runDirect(walk, loop, parameters, from, to));
    }
  }

  private void runDirect(Traversal walk, VectorLoop loop, double[] parameters, long from, long to) {
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

  private void runRows(Traversal walk, double[] parameters) {
    var loop = loops.withScalars(scalarsOfRows(walk));
    long width = walk.size(0);
    long rows = walk.numel() / width;
    if (walk.numel() <= grain) {
      runRows(walk, loop, parameters, 0, rows);
    } else {
      Workers.parallelFor(
          rows,
          Math.max(1, grain / width),
          (from, to) -> runRows(walk, loop, parameters, from, to));
    }
  }

  private void runRows(Traversal walk, VectorLoop loop, double[] parameters, long from, long to) {
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

  private void runBlocks(Traversal walk, double[] parameters) {
    var loop = loops.withScalars(scalarsOfBlocks(walk));
    long numel = walk.numel();
    if (numel <= grain) {
      runBlocks(walk, loop, parameters, 0, numel);
    } else {
      Workers.parallelFor(numel, grain, (from, to) -> runBlocks(walk, loop, parameters, from, to));
    }
  }

  private void runBlocks(Traversal walk, VectorLoop loop, double[] parameters, long from, long to) {
    int operands = outputs + inputs;
    var scratch = VectorScratch.ofThread();
    scratch.reserveStaging(operands);
    for (long start = from; start < to; start += VectorScratch.BLOCK) {
      int count = (int) Math.min(VectorScratch.BLOCK, to - start);
      for (int operand = 0; operand < operands; operand++) {
        if (isInPlace(walk, operand)) {
          scratch.segments[operand] = walk.segment(operand);
          scratch.offsets[operand] =
              walk.rowOffset(operand, 0) + start * walk.byteStride(operand, 0);
        } else {
          scratch.segments[operand] = scratch.staging();
          scratch.offsets[operand] = VectorScratch.stagingOffset(operand);
          if (operand >= outputs) {
            Staging.gather(walk, operand, start, count, bufferType(walk, operand), scratch);
          }
        }
      }
      loop.run(scratch.segments, scratch.offsets, parameters, count);
      for (int output = 0; output < outputs; output++) {
        if (!isInPlace(walk, output)) {
          Staging.scatter(walk, output, start, count, bufferType(walk, output), scratch);
        }
      }
    }
    scratch.clear();
  }

  private DType bufferType(Traversal walk, int operand) {
    var type = walk.type(operand);
    return loops.holdsInPlace(type) ? type : computeType;
  }

  private boolean isInPlace(Traversal walk, int operand) {
    return loops.holdsInPlace(walk.type(operand))
        && (walk.isLinear(operand) || (operand >= outputs && walk.isScalar(operand)));
  }
}
