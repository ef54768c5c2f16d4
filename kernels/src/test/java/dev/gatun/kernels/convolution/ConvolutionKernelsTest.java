package dev.gatun.kernels.convolution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.kernels.Workers;
import dev.gatun.kernels.cuda.CudaOnHost;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestScope.class)
class ConvolutionKernelsTest {
  /** One convolution: sizes and how the kernel moves. */
  private record Case(
      long batch,
      long channels,
      long results,
      long height,
      long width,
      long kernelHeight,
      long kernelWidth,
      ConvolutionGeometry geometry) {

    StridedArray images(Kind kind, DType dtype, Random random) {
      return uniform(kind, dtype, random, batch, channels, height, width);
    }

    StridedArray weights(Kind kind, DType dtype, Random random) {
      return uniform(
          kind, dtype, random, results, channels / geometry.groups(), kernelHeight, kernelWidth);
    }

    long outputHeight() {
      return geometry.outputHeight(height, kernelHeight);
    }

    long outputWidth() {
      return geometry.outputWidth(width, kernelWidth);
    }

    StridedArray gradients(Kind kind, DType dtype, Random random) {
      return uniform(kind, dtype, random, batch, results, outputHeight(), outputWidth());
    }

    /** The most products in a sum of the given pass. */
    long terms(int pass) {
      return switch (pass) {
        case 0 -> channels / geometry.groups() * kernelHeight * kernelWidth;
        case 1 -> results / geometry.groups() * kernelHeight * kernelWidth;
        default -> batch * outputHeight() * outputWidth();
      };
    }
  }

  private static StridedArray uniform(Kind kind, DType dtype, Random random, long... sizes) {
    return Layouts.filled(kind, dtype, () -> random.nextDouble(-1, 1), sizes);
  }

  private static final ConvolutionGeometry PLAIN = ConvolutionGeometry.DEFAULT;

  private static final List<Case> CASES =
      List.of(
          new Case(1, 1, 1, 1, 1, 1, 1, PLAIN),
          new Case(2, 3, 5, 6, 7, 3, 3, PLAIN),
          new Case(2, 3, 5, 6, 7, 3, 3, PLAIN.padding(1)),
          new Case(1, 16, 16, 14, 14, 3, 3, PLAIN.padding(1)),
          new Case(2, 20, 13, 9, 11, 3, 3, PLAIN.padding(1)),
          new Case(1, 32, 40, 28, 28, 3, 3, PLAIN.padding(1)),
          new Case(1, 3, 16, 32, 33, 7, 7, PLAIN.stride(2).padding(3)),
          new Case(3, 8, 12, 10, 9, 1, 1, PLAIN),
          new Case(2, 64, 24, 16, 16, 1, 1, PLAIN),
          new Case(2, 8, 12, 10, 9, 1, 1, PLAIN.stride(2)),
          new Case(1, 4, 6, 12, 12, 3, 3, PLAIN.dilation(2).padding(2)),
          new Case(2, 4, 6, 11, 13, 3, 2, PLAIN.dilation(2, 3).stride(2, 3).padding(2, 1)),
          new Case(2, 6, 9, 8, 8, 3, 3, PLAIN.groups(3).padding(1)),
          new Case(2, 6, 6, 8, 8, 3, 3, PLAIN.groups(6).stride(2).padding(1)),
          new Case(1, 2, 3, 5, 5, 5, 5, PLAIN.padding(4)),
          new Case(1, 2, 3, 4, 40, 2, 5, PLAIN.stride(3, 4).padding(0, 2)),
          new Case(1, 5, 7, 3, 3, 3, 3, PLAIN),
          new Case(1, 2, 2, 9, 9, 2, 2, PLAIN.stride(3)),
          new Case(0, 2, 3, 4, 4, 3, 3, PLAIN),
          new Case(2, 70, 70, 7, 7, 3, 3, PLAIN.padding(1)),
          new Case(4, 40, 24, 33, 35, 3, 3, PLAIN.padding(1)),
          new Case(2, 32, 64, 30, 17, 3, 3, PLAIN.padding(0, 2)),
          new Case(2, 64, 32, 20, 56, 3, 3, PLAIN.padding(1).groups(2)),
          new Case(5, 3, 64, 20, 20, 5, 5, PLAIN.padding(2)),
          new Case(2, 3, 64, 64, 64, 7, 7, PLAIN.stride(2).padding(3)),
          new Case(1, 3, 13, 75, 90, 7, 7, PLAIN.stride(2).padding(3)),
          new Case(2, 6, 28, 40, 37, 7, 7, PLAIN.groups(2).stride(2).padding(2, 3)),
          new Case(1, 2, 20, 30, 66, 8, 8, PLAIN.stride(2, 2).dilation(3, 1).padding(4)),
          new Case(2, 16, 6, 33, 30, 4, 4, PLAIN.padding(2)),
          new Case(1, 16, 5, 50, 70, 8, 8, PLAIN.stride(2).padding(3)),
          new Case(1, 24, 14, 40, 50, 3, 3, PLAIN.padding(1)),
          new Case(1, 4, 16, 20, 51, 3, 4, PLAIN.stride(3, 1)));

