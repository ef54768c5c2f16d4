package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolutions by libtorch, which makes its result: writing into a tensor there is would cost it a
 * copy.
 */
final class ConvolutionTorch {

  private static final long GROUPS = 1;
  private static final long[] DILATION = {1, 1};

  private ConvolutionTorch() {}

  static Call inference(LibTorch library, Operands operands, ConvolutionCases.Shape shape) {
    return new TorchMaking(library, operands, convolution(operands, shape));
  }

  /** Image and weights lie with the channels last, as libtorch's documentation advises. */
  static Call channelsLast(LibTorch library, Operands operands, ConvolutionCases.Shape shape) {
    var in = TorchCall.wrapAll(library, operands);
    var format = torch.MemoryFormat.ChannelsLast;
    var laidOut =
        new Tensor[] {
          operands.own(in[0].contiguous(format)), operands.own(in[1].contiguous(format))
        };
    var convolution = convolution(operands, shape);
    return new TorchMaking(library, operands, _ -> convolution.apply(laidOut));
  }

  static Call gradients(LibTorch library, Operands operands, ConvolutionCases.Shape shape) {
    return new TorchGradient(library, operands, 2, true, convolution(operands, shape));
  }

  private static Function<Tensor[], Tensor> convolution(
      Operands operands, ConvolutionCases.Shape shape) {
    var bias = operands.own(new TensorOptional());
    var stride = new long[] {shape.stride(), shape.stride()};
    var padding = new long[] {shape.padding(), shape.padding()};
    return in -> torch.conv2d(in[0], in[1], bias, stride, padding, DILATION, GROUPS);
  }
}
