package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.onnx.OnnxGraph;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;

/** Convolutions of images, float32, as in the first layers of common networks. */
final class ConvolutionCases {

  /** Winograd's transforms cost some digits. */
  private static final double TOLERANCE = 5e-5;

  /** Forward, and backward to two operands. */
  private static final int PASSES = 3;

  /**
   * A shape.
   *
   * @param batch images
   * @param channels of each image
   * @param size rows and columns of each image
   * @param filters output channels
   * @param kernel rows and columns of the kernel
   * @param stride the kernel's step
   */
  record Shape(int batch, int channels, int size, int filters, int kernel, int stride) {

    int padding() {
      return kernel / 2;
    }

    int outputSize() {
      return (size + 2 * padding() - kernel) / stride + 1;
    }

    long[] output() {
      return new long[] {batch, filters, outputSize(), outputSize()};
    }

    Work work() {
      double outputs = (double) batch * filters * outputSize() * outputSize();
      double terms = (double) channels * kernel * kernel;
      double touched = outputs + (double) batch * channels * size * size + filters * terms;
      return new Work(2 * outputs * terms, touched * Float.BYTES, DType.FLOAT32);
    }

    String title() {
      return "conv %dx%d%s %dx%dx%d to %d, batch %d"
          .formatted(
              kernel,
              kernel,
              stride == 1 ? "" : "/" + stride,
              size,
              size,
              channels,
              filters,
              batch);
    }
  }

  private ConvolutionCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    for (int batch : new int[] {1, 8}) {
      cases.add(convolution(new Shape(batch, 64, 56, 64, 3, 1)));
      cases.add(convolution(new Shape(batch, 128, 28, 128, 3, 1)));
      cases.add(convolution(new Shape(batch, 3, 224, 64, 7, 2)));
    }
    cases.add(gradients(new Shape(8, 64, 56, 64, 3, 1)));
    cases.add(gradients(new Shape(8, 128, 28, 128, 3, 1)));
    cases.add(gradients(new Shape(8, 3, 224, 64, 7, 2)));
    return new Family("conv", "Convolutions, float32", List.copyOf(cases));
  }

  private static BenchmarkCase convolution(Shape shape) {
    int terms = shape.channels() * shape.kernel() * shape.kernel();
    return BenchmarkCase.named(shape.title())
        .target(Target.ofRatio(1))
        .work(shape.work())
        .tolerance(TOLERANCE)
        .inputs(
            Input.floats(shape.batch(), shape.channels(), shape.size(), shape.size()),
            Input.weights(terms, shape.filters(), shape.channels(), shape.kernel(), shape.kernel()))
        .gatun((_, operands) -> gatun(operands, shape))
        .peer(
            LibTorch.class,
            (library, operands) -> ConvolutionTorch.inference(library, operands, shape))
        .peer(
            LibTorch.class,
            "channels last",
            (library, operands) -> ConvolutionTorch.channelsLast(library, operands, shape))
        .peer(OnnxRuntime.class, (runtime, operands) -> onnx(runtime, operands, shape))
        .build();
  }

  /** The result, and the gradients of image and weights. */
  private static BenchmarkCase gradients(Shape shape) {
    int terms = shape.channels() * shape.kernel() * shape.kernel();
    var geometry = geometry(shape);
    var work = shape.work();
    return BenchmarkCase.named(shape.title() + ", with gradients")
        .thoroughOnly(true)
        .target(Target.ofRatio(1))
        .work(new Work(PASSES * work.flops(), PASSES * work.bytes(), work.dtype()))
        .tolerance(TOLERANCE)
        .inputs(
            Input.floats(shape.batch(), shape.channels(), shape.size(), shape.size()),
            Input.weights(terms, shape.filters(), shape.channels(), shape.kernel(), shape.kernel()),
            Input.floats(shape.output()))
        .gatun((_, operands) ->
            new GatunGradient(operands, 2, true, in -> in[0].conv2d(in[1], null, geometry)))
        .peer(
            LibTorch.class,
            (library, operands) -> ConvolutionTorch.gradients(library, operands, shape))
        .build();
  }

  private static ConvolutionGeometry geometry(Shape shape) {
    return ConvolutionGeometry.DEFAULT.stride(shape.stride()).padding(shape.padding());
  }

  private static Call gatun(Operands operands, Shape shape) {
    var geometry = geometry(shape);
    return GatunCall.into(
        operands,
        operands.allocate(DType.FLOAT32, shape.output()),
        (in, out) -> in[0].conv2dOut(in[1], null, geometry, out));
  }

  private static Call onnx(OnnxRuntime runtime, Operands operands, Shape shape) throws Exception {
    var weight = operands.input(1);
    long padding = shape.padding();
    var graph =
        new OnnxGraph()
            .constant("w", weight.toFloats(), weight.shape().toArray())
            .node(
                "Conv",
                List.of("x", "w"),
                "y",
                OnnxGraph.Attribute.of("pads", new long[] {padding, padding, padding, padding}),
                OnnxGraph.Attribute.of("strides", new long[] {shape.stride(), shape.stride()}));
    return OnnxCall.of(runtime, operands, graph, shape.output());
  }
}