  static Stream<Case> cases() {
    return CASES.stream();
  }

  private static void run(
      KernelProvider provider,
      int pass,
      StridedArray images,
      StridedArray weights,
      StridedArray bias,
      StridedArray gradients,
      ConvolutionGeometry geometry) {
    var kernels = provider.convolutions();
    switch (pass) {
      case 0 -> kernels.convolve(gradients, images, weights, bias, geometry);
      case 1 -> kernels.inputGradient(images, gradients, weights, geometry);
      default -> kernels.weightGradient(weights, gradients, images, geometry);
    }
  }

  private static StridedArray result(
      int pass, StridedArray images, StridedArray weights, StridedArray gradients) {
    return switch (pass) {
      case 0 -> gradients;
      case 1 -> images;
      default -> weights;
    };
  }

  private static void compare(Case test, Kind kind, DType dtype) {
    for (int pass = 0; pass < 3; pass++) {
      var random = new Random(7);
      var images = test.images(kind, dtype, random);
      var weights = test.weights(kind, dtype, random);
      var bias = uniform(Kind.CONTIGUOUS, dtype, random, test.results);
      var gradients = test.gradients(kind, dtype, random);
      var geometry = test.geometry;
      var result = result(pass, images, weights, gradients);
      run(ScalarProvider.instance(), pass, images, weights, bias, gradients, geometry);
      double[] expected = Layouts.values(result);
      for (int width : VectorProvider.availableWidths()) {
        dtypeFill(result);
        run(VectorProvider.ofWidth(width), pass, images, weights, bias, gradients, geometry);
        double[] actual = Layouts.values(result);
        String what = test + " " + kind + " " + dtype + " pass " + pass + " bits " + width;
        for (int i = 0; i < expected.length; i++) {
          double tolerance = tolerance(dtype, test.terms(pass), expected[i]);
          assertEquals(expected[i], actual[i], tolerance, what + " element " + i);
        }
      }
    }
  }

  private static void dtypeFill(StridedArray result) {
    for (long i = 0; i < result.layout().numel(); i++) {
      result.dtype().setDouble(result.segment(), Layouts.offset(result, i), Double.NaN);
    }
  }

