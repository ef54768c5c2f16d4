package dev.gatun.kernels.pointwise;

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
  private static final int WARM_UP_RUNS = 20_000;
  private static final int WARM_UP_ELEMENTS = 257;

  /** In place of a mask of inputs: the run cannot go straight to a loop. */
  private static final long NOT_STRAIGHT = -1;

  private final VectorLoops loops;
  private final boolean allNative;

  /** The number of elements up to which a run stays on its thread. */
  private final long mostAlone;

  private VectorPointwiseKernel(PointwiseProgram program, VectorLoops loops) {
    super(program);
    this.loops = loops;
    allNative =
        program.inputTypes().stream().allMatch(loops::holdsInPlace)
            && program.outputTypes().stream().allMatch(loops::holdsInPlace);
    mostAlone = VectorWalk.mostAlone(loops);
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
    var walk = VectorWalk.ofThread();
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
    long scalars = isPlain(layout, numel) ? scalars(a.layout(), b.layout(), numel) : NOT_STRAIGHT;
    if (scalars != NOT_STRAIGHT) {
      loops
          .withScalars(scalars)
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
    var walk = VectorWalk.ofThread();
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
    var walk = VectorWalk.ofThread();
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
    long scalars = scalars(outs, ins);
    if (scalars != NOT_STRAIGHT) {
      loops.withScalars(scalars).run(outs, ins, parameters, (int) outs[0].layout().numel());
      return;
    }
    var walk = VectorWalk.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    walk.run(loops, outputs, inputs, parameters);
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
    var walk = VectorWalk.ofThread();
    walk.begin();
    for (var out : outs) {
      walk.add(out);
    }
    for (var in : ins) {
      walk.add(in);
    }
    walk.runRectangle(loops, outputs, inputs, parameters, matrix, row, column, rows, columns);
  }

  /** Whether a run may go straight to the loop: small, contiguous and without conversions. */
  private boolean isPlain(Layout layout, long numel) {
    return allNative && numel <= mostAlone && layout.isContiguous();
  }

  /** Whether an input has the elements of the output in the same order; its shape broadcasts. */
  private static boolean isSame(Layout layout, long numel) {
    return layout.isContiguous() && layout.numel() == numel;
  }

  /** Whether an input shows one element everywhere. */
  private static boolean isSingle(Layout layout) {
    return layout.extent() - layout.offset() == 1;
  }

  /** The inputs that are single elements, as a mask, if the others have the elements in order. */
  private static long scalars(Layout a, Layout b, long numel) {
    boolean sameA = isSame(a, numel);
    boolean sameB = isSame(b, numel);
    if ((sameA || isSingle(a)) && (sameB || isSingle(b))) {
      return (sameA ? 0 : 1) | (sameB ? 0 : 2);
    }
    return NOT_STRAIGHT;
  }

  private long scalars(StridedArray[] outs, StridedArray[] ins) {
    long numel = outs[0].layout().numel();
    for (var out : outs) {
      if (!isPlain(out.layout(), numel)) {
        return NOT_STRAIGHT;
      }
    }
    long scalars = 0;
    for (int i = 0; i < ins.length; i++) {
      var layout = ins[i].layout();
      if (!isSame(layout, numel)) {
        if (!isSingle(layout)) {
          return NOT_STRAIGHT;
        }
        scalars |= 1L << i;
      }
    }
    return scalars;
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

  private void run(VectorWalk walk, double p0, double p1) {
    var scratch = VectorScratch.ofThread();
    scratch.two[0] = p0;
    scratch.two[1] = p1;
    walk.run(loops, outputs, inputs, scratch.two);
  }
}
