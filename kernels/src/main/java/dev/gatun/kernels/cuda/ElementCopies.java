package dev.gatun.kernels.cuda;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies between any two layouts and element types of a device, and fills: pointwise kernels of a
 * formula that does nothing, and the driver's own copy where elements lie alike.
 */
final class ElementCopies {
  private static final DType[] TYPES = DType.values();

  private final Launcher launcher;

  /** By the type written and the type read. Racing threads make equal ones. */
  private final @Nullable CudaPointwiseKernel[] copies =
      new @Nullable CudaPointwiseKernel[TYPES.length * TYPES.length];

  private final @Nullable CudaPointwiseKernel[] fills =
      new @Nullable CudaPointwiseKernel[TYPES.length];
  private final @Nullable CudaPointwiseKernel[] wholeFills =
      new @Nullable CudaPointwiseKernel[TYPES.length];

  ElementCopies(Launcher launcher) {
    this.launcher = launcher;
  }

  void copy(StridedArray out, StridedArray in) {
    if (out.dtype() == in.dtype()
        && out.layout().isContiguous()
        && in.layout().isContiguous()
        && out.layout().numel() == in.layout().numel()) {
      launcher.copy(out, in);
      return;
    }
    int index = out.dtype().ordinal() * TYPES.length + in.dtype().ordinal();
    var kernel = copies[index];
    if (kernel == null) {
      kernel = new CudaPointwiseKernel(launcher, conversion(out.dtype(), in.dtype()));
      copies[index] = kernel;
    }
    kernel.run(out, in, 0, 0);
  }

  /** The program of a copy. */
  static PointwiseProgram conversion(DType to, DType from) {
    return new PointwiseProgram(
        "copy_" + from + "_to_" + to,
        List.of(Expression.input(0)),
        List.of(to),
        List.of(from),
        PointwiseProgram.computeType(from));
  }

  /** A number is converted from double: fractions to integers are cut, and then keep low bits. */
  void fill(StridedArray out, double value) {
    int index = out.dtype().ordinal();
    var kernel = fills[index];
    if (kernel == null) {
      kernel = new CudaPointwiseKernel(launcher, filling(out.dtype(), DType.FLOAT64));
      fills[index] = kernel;
    }
    kernel.run(out, value);
  }

  void fill(StridedArray out, long value) {
    int index = out.dtype().ordinal();
    var kernel = wholeFills[index];
    if (kernel == null) {
      kernel = new CudaPointwiseKernel(launcher, filling(out.dtype(), DType.INT64));
      wholeFills[index] = kernel;
    }
    kernel.run(out, value);
  }

  /** The program of a fill with a number of a type. */
  static PointwiseProgram filling(DType type, DType computeType) {
    return new PointwiseProgram(
        "fill_" + type + "_with_" + computeType,
        List.of(Expression.parameter(0)),
        List.of(type),
        List.of(),
        computeType);
  }
}
