package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans whose products cublasLt computes, an emulated one, with what follows them. */
class PlansOfLibrariesEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  // The library's epilogues, by their numbers in its header.
  private static final int RELU_BIAS = 6;
  private static final int GELU = 32;
  private static final int GELU_BIAS = 36;
  private static final int GELU_KEEPING = 160;
  private static final int GELU_KEEPING_BIAS = 164;
  private static final int GELU_GRADIENT = 192;
  private static final int SUMS_OF_LEFT = 512;
  private static final int RELU_KEEPING_BIAS = 134;
  private static final int RELU_GRADIENT = 136;

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.requireWithLibraries();
  }

  @AfterEach
  void activationsAreKernelsAgain() {
    Cuda.allowFusedActivations(false);
  }

  private static Tensor random(int seed, DType type, long... sizes) {
    Gatun.manualSeed(seed);
    return Gatun.randn(sizes).mul(0.5).to(type);
  }

  /** Weights of two layers, and a step that answers with them. */
  private record Net(Tensor first, Tensor firstBias, Tensor second, Tensor secondBias) {
    static Net on(Device device, DType type) {
      return new Net(
          random(1, type, 16, 8).to(device).requiresGrad_(),
          random(2, type, 16).to(device).requiresGrad_(),
          random(3, type, 8, 16).to(device).requiresGrad_(),
          random(4, type, 8).to(device).requiresGrad_());
    }

    Tensor answer(Tensor x, UnaryOperator<Tensor> activation) {
      return activation.apply(x.linear(first, firstBias)).linear(second, secondBias);
    }

    Tensor train(Tensor x, UnaryOperator<Tensor> activation) {
      Tensor[] weights = {first, firstBias, second, secondBias};
      for (Tensor weight : weights) {
        weight.zeroGrad();
      }
      Tensor loss = answer(x, activation).square().mean();
      loss.backward();
      try (NoGrad off = NoGrad.open()) {
        for (Tensor weight : weights) {
          Tensor gradient = weight.grad();
          if (gradient == null) {
            throw new AssertionError("no gradient");
          }
          weight.sub_(gradient.mul(0.5));
        }
      }
      return loss.detach();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
  void answersWithActivationsInTheProducts(DType type) throws ReflectiveOperationException {
    Cuda.allowFusedActivations(true);
    double tolerance = type == DType.FLOAT32 ? 1e-5 : 3e-2;
    long relus = Emulation.products(RELU_BIAS);
    long gelus = Emulation.products(GELU_BIAS);
    try (Scope scope = Scope.open();
        NoGrad off = NoGrad.open()) {
      Net net = Net.on(CUDA, type);
      Net host = Net.on(Device.CPU, type);
      UnaryOperator<Tensor> step = x -> net.answer(x, Tensor::relu).geluTanh();
      try (Plan plan = Plan.capture(step, random(5, type, 4, 8).to(CUDA))) {
        String listing = String.join("\n", plan.report().listing());
        assertTrue(listing.contains("matmul then relu"), listing);
        assertTrue(listing.contains("matmul then gelu_tanh"), listing);
        for (int seed = 6; seed < 9; seed++) {
          Tensor x = random(seed, type, 4, 8);
          double[] expected =
              host.answer(x, Tensor::relu).geluTanh().to(DType.FLOAT64).toDoubleArray();
          Tensor actual = plan.run(x.to(CUDA)).to(DType.FLOAT64);
          assertArrayEquals(expected, actual.toDoubleArray(), tolerance);
        }
      }
    }
    assertTrue(Emulation.products(RELU_BIAS) > relus);
    assertTrue(Emulation.products(GELU_BIAS) > gelus);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stepsOfTrainingKeepWhatTheGradientNeeds(boolean allowed)
      throws ReflectiveOperationException {
    Cuda.allowFusedActivations(allowed);
    long kept = Emulation.products(GELU_KEEPING_BIAS);
    long gradients = Emulation.products(GELU_GRADIENT);
    long forgotten = Emulation.products(GELU_BIAS);
    long sums = Emulation.products(SUMS_OF_LEFT);
    try (Scope scope = Scope.open()) {
      Net net = Net.on(CUDA, DType.FLOAT32);
      Net host = Net.on(Device.CPU, DType.FLOAT32);
      Tensor sample = random(5, DType.FLOAT32, 4, 8);
      host.train(sample, Tensor::geluTanh);
      try (Plan plan = Plan.capture(x -> net.train(x, Tensor::geluTanh), sample.to(CUDA))) {
        String listing = String.join("\n", plan.report().listing());
        assertEquals(allowed ? 2 : 0, listing.split("productAndSums", -1).length - 1, listing);
        for (int seed = 6; seed < 10; seed++) {
          Tensor x = random(seed, DType.FLOAT32, 4, 8);
          double expected = host.train(x, Tensor::geluTanh).item();
          assertEquals(expected, plan.run(x.to(CUDA)).item(), 1e-5);
        }
        assertArrayEquals(host.first.toDoubleArray(), net.first.toDoubleArray(), 1e-5);
        assertArrayEquals(host.firstBias.toDoubleArray(), net.firstBias.toDoubleArray(), 1e-5);
        assertArrayEquals(host.secondBias.toDoubleArray(), net.secondBias.toDoubleArray(), 1e-5);
      }
    }
    assertEquals(allowed, Emulation.products(GELU_KEEPING_BIAS) > kept);
    assertEquals(allowed, Emulation.products(GELU_GRADIENT) > gradients);
    assertEquals(forgotten, Emulation.products(GELU_BIAS));
    assertEquals(allowed, Emulation.products(SUMS_OF_LEFT) > sums);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void theGradientOfReluReadsBits(DType type) throws ReflectiveOperationException {
    Cuda.allowFusedActivations(true);
    double tolerance = type == DType.FLOAT32 ? 1e-5 : 3e-2;
    long kept = Emulation.products(RELU_KEEPING_BIAS);
    long gradients = Emulation.products(RELU_GRADIENT);
    try (Scope scope = Scope.open()) {
      Net net = Net.on(CUDA, type);
      Net host = Net.on(Device.CPU, type);
      Tensor sample = random(5, type, 3, 2, 8);
      host.train(sample, Tensor::relu);
      try (Plan plan = Plan.capture(x -> net.train(x, Tensor::relu), sample.to(CUDA))) {
        String listing = String.join("\n", plan.report().listing());
        assertTrue(listing.contains("reluAndBits"), listing);
        assertTrue(listing.contains("whereBits"), listing);
        for (int seed = 6; seed < 10; seed++) {
          Tensor x = random(seed, type, 3, 2, 8);
          double expected = host.train(x, Tensor::relu).to(DType.FLOAT64).item();
          assertEquals(expected, plan.run(x.to(CUDA)).to(DType.FLOAT64).item(), tolerance);
        }
        assertArrayEquals(
            host.first.to(DType.FLOAT64).toDoubleArray(),
            net.first.to(DType.FLOAT64).toDoubleArray(),
            tolerance);
      }
    }
    assertTrue(Emulation.products(RELU_KEEPING_BIAS) > kept);
    assertTrue(Emulation.products(RELU_GRADIENT) > gradients);
  }

  @Test
  void geluByTheErrorFunctionStaysThat() throws ReflectiveOperationException {
    Cuda.allowFusedActivations(true);
    int[] epilogues = {GELU, GELU_BIAS, GELU_KEEPING, GELU_KEEPING_BIAS, GELU_GRADIENT};
    long[] before = new long[epilogues.length];
    for (int i = 0; i < before.length; i++) {
      before[i] = Emulation.products(epilogues[i]);
    }
    try (Scope scope = Scope.open()) {
      Net net = Net.on(CUDA, DType.FLOAT32);
      Net host = Net.on(Device.CPU, DType.FLOAT32);
      Tensor sample = random(5, DType.FLOAT32, 4, 8);
      host.train(sample, Tensor::gelu);
      try (Plan plan = Plan.capture(x -> net.train(x, Tensor::gelu), sample.to(CUDA))) {
        double expected = host.train(sample, Tensor::gelu).item();
        assertEquals(expected, plan.run(sample.to(CUDA)).item(), 1e-6);
      }
    }
    for (int i = 0; i < before.length; i++) {
      assertEquals(before[i], Emulation.products(epilogues[i]));
    }
  }
}
