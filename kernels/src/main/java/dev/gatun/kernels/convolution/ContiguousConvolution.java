package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** The passes of convolutions of contiguous arrays, for one element type and one vector width. */
final class ContiguousConvolution {
  private final TileKernels kernels;
  private final ScratchPool<CorrelationScratch> correlationScratch =
      new ScratchPool<>(CorrelationScratch::new);
  private final ScratchPool<WeightGradientScratch> gradientScratch =
      new ScratchPool<>(WeightGradientScratch::new);
  private final ScratchPool<CorrelationTask> correlations;
  private final ScratchPool<WeightGradientTask> weightGradients;
  private final ScratchPool<TurnedWeights> turnedWeights = new ScratchPool<>(TurnedWeights::new);

  ContiguousConvolution(DType dtype, int vectorBits) {
    var tiles = new TileKernels(dtype, vectorBits);
    kernels = tiles;
    correlations = new ScratchPool<>(() -> new CorrelationTask(tiles, correlationScratch));
    weightGradients = new ScratchPool<>(() -> new WeightGradientTask(tiles, gradientScratch));
  }

  DType dtype() {
    return kernels.dtype;
  }

  void convolve(
      StridedArray out,
      StridedArray input,
      StridedArray weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    var task = correlations.take();
    try {
      setImages(task, out, input);
      task.factors = weight.segment();
      task.factorsOffset = weight.byteOffset();
      task.hasBias = bias != null;
      if (bias != null) {
        task.bias = bias.segment();
        task.biasOffset = bias.byteOffset();
        task.biasBytes = kernels.elementBytes;
      }
      task.groups = size(geometry.groups());
      task.groupChannels = axis(weight, 1);
      task.groupResults = axis(weight, 0) / task.groups;
      task.rowTaps.begin(size(geometry.strideHeight()));
      for (int i = 0; i < axis(weight, 2); i++) {
        task.rowTaps.add(size(i * geometry.dilationHeight() - geometry.paddingHeight()));
      }
      task.columnTaps.begin(size(geometry.strideWidth()));
      for (int j = 0; j < axis(weight, 3); j++) {
        task.columnTaps.add(size(j * geometry.dilationWidth() - geometry.paddingWidth()));
      }
      task.runAll();
    } finally {
      task.clear();
      correlations.giveBack(task);
    }
  }

  private void setImages(CorrelationTask task, StridedArray result, StridedArray image) {
    int bytes = kernels.elementBytes;
    task.batch = axis(image, 0);
    task.image = image.segment();
    task.imageOffset = image.byteOffset();
    task.imageRows = axis(image, 2);
    task.imageColumns = axis(image, 3);
    task.imageChannelBytes = (long) task.imageRows * task.imageColumns * bytes;
    task.imageBytes = axis(image, 1) * task.imageChannelBytes;
    task.result = result.segment();
    task.resultOffset = result.byteOffset();
    task.resultRows = axis(result, 2);
    task.resultColumns = axis(result, 3);
    task.resultColumnBytes = bytes;
    task.resultRowBytes = (long) task.resultColumns * bytes;
    task.resultChannelBytes = task.resultRows * task.resultRowBytes;
    task.resultImageBytes = axis(result, 1) * task.resultChannelBytes;
    task.hasBias = false;
  }

  /**
   * Computes the gradient of the image by what is left of its rows and columns modulo the strides:
   * each remainder sees some taps only, and sees neighbouring gradients with them.
   */
  void inputGradient(
      StridedArray inputGradient,
      StridedArray outputGradient,
      StridedArray weight,
      ConvolutionGeometry geometry) {
    int strideRows = size(geometry.strideHeight());
    int strideColumns = size(geometry.strideWidth());
    var task = correlations.take();
    var turned = turnedWeights.take();
    try {
      for (int rowRest = 0; rowRest < strideRows; rowRest++) {
        for (int columnRest = 0; columnRest < strideColumns; columnRest++) {
          setImages(task, inputGradient, outputGradient);
          task.resultOffset += rowRest * task.resultRowBytes + columnRest * task.resultColumnBytes;
          task.resultRows = Math.ceilDiv(task.resultRows - rowRest, strideRows);
          task.resultColumns = Math.ceilDiv(task.resultColumns - columnRest, strideColumns);
          task.resultRowBytes *= strideRows;
          task.resultColumnBytes *= strideColumns;
          task.groups = size(geometry.groups());
          task.groupChannels = axis(weight, 0) / task.groups;
          task.groupResults = axis(weight, 1);
          turned.chooseRows(geometry, rowRest, axis(weight, 2), task.rowTaps);
          turned.chooseColumns(geometry, columnRest, axis(weight, 3), task.columnTaps);
          task.factors = turned.write(weight, task.groups, kernels.elementBytes);
          task.factorsOffset = 0;
          task.runAll();
        }
      }
    } finally {
      task.clear();
      correlations.giveBack(task);
      turnedWeights.giveBack(turned);
    }
  }

  void weightGradient(
      StridedArray weightGradient,
      StridedArray outputGradient,
      StridedArray input,
      ConvolutionGeometry geometry) {
    var task = weightGradients.take();
    try {
      task.image = input.segment();
      task.imageOffset = input.byteOffset();
      task.imageRows = axis(input, 2);
      task.imageColumns = axis(input, 3);
      task.gradient = outputGradient.segment();
      task.gradientOffset = outputGradient.byteOffset();
      task.gradientRows = axis(outputGradient, 2);
      task.gradientColumns = axis(outputGradient, 3);
      task.result = weightGradient.segment();
      task.resultOffset = weightGradient.byteOffset();
      task.batch = axis(input, 0);
      task.groups = size(geometry.groups());
      task.groupChannels = axis(weightGradient, 1);
      task.groupResults = axis(weightGradient, 0) / task.groups;
      task.kernelRows = axis(weightGradient, 2);
      task.kernelColumns = axis(weightGradient, 3);
      task.strideRows = size(geometry.strideHeight());
      task.strideColumns = size(geometry.strideWidth());
      task.paddingRows = size(geometry.paddingHeight());
      task.paddingColumns = size(geometry.paddingWidth());
      task.dilationRows = size(geometry.dilationHeight());
      task.dilationColumns = size(geometry.dilationWidth());
      task.runAll();
    } finally {
      task.clear();
      weightGradients.giveBack(task);
    }
  }

  private static int axis(StridedArray array, int axis) {
    return size(array.layout().size(axis));
  }

  private static int size(long size) {
    return Math.toIntExact(size);
  }
}
