package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Where a branch is not taken, the gradient that arrives is left out, not multiplied by 0: NaN and
 * infinities stop there.
 */
class GradientMaskTest {
  private static final double[] ARRIVING = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };

  /** What has no slope, and where. */
  private static Map<UnaryOperator<Tensor>, double[]> flat() {
    Map<UnaryOperator<Tensor>, double[]> all = new LinkedHashMap<>();
    all.put(x -> x.relu(), new double[] {-1, 0, -0.0, Double.NEGATIVE_INFINITY});
    all.put(x -> x.relu6(), new double[] {-1, 0, 6, 7, Double.POSITIVE_INFINITY});
    all.put(x -> x.hardtanh(-1, 2), new double[] {-1.5, -1, 2, 3});
    all.put(x -> x.clamp(-1, 2), new double[] {-1.5, 2.5, Double.POSITIVE_INFINITY});
    all.put(x -> x.clampMin(0), new double[] {-1});
    all.put(x -> x.clampMax(0), new double[] {1});
    all.put(x -> x.threshold(1, 5), new double[] {0.5, 1});
    all.put(x -> x.hardshrink(1), new double[] {0.5, -1, 0});
    all.put(x -> x.softshrink(1), new double[] {0.5, -1, 0});
    all.put(x -> x.hardsigmoid(), new double[] {-4, 4});
    all.put(x -> x.hardswish(), new double[] {-4, -3});
    all.put(x -> x.maximum(Gatun.zerosLike(x)), new double[] {-1});
    all.put(x -> x.minimum(Gatun.zerosLike(x)), new double[] {1});
    all.put(x -> x.fmax(Gatun.zerosLike(x)), new double[] {-1});
    all.put(x -> x.fmin(Gatun.zerosLike(x)), new double[] {1});
    all.put(x -> x.maskedFill(x.lt(0), 1), new double[] {-1});
    all.put(x -> Gatun.where(x.lt(0), Gatun.zerosLike(x), x), new double[] {-1});
    all.put(x -> Gatun.full(x.dtype(), x.shape(), 2).prelu(x.mean()), new double[] {1});
    return all;
  }

  private static List<KernelProvider> providers() {
    List<KernelProvider> providers = new ArrayList<>(List.of(ScalarProvider.instance()));
    for (int bits : VectorProvider.availableWidths()) {
      providers.add(VectorProvider.ofWidth(bits));
    }
    return providers;
  }

  /** Runs something with every provider, in float32 and float64, on vectors of several lengths. */
  private static void everywhere(BiConsumer<DType, Shape> body) {
    for (KernelProvider provider : providers()) {
      try (Kernels.Selection selection = Kernels.use(provider)) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
          for (int length : new int[] {1, 7, 35}) {
            try (Scope scope = Scope.open()) {
              body.accept(dtype, Shape.of(length));
            }
          }
        }
      }
    }
  }

  @Test
  void whatArrivesAtABranchNotTakenIsLeftOut() {
    flat()
        .forEach((function, places) ->
            everywhere((dtype, shape) -> {
              for (double at : places) {
                for (double arriving : ARRIVING) {
                  Tensor x = Gatun.full(dtype, shape, at).requiresGrad_();
                  Tensor y = function.apply(x);
                  y.backward(Gatun.full(y.dtype(), y.shape(), arriving));
                  assertArrayEquals(
                      new double[(int) shape.numel()], gradient(x), () -> y + " at " + at);
                }
              }
            }));
  }

  @Test
  void aRootThatHasNoSlopeStopsAtReLu() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(-1.0, 0.0, 2.0).requiresGrad_();
      Tensor rectified = x.relu();
      Tensor length = rectified.hypot(Gatun.zeros(3));
      assertArrayEquals(new double[] {0, 0, 2}, length.toDoubleArray());
      length.sum().backward();
      assertArrayEquals(new double[] {0, 0, 1}, gradient(x));
    }
  }

  @Test
  void aPlanLeavesOutWhatIsLeftOutWithoutOne() {
    try (Scope scope = Scope.open()) {
      Tensor weight = Gatun.randn(9, 6).requiresGrad_();
      UnaryOperator<Tensor> step =
          x -> {
            weight.zeroGrad();
            Tensor loss = x.matmul(weight).relu().hypot(Gatun.zeros(5, 6)).sum();
            loss.backward();
            return loss;
          };
      Tensor x = Gatun.randn(5, 9);
      assertTrue(Double.isFinite(step.apply(x).item()));
      double[] expected = gradient(weight);
      assertEquals(0, Arrays.stream(expected).filter(Double::isNaN).count());
      try (Plan plan = Plan.capture(step, Gatun.randn(5, 9))) {
        plan.run(x);
        assertArrayEquals(expected, gradient(weight));
      }
    }
  }

  @Test
  void negativeZeroAndNaNGoThroughReLu() {
    everywhere((dtype, shape) -> {
      for (double at : new double[] {-0.0, 0.0, Double.NaN, Double.POSITIVE_INFINITY, 3}) {
        double[] expected = new double[(int) shape.numel()];
        Arrays.fill(expected, at);
        Tensor x = Gatun.full(dtype, shape, at);
        assertArrayEquals(expected, x.relu().toDoubleArray());
        if (!(at > 3)) {
          assertArrayEquals(expected, x.relu6().toDoubleArray());
          assertArrayEquals(expected, x.hardtanh(0, 4).toDoubleArray());
          assertArrayEquals(expected, x.hardtanh(-2, Math.max(at, 0)).toDoubleArray());
        }
      }
    });
  }

  @Test
  void hardTanhBetweenLimitsThatCrossIsTheUpperOne() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(-3.0, 0.0, 3.0).requiresGrad_();
      Tensor y = x.hardtanh(2, -2);
      assertArrayEquals(new double[] {-2, -2, -2}, y.toDoubleArray());
      y.sum().backward();
      assertArrayEquals(new double[3], gradient(x));
    }
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }
}
