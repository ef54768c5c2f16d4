package dev.gatun.kernels.convolution;

import dev.gatun.kernels.index.StridedIndexing;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions computed with vectors of one width.
 *
 * <p>This class may only be touched where the module {@code jdk.incubator.vector} is present.
 */
public final class VectorConvolution implements ConvolutionKernels {
  private final ContiguousConvolution singles;
  private final ContiguousConvolution doubles;

  /**
   * Makes the kernels for a width.
   *
   * @param vectorBits the width of a vector in bits: 128, 256 or 512
   */
  public VectorConvolution(int vectorBits) {
    singles = new ContiguousConvolution(DType.FLOAT32, vectorBits);
    doubles = new ContiguousConvolution(DType.FLOAT64, vectorBits);
  }

  /** Returns the kernels of an element type; half precision is computed in float32. */
  private ContiguousConvolution kernels(StridedArray out) {
    return out.dtype() == DType.FLOAT64 ? doubles : singles;
  }

  @Override
  public void convolve(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    if (out.layout().numel() == 0) {
      return;
    }
    var kernels = kernels(out);
    DType dtype = kernels.dtype();
    if (suits(out, dtype) && suits(input, dtype) && suits(weight, dtype) && suits(bias, dtype)) {
      kernels.convolve(out, input, weight, bias, geometry);
      return;
    }
    try (var result = StridedArray.allocate(dtype, out.layout().shape());
        var image = copy(input, dtype);
        var factors = copy(weight, dtype);
        var addend = bias == null ? null : copy(bias, dtype)) {
      kernels.convolve(result, image, factors, addend, geometry);
      StridedIndexing.instance().copy(out, result);
    }
  }

  @Override
  public long preparedElements(
      DType dtype, Shape input, Shape weight, ConvolutionGeometry geometry) {
    return dtype == singles.dtype() ? singles.preparedElements(input, weight, geometry) : 0;
  }

  @Override
  public void prepareWeights(
      StridedArray prepared, StridedArray weight, ConvolutionGeometry geometry) {
    DType dtype = singles.dtype();
    if (suits(weight, dtype)) {
      singles.prepareWeights(prepared, weight, geometry);
      return;
    }
    try (var factors = copy(weight, dtype)) {
      singles.prepareWeights(prepared, factors, geometry);
    }
  }

  @Override
  public void convolvePrepared(
      StridedArray out,
      StridedArray input,
      StridedArray prepared,
      Shape weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    if (out.layout().numel() == 0) {
      return;
    }
    DType dtype = singles.dtype();
    if (suits(out, dtype) && suits(input, dtype) && suits(bias, dtype)) {
      singles.convolvePrepared(out, input, prepared, weight, bias, geometry);
      return;
    }
    try (var result = StridedArray.allocate(dtype, out.layout().shape());
        var image = copy(input, dtype);
        var addend = bias == null ? null : copy(bias, dtype)) {
      singles.convolvePrepared(result, image, prepared, weight, addend, geometry);
      StridedIndexing.instance().copy(out, result);
    }
  }

  @Override
  public void inputGradient(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry) {
    if (inputGradient.layout().numel() == 0) {
      return;
    }
    var kernels = kernels(inputGradient);
    DType dtype = kernels.dtype();
    if (suits(inputGradient, dtype) && suits(outputGradient, dtype) && suits(weight, dtype)) {
      kernels.inputGradient(inputGradient, outputGradient, weight, geometry);
      return;
    }
    try (var result = StridedArray.allocate(dtype, inputGradient.layout().shape());
        var gradient = copy(outputGradient, dtype);
        var factors = copy(weight, dtype)) {
      kernels.inputGradient(result, gradient, factors, geometry);
      StridedIndexing.instance().copy(inputGradient, result);
    }
  }

  @Override
  public void weightGradient(
      StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry) {
    if (weightGradient.layout().numel() == 0) {
      return;
    }
    var kernels = kernels(weightGradient);
    DType dtype = kernels.dtype();
    if (suits(weightGradient, dtype) && suits(outputGradient, dtype) && suits(input, dtype)) {
      kernels.weightGradient(weightGradient, outputGradient, input, geometry);
      return;
    }
    try (var result = StridedArray.allocate(dtype, weightGradient.layout().shape());
        var gradient = copy(outputGradient, dtype);
        var image = copy(input, dtype)) {
      kernels.weightGradient(result, gradient, image, geometry);
      StridedIndexing.instance().copy(weightGradient, result);
    }
  }

  @Override
  public void warmUp(DType dtype) {
    (dtype == doubles.dtype() ? doubles : singles).warmUp();
  }

  private static boolean suits(@Nullable StridedArray array, DType dtype) {
    return array == null || (array.dtype() == dtype && array.layout().isContiguous());
  }

  private static StridedArray copy(StridedArray array, DType dtype) {
    var copy = StridedArray.allocate(dtype, array.layout().shape());
    StridedIndexing.instance().copy(copy, array);
    return copy;
  }
}
