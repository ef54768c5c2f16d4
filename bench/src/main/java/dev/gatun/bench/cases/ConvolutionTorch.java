package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A convolution by libtorch, which makes its result: writing into a tensor there is would cost it a
 * copy. Image and weights may lie with the channels last, as its documentation advises.
 */
final class ConvolutionTorch implements Call {

  private static final long GROUPS = 1;
  private static final long[] DILATION = {1, 1};

  private final Tensor image;
  private final Tensor weight;
  private final TensorOptional bias;
  private final long[] stride;
  private final long[] padding;
  private @Nullable InferenceMode mode;

  ConvolutionTorch(
      LibTorch library, Operands operands, ConvolutionCases.Shape shape, boolean channelsLast) {
    var in = TorchCall.wrapAll(library, operands);
    var format = torch.MemoryFormat.ChannelsLast;
    image = channelsLast ? operands.own(in[0].contiguous(format)) : in[0];
    weight = channelsLast ? operands.own(in[1].contiguous(format)) : in[1];
    bias = operands.own(new TensorOptional());
    stride = new long[] {shape.stride(), shape.stride()};
    padding = new long[] {shape.padding(), shape.padding()};
  }

  private Tensor compute() {
    return torch.conv2d(image, weight, bias, stride, padding, DILATION, GROUPS);
  }

  @Override
  public void run() {
    compute().close();
  }

  @Override
  public double[] result() {
    try (var computed = compute();
        var contiguous = computed.contiguous()) {
      return Results.of(contiguous);
    }
  }

  @Override
  public void enter() {
    mode = new InferenceMode(true);
  }

  @Override
  public void leave() {
    if (mode != null) {
      mode.close();
      mode = null;
    }
  }
}
