package dev.gatun.kernels.record;

import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.StridedArray;

/** An elementwise kernel that runs and takes notes, where its thread records; else it just runs. */
final class RecordingPointwiseKernel extends PointwiseKernel {
  private final PointwiseKernel real;

  RecordingPointwiseKernel(PointwiseKernel real) {
    super(real.program());
    this.real = real;
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
    Recording recording = Recording.takingNotes();
    if (recording == null) {
      real.run(outs, ins, parameters);
    } else {
      recording.run(real, outs, ins, parameters);
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
    if (Recording.takingNotes() != null) {
      throw new PlanException(
          program().name() + ": a run over part of a matrix is recorded as an epilogue alone");
    }
    real.runRectangle(outs, ins, parameters, matrix, row, column, rows, columns);
  }

  /** The kernel behind one that takes notes; any other is itself. */
  static PointwiseKernel real(PointwiseKernel kernel) {
    return kernel instanceof RecordingPointwiseKernel recording ? recording.real : kernel;
  }

  @Override
  public void warmUp() {
    real.warmUp();
  }
}
