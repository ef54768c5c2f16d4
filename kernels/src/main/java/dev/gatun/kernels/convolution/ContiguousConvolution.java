package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchPool;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/** The passes of convolutions of contiguous arrays, for one element type and one vector width. */
final class ContiguousConvolution {
  private final TileKernels kernels;
  private final CorrelationScratchPools correlationScratch = new CorrelationScratchPools();
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
      setImages(task.call, out, input);
      setBias(task.call, bias);
      setKernel(task.call, weight.layout().shape(), geometry);
      task.call.setFactors(weight.segment(), weight.byteOffset(), kernels.elementBytes);
      task.prepare();
      task.runAll();
    } finally {
      task.call.clear();
      correlations.giveBack(task);
    }
  }

  long preparedElements(Shape input, Shape weight, ConvolutionGeometry geometry) {
    var task = correlations.take();
    try {
      setKernel(task.call, weight, geometry);
      task.call.batch = input.size(0);
      task.call.resultRows = size(geometry.outputHeight(input.size(2), weight.size(2)));
      task.call.resultColumns = size(geometry.outputWidth(input.size(3), weight.size(3)));
      task.prepare();
      return task.preparedElements();
    } finally {
      correlations.giveBack(task);
    }
  }

  void prepareWeights(StridedArray prepared, StridedArray weight, ConvolutionGeometry geometry) {
    var task = correlations.take();
    try {
      setKernel(task.call, weight.layout().shape(), geometry);
      task.call.setFactors(weight.segment(), weight.byteOffset(), kernels.elementBytes);
      task.prepare();
      checkPrepared("prepareWeights", prepared, task.preparableElements());
      task.prepareFactors(prepared.segment(), prepared.byteOffset());
    } finally {
      task.call.clear();
      correlations.giveBack(task);
    }
  }

  void convolvePrepared(
      StridedArray out,
      StridedArray input,
      StridedArray prepared,
      Shape weight,
      @Nullable StridedArray bias,
      ConvolutionGeometry geometry) {
    var task = correlations.take();
    try {
      setImages(task.call, out, input);
      setBias(task.call, bias);
      setKernel(task.call, weight, geometry);
      task.prepare();
      checkPrepared("convolvePrepared", prepared, task.preparedElements());
      task.call.prepared = prepared.segment();
      task.call.preparedOffset = prepared.byteOffset();
      task.call.isPrepared = true;
      task.runAll();
    } finally {
      task.call.clear();
      correlations.giveBack(task);
    }
  }

  private void checkPrepared(String name, StridedArray prepared, long elements) {
    if (elements == 0) {
      throw new ArgumentException(name + ": weights of such convolutions are used as they are");
    }
    var layout = prepared.layout();
    if (prepared.dtype() != kernels.dtype || !layout.isContiguous() || layout.numel() != elements) {
      throw new ArgumentException(
          "%s: %s %s given for prepared weights: %d contiguous elements of %s are needed"
              .formatted(name, prepared.dtype(), layout, elements, kernels.dtype));
    }
  }

  private void setBias(Correlation call, @Nullable StridedArray bias) {
    call.hasBias = bias != null;
    if (bias != null) {
      call.bias = bias.segment();
      call.biasOffset = bias.byteOffset();
      call.biasBytes = kernels.elementBytes;
    }
  }

  private static void setKernel(Correlation call, Shape weight, ConvolutionGeometry geometry) {
    call.groups = size(geometry.groups());
    call.groupChannels = size(weight.size(1));
    call.groupResults = size(weight.size(0)) / call.groups;
    call.rowTaps.begin(size(geometry.strideHeight()));
    for (int i = 0; i < weight.size(2); i++) {
      call.rowTaps.add(size(i * geometry.dilationHeight() - geometry.paddingHeight()));
    }
    call.columnTaps.begin(size(geometry.strideWidth()));
    for (int j = 0; j < weight.size(3); j++) {
      call.columnTaps.add(size(j * geometry.dilationWidth() - geometry.paddingWidth()));
    }
  }

  private void setImages(Correlation call, StridedArray result, StridedArray image) {
    int bytes = kernels.elementBytes;
    call.batch = axis(image, 0);
    call.image = image.segment();
    call.imageOffset = image.byteOffset();
    call.imageRows = axis(image, 2);
    call.imageColumns = axis(image, 3);
    call.imageChannelBytes = (long) call.imageRows * call.imageColumns * bytes;
    call.imageBytes = axis(image, 1) * call.imageChannelBytes;
    call.result = result.segment();
    call.resultOffset = result.byteOffset();
    call.resultRows = axis(result, 2);
    call.resultColumns = axis(result, 3);
    call.resultColumnBytes = bytes;
    call.resultRowBytes = (long) call.resultColumns * bytes;
    call.resultChannelBytes = call.resultRows * call.resultRowBytes;
    call.resultImageBytes = axis(result, 1) * call.resultChannelBytes;
    call.hasBias = false;
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
    var call = task.call;
    var turned = turnedWeights.take();
    try {
      for (int rowRest = 0; rowRest < strideRows; rowRest++) {
        for (int columnRest = 0; columnRest < strideColumns; columnRest++) {
          setImages(call, inputGradient, outputGradient);
          call.resultOffset += rowRest * call.resultRowBytes + columnRest * call.resultColumnBytes;
          call.resultRows = Math.ceilDiv(call.resultRows - rowRest, strideRows);
          call.resultColumns = Math.ceilDiv(call.resultColumns - columnRest, strideColumns);
          call.resultRowBytes *= strideRows;
          call.resultColumnBytes *= strideColumns;
          call.groups = size(geometry.groups());
          call.groupChannels = axis(weight, 0) / call.groups;
          call.groupResults = axis(weight, 1);
          turned.chooseRows(geometry, rowRest, axis(weight, 2), call.rowTaps);
          turned.chooseColumns(geometry, columnRest, axis(weight, 3), call.columnTaps);
          task.prepare();
          if (task.takesGaps()) {
            setTurnedFactors(call, weight);
          } else {
            var factors = turned.write(weight, call.groups, kernels.elementBytes);
            call.setFactors(factors, 0, kernels.elementBytes);
          }
          task.runAll();
        }
      }
    } finally {
      call.clear();
      correlations.giveBack(task);
      turnedWeights.giveBack(turned);
    }
  }

  /** Exchanges the channel axes of weights by exchanging their strides. */
  private void setTurnedFactors(Correlation call, StridedArray weight) {
    call.factors = weight.segment();
    call.factorsOffset = weight.byteOffset();
    call.factorRowBytes = weight.layout().size(2) * weight.layout().size(3) * kernels.elementBytes;
    call.factorChannelBytes = call.groupResults * call.factorRowBytes;
    call.factorGroupBytes = call.groupChannels * call.factorChannelBytes;
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

  void warmUp() {
    kernels.warmUp();
  }

  private static int axis(StridedArray array, int axis) {
    return size(array.layout().size(axis));
  }

  private static int size(long size) {
    return Math.toIntExact(size);
  }
}
