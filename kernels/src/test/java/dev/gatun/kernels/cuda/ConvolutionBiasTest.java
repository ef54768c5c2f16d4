package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.memory.DType;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows a convolution of cuDNN's that cannot take the bias with it. */
class ConvolutionBiasTest {
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"CONTIGUOUS", "TRANSPOSED", "SLICED", "OFFSET"})
  void isAddedToEachChannel(Kind kind) {
    assumeTrue(HostCompiler.isAvailable(), "there is no gcc");
    var random = new Random(7);
    for (var type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      var out = Layouts.filled(kind, type, () -> random.nextInt(100), 2, 3, 4, 5);
      var bias = Layouts.filled(Kind.CONTIGUOUS, type, () -> random.nextInt(100), 3);
      double[] expected = Layouts.values(out);
      double[] each = Layouts.values(bias);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += each[i / 20 % 3];
      }
      var launcher = HostLauncher.instance();
      new CudaConvolutionKernels(launcher, new CudaMatmulKernels(launcher, null), null)
          .addBias(out, bias);
      assertArrayEquals(expected, Layouts.values(out));
    }
  }
}