  /** Errors of a sum of products of numbers from -1 to 1 grow like the root of their number. */
  private static double tolerance(DType dtype, long terms, double expected) {
    double root = Math.sqrt(terms + 1.0);
    return switch (dtype) {
      case FLOAT64 -> 1e-15 * (8 * root + Math.abs(expected));
      case FLOAT32 -> 6e-7 * (8 * root + Math.abs(expected));
      case FLOAT16 -> 1e-3 * (0.5 + Math.abs(expected)) + 1e-6 * root;
      default -> 8e-3 * (0.5 + Math.abs(expected)) + 1e-6 * root;
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allPassesAgreeWithTheDefinition(Case test) {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      compare(test, Kind.CONTIGUOUS, dtype);
    }
  }

  @Test
  void anyLayoutAndHalfPrecisionAreAllowed() {
    var test = new Case(2, 4, 6, 7, 8, 3, 3, PLAIN.padding(1).stride(2));
    for (Kind kind : new Kind[] {Kind.OFFSET, Kind.SLICED, Kind.TRANSPOSED}) {
      compare(test, kind, DType.FLOAT32);
      compare(test, kind, DType.FLOAT64);
    }
    compare(test, Kind.CONTIGUOUS, DType.FLOAT16);
    compare(test, Kind.CONTIGUOUS, DType.BFLOAT16);
  }

  @Test
  void positionsThatNoTapSeesAndImagesWithoutChannelsGiveZeros() {
    for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
      for (KernelProvider provider : CudaOnHost.andProviders()) {
        var kernels = provider.convolutions();
        var strided = PLAIN.padding(1).stride(2);
        var weight = Layouts.gaussian(Kind.CONTIGUOUS, dtype, 16, 16, 1, 1);
        var gradient = Layouts.gaussian(Kind.CONTIGUOUS, dtype, 2, 16, 9, 9);
        var back = Layouts.filled(Kind.CONTIGUOUS, dtype, () -> Double.NaN, 2, 16, 15, 15);
        kernels.inputGradient(back, gradient, weight, strided);
        double[] values = Layouts.values(back);
        for (int at = 0; at < values.length; at++) {
          boolean isSeen = at / 15 % 15 % 2 == 1 && at % 15 % 2 == 1;
          assertEquals(isSeen, values[at] != 0, provider.name() + " at " + at);
        }
        var nothing = Layouts.allocate(Kind.CONTIGUOUS, dtype, 2, 0, 15, 15);
        var noTaps = Layouts.allocate(Kind.CONTIGUOUS, dtype, 16, 0, 1, 1);
        var out = Layouts.filled(Kind.CONTIGUOUS, dtype, () -> Double.NaN, 2, 16, 15, 15);
        kernels.convolve(out, nothing, noTaps, null, PLAIN);
        assertArrayEquals(new double[values.length], Layouts.values(out), provider.name());
      }
    }
  }

  @Test
  void warmingUpIsPossibleForEveryType() {
    for (KernelProvider provider : CudaOnHost.andProviders()) {
      for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16}) {
        provider.convolutions().warmUp(dtype);
      }
    }
  }

  @Test
  void theDefinitionGivesNumbersComputedByHand() {
    double[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    int[] next = {0};
    var images = Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT32, () -> image[next[0]++], 1, 1, 3, 3);
    double[] kernel = {1, 2, 3, 4};
    next[0] = 0;
    var weights =
        Layouts.filled(Kind.CONTIGUOUS, DType.FLOAT32, () -> kernel[next[0]++], 1, 1, 2, 2);
    for (KernelProvider provider : CudaOnHost.andProviders()) {
      var kernels = provider.convolutions();
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 2, 2);
      kernels.convolve(out, images, weights, null, PLAIN);
      assertArrayEquals(new double[] {37, 47, 67, 77}, Layouts.values(out), provider.name());
      var back = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 3, 3);
      kernels.inputGradient(back, weights, weights, PLAIN);
      assertArrayEquals(
          new double[] {1, 4, 4, 6, 20, 16, 9, 24, 16}, Layouts.values(back), provider.name());
      var gradient = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, 1, 1, 2, 2);
      kernels.weightGradient(gradient, weights, images, PLAIN);
      assertArrayEquals(new double[] {37, 47, 67, 77}, Layouts.values(gradient), provider.name());
    }
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    int before = Workers.threads();
    try {
      for (Case test : CASES) {
        for (int pass = 0; pass < 3; pass++) {
          double[] expected = null;
          for (int threads : new int[] {1, 2, 5}) {
            Workers.setThreads(threads);
            var random = new Random(7);
            var images = test.images(Kind.CONTIGUOUS, DType.FLOAT32, random);
            var weights = test.weights(Kind.CONTIGUOUS, DType.FLOAT32, random);
            var bias = uniform(Kind.CONTIGUOUS, DType.FLOAT32, random, test.results);
            var gradients = test.gradients(Kind.CONTIGUOUS, DType.FLOAT32, random);
            int width = VectorProvider.availableWidths().getLast();
            run(
                VectorProvider.ofWidth(width),
                pass,
                images,
                weights,
                bias,
                gradients,
                test.geometry);
            double[] actual = Layouts.values(result(pass, images, weights, gradients));
            if (expected == null) {
              expected = actual;
            }
            assertArrayEquals(expected, actual, test + " pass " + pass + " threads " + threads);
          }
        }
      }
    } finally {
      Workers.setThreads(before);
    }
  }
}
