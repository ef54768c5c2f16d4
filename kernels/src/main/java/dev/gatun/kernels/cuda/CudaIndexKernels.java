package dev.gatun.kernels.cuda;

import dev.gatun.kernels.index.Combination;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.StridedArray;

/** The kernels that move elements, on a device. */
final class CudaIndexKernels implements IndexKernels {
  private final DeviceContext context;
  private final ElementCopies copies;

  CudaIndexKernels(DeviceContext context) {
    this.context = context;
    copies = new ElementCopies(context);
  }

  private DeviceException absent(String kernel) {
    return AbsentKernels.refusal("indexing (" + kernel + ")", context.device());
  }

  @Override
  public void copy(StridedArray out, StridedArray in) {
    copies.copy(out, in);
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
    throw absent("indexSelect");
  }

  @Override
  public void indexAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    throw absent("indexAdd");
  }

  @Override
  public void indexCopy(StridedArray out, int axis, StridedArray index, StridedArray source) {
    throw absent("indexCopy");
  }

  @Override
  public void gather(StridedArray out, StridedArray in, int axis, StridedArray index) {
    throw absent("gather");
  }

  @Override
  public void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    throw absent("scatter");
  }

  @Override
  public void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    throw absent("scatterAdd");
  }

  @Override
  public void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    throw absent("scatterCombine");
  }

  @Override
  public long countNonzero(StridedArray in) {
    throw absent("countNonzero");
  }

  @Override
  public void nonzero(StridedArray out, StridedArray in) {
    throw absent("nonzero");
  }

  @Override
  public void maskedSelect(StridedArray out, StridedArray in, StridedArray mask) {
    throw absent("maskedSelect");
  }

  @Override
  public void maskedScatter(StridedArray out, StridedArray mask, StridedArray source) {
    throw absent("maskedScatter");
  }

  @Override
  public void triangle(StridedArray out, StridedArray in, long diagonal, boolean upper) {
    throw absent("triangle");
  }

  @Override
  public void oneHot(StridedArray out, StridedArray index) {
    throw absent("oneHot");
  }

  @Override
  public void range(StridedArray out, double start, double step) {
    throw absent("range");
  }
}
