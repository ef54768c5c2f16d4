package dev.gatun.kernels.cuda;

import dev.gatun.kernels.index.Combination;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.StridedArray;

/** The kernels that move elements, on a device. */
final class CudaIndexKernels implements IndexKernels {
  private final ElementCopies copies;
  private final CudaGather gathers;
  private final CudaScatter scatters;
  private final CudaMasks masks;
  private final CudaPatterns patterns;

  CudaIndexKernels(Launcher launcher) {
    copies = new ElementCopies(launcher);
    gathers = new CudaGather(launcher);
    scatters = new CudaScatter(launcher);
    masks = new CudaMasks(launcher);
    patterns = new CudaPatterns(launcher);
  }

  @Override
  public void copy(StridedArray out, StridedArray in) {
    copies.copy(out, in);
  }

  @Override
  public void flip(StridedArray out, StridedArray in, int axis) {
    patterns.flip(out, in, axis);
  }

  @Override
  public void fill(StridedArray out, double value) {
    copies.fill(out, value);
  }

  @Override
  public void fill(StridedArray out, long value) {
    copies.fill(out, value);
  }

  @Override
  public void indexSelect(StridedArray out, StridedArray in, int axis, StridedArray index) {
    gathers.indexSelect(out, in, axis, index);
  }

  @Override
  public void indexAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    scatters.indexAdd(out, axis, index, source);
  }

  @Override
  public void indexCopy(StridedArray out, int axis, StridedArray index, StridedArray source) {
    scatters.indexCopy(out, axis, index, source);
  }

  @Override
  public void gather(StridedArray out, StridedArray in, int axis, StridedArray index) {
    gathers.gather(out, in, axis, index);
  }

  @Override
  public void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    scatters.scatter(out, axis, index, source);
  }

  @Override
  public void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    scatters.scatterAdd(out, axis, index, source);
  }

  @Override
  public void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    scatters.scatterCombine(out, axis, index, source, how);
  }

  @Override
  public long countNonzero(StridedArray in) {
    return masks.count(in);
  }

  @Override
  public void nonzero(StridedArray out, StridedArray in) {
    masks.positions(out, in);
  }

  @Override
  public void maskedSelect(StridedArray out, StridedArray in, StridedArray mask) {
    masks.select(out, in, mask);
  }

  @Override
  public void maskedScatter(StridedArray out, StridedArray mask, StridedArray source) {
    masks.scatter(out, mask, source);
  }

  @Override
  public void triangle(StridedArray out, StridedArray in, long diagonal, boolean upper) {
    patterns.triangle(out, in, diagonal, upper);
  }

  @Override
  public void oneHot(StridedArray out, StridedArray index) {
    patterns.oneHot(out, index);
  }

  @Override
  public void range(StridedArray out, double start, double step) {
    patterns.range(out, start, step);
  }
}
