package dev.gatun.kernels.pointwise;

import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A kernel for a program that is too large for one loop: the stages that it has been cut into, run
 * one after the other over the whole arrays. What passes between stages is kept in arrays from the
 * shared pool for the time of a run; who has memory for it runs the stages instead.
 */
public final class SplitPointwiseKernel extends PointwiseKernel {
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /**
   * One stage. Its inputs are those of the program and then the slots that were filled so far.
   *
   * @param kernel computes it
   * @param slots for each output the slot it goes to, an array of the program's compute type and of
   *     the shape of its outputs; empty for the last stage, which computes the program's outputs
   */
  public record Stage(PointwiseKernel kernel, List<Integer> slots) {}

  private final List<Stage> stages;

  private SplitPointwiseKernel(PointwiseProgram program, List<Stage> stages) {
    super(program);
    this.stages = List.copyOf(stages);
  }

  /** Makes a kernel; null when the program cannot be cut, which is logged once. */
  static @Nullable PointwiseKernel of(PointwiseProgram program, int laneBits) {
    var parts = ProgramSplitter.split(program, VectorLoops.MOST_OPERATIONS / 2);
    var stages = new ArrayList<Stage>();
    for (var part : parts == null ? List.<ProgramSplitter.Stage>of() : parts) {
      var loops = VectorLoops.of(part.program(), laneBits);
      if (loops != null && loops.isCompilable()) {
        stages.add(new Stage(VectorPointwiseKernel.of(part.program(), loops), part.slots()));
      }
    }
    if (parts != null && stages.size() == parts.size()) {
      return new SplitPointwiseKernel(program, stages);
    }
    if (!WARNED.getAndSet(true)) {
      System.getLogger("dev.gatun.kernels")
          .log(
              Level.WARNING,
              "The formula {0} is too large to be compiled and is interpreted, which is slower;"
                  + " splitting it into several operations makes it fast",
              program.name());
    }
    return null;
  }

  /**
   * Returns what is run one after the other.
   *
   * @return the stages; they are given the program's parameters
   */
  public List<Stage> stages() {
    return stages;
  }

  @Override
  public void run(StridedArray out, StridedArray a, double p0, double p1) {
    run(new StridedArray[] {out}, new StridedArray[] {a}, new double[] {p0, p1});
  }

  @Override
  public void run(StridedArray out, StridedArray a, StridedArray b, double p0, double p1) {
    run(new StridedArray[] {out}, new StridedArray[] {a, b}, new double[] {p0, p1});
  }

  @Override
  public void run(
      StridedArray out, StridedArray a, StridedArray b, StridedArray c, double p0, double p1) {
    run(new StridedArray[] {out}, new StridedArray[] {a, b, c}, new double[] {p0, p1});
  }

  @Override
  public void run(StridedArray[] outs, StridedArray[] ins, double[] parameters) {
    checkOperands(outs.length, ins.length, parameters.length);
    var shape = outs[0].layout().shape();
    var slots = new ArrayList<StridedArray>();
    try {
      for (var stage : stages) {
        var operands = withSlots(ins, slots);
        if (stage.slots().isEmpty()) {
          stage.kernel().run(outs, operands, parameters);
          return;
        }
        var results = new StridedArray[stage.slots().size()];
        for (int i = 0; i < results.length; i++) {
          int slot = stage.slots().get(i);
          if (slot == slots.size()) {
            slots.add(StridedArray.allocate(program().computeType(), shape));
          }
          results[i] = slots.get(slot);
        }
        stage.kernel().run(results, operands, parameters);
      }
    } finally {
      slots.forEach(StridedArray::close);
    }
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
    if (rows == 0 || columns == 0) {
      return;
    }
    var whole = outs[0].layout();
    var views = new ArrayList<StridedArray>();
    try {
      for (var out : outs) {
        views.add(rectangle(out, whole, matrix, row, column, rows, columns));
      }
      for (var in : ins) {
        views.add(rectangle(in, whole, matrix, row, column, rows, columns));
      }
      var operands = views.toArray(new StridedArray[0]);
      run(
          Arrays.copyOf(operands, outs.length),
          Arrays.copyOfRange(operands, outs.length, operands.length),
          parameters);
    } finally {
      views.forEach(StridedArray::close);
    }
  }

  /** Returns a view of a rectangle of one matrix, of an array that is broadcast to a layout. */
  private static StridedArray rectangle(
      StridedArray array,
      Layout whole,
      long matrix,
      long row,
      long column,
      long rows,
      long columns) {
    var layout = array.layout().expand(whole.shape());
    int rank = layout.rank();
    long offset = layout.offset();
    long rest = matrix;
    for (int axis = rank - 3; axis >= 0; axis--) {
      offset += rest % layout.size(axis) * layout.stride(axis);
      rest /= layout.size(axis);
    }
    long rowStride = rank > 1 ? layout.stride(rank - 2) : 0;
    long columnStride = layout.stride(rank - 1);
    offset += row * rowStride + column * columnStride;
    var view =
        Layout.strided(Shape.of(rows, columns), new long[] {rowStride, columnStride}, offset);
    return new StridedArray(array.storage().retain(), array.dtype(), view);
  }

  private static StridedArray[] withSlots(StridedArray[] ins, List<StridedArray> slots) {
    var operands = Arrays.copyOf(ins, ins.length + slots.size());
    for (int i = 0; i < slots.size(); i++) {
      operands[ins.length + i] = slots.get(i);
    }
    return operands;
  }

  @Override
  public void warmUp() {
    stages.forEach(stage -> stage.kernel().warmUp());
  }
}
