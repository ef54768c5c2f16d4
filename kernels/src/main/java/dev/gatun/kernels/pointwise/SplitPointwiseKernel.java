package dev.gatun.kernels.pointwise;

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
 * shared pool for the time of a run.
 */
final class SplitPointwiseKernel extends PointwiseKernel {
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /**
   * One stage.
   *
   * @param kernel computes it
   * @param slots for each output the slot it goes to; empty for the last stage
   */
  private record Stage(PointwiseKernel kernel, List<Integer> slots) {}

  private final List<Stage> stages;

  private SplitPointwiseKernel(PointwiseProgram program, List<Stage> stages) {
    super(program);
    this.stages = stages;
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
    int declared = program().inputTypes().size();
    if (ins.length != declared || outs.length != program().outputs().size()) {
      throw ScalarPointwiseKernel.operandMismatch(
          program(), outs.length, ins.length, parameters.length);
    }
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
