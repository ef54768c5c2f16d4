package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.optim.SGD;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What {@link Cuda#allowFusedActivations} lets the library compute on the way, in captured steps of
 * training beside the host's, in every type that products of the library have: the losses and the
 * weights afterwards differ by rounding, and by an approximate tangent at most. What ReLU makes of
 * NaN is told, not judged.
 */
final class ActivationsCheck implements DeviceCheck {

  private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
  private static final Map<String, UnaryOperator<Tensor>> ACTIVATIONS =
      Map.of("relu", Tensor::relu, "gelu_tanh", Tensor::geluTanh);

  /** What a listing calls that the library computes along with products. */
  private static final List<String> FUSED =
      List.of("matmul then ", "reluAndBits", "whereBits", "productAndSums");

  private static final int BATCH = 32;
  private static final int WIDTH = 64;
  private static final int HIDDEN = 128;
  private static final int STEPS = 5;
  private static final double LEARNING_RATE = 0.5;

  /** A tangent to ten bits or so, and a few roundings. */
  private static final double TOLERANCE = 2e-3;

  private static final double TOLERANCE_OF_HALF_PRECISION = 3e-2;

  /** Makes the check. */
  ActivationsCheck() {}

  @Override
  public String name() {
    return "activations";
  }

  @Override
  public CheckOutcome run(Device device) {
    long before = Cuda.memory(device).inUseBytes();
    boolean wereAllowed = Cuda.areFusedActivationsAllowed();
    var figures = new LinkedHashMap<String, Object>();
    var faults = new ArrayList<String>();
    Cuda.allowFusedActivations(true);
    try {
      for (var type : TYPES) {
        ACTIVATIONS.forEach(
            (name, activation) -> train(device, type, name, activation, figures, faults));
      }
      figures.put("relu_of_nan", reluOfNan(device));
    } finally {
      Cuda.allowFusedActivations(wereAllowed);
    }
    long left = Cuda.memory(device).inUseBytes() - before;
    if (left != 0) {
      faults.add("everything is closed, and " + left + " bytes are still in use");
    }
    return CheckOutcome.of(figures, faults);
  }

  private static void train(
      Device device,
      DType type,
      String name,
      UnaryOperator<Tensor> activation,
      Map<String, Object> figures,
      List<String> faults) {
    String what = name + " " + type.typeName();
    double tolerance = type == DType.FLOAT32 ? TOLERANCE : TOLERANCE_OF_HALF_PRECISION;
    try (var _ = Scope.open();
        var here = new Net(Device.CPU, type);
        var there = new Net(device, type)) {
      var sample = examples(type, 0);
      here.train(sample, activation);
      double worst = 0;
      try (var plan = Plan.capture(x -> there.train(x, activation), sample.to(device))) {
        figures.put(what + " fused", fused(plan));
        for (int step = 1; step <= STEPS; step++) {
          var x = examples(type, step);
          double expected = here.train(x, activation).to(DType.FLOAT64).item();
          double loss = plan.run(x.to(device)).to(DType.FLOAT64).item();
          worst = Math.max(worst, Math.abs(loss - expected) / Math.max(1, Math.abs(expected)));
        }
      }
      for (int weight = 0; weight < here.weights.size(); weight++) {
        worst = Math.max(worst, distance(here.weights.get(weight), there.weights.get(weight)));
      }
      figures.put(what + " difference", worst);
      if (!(worst <= tolerance)) {
        faults.add(String.format(Locale.ROOT, "%s: %.3g from the host's", what, worst));
      }
    }
  }

  private static Tensor examples(DType type, int seed) {
    return random(Shape.of(BATCH, WIDTH), 1, seed, type);
  }

  private static Tensor random(Shape shape, double deviation, int seed, DType type) {
    return Gatun.randn(DType.FLOAT32, shape, new Generator(seed)).mul(deviation).to(type);
  }

  /** Counts the calls of a plan that compute more than a product. */
  private static long fused(Plan plan) {
    return plan.report().listing().stream()
        .filter(line -> FUSED.stream().anyMatch(line::contains))
        .count();
  }

  /** The largest difference of two tensors, in units of their largest element. */
  private static double distance(Tensor expected, Tensor actual) {
    double[] one = expected.to(DType.FLOAT64).toDoubleArray();
    double[] other = actual.to(DType.FLOAT64).toDoubleArray();
    double largest = 1;
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = Math.abs(one[i] - other[i]);
      if (Double.isNaN(difference)) {
        return Double.NaN;
      }
      largest = Math.max(largest, Math.abs(one[i]));
      worst = Math.max(worst, difference);
    }
    return worst / largest;
  }

  private static String reluOfNan(Device device) {
    try (var _ = Scope.open();
        var _ = NoGrad.open();
        var net = new Net(device, DType.FLOAT32)) {
      var x = examples(DType.FLOAT32, 0).to(device);
      try (var plan = Plan.capture(value -> value.linear(net.first, net.firstBias).relu(), x)) {
        return Double.toString(plan.run(x.fill_(Double.NaN)).max().item());
      }
    }
  }

  /** Two layers, the same on every device. */
  private static final class Net implements AutoCloseable {
    final Tensor first;
    final Tensor firstBias;
    final Tensor second;
    final Tensor secondBias;
    final List<Tensor> weights;
    final SGD optimizer;

    Net(Device device, DType type) {
      first = weight(device, type, 1, Shape.of(HIDDEN, WIDTH), Math.sqrt(WIDTH));
      firstBias = weight(device, type, 2, Shape.of(HIDDEN), Math.sqrt(WIDTH));
      second = weight(device, type, 3, Shape.of(WIDTH, HIDDEN), Math.sqrt(HIDDEN));
      secondBias = weight(device, type, 4, Shape.of(WIDTH), Math.sqrt(HIDDEN));
      weights = List.of(first, firstBias, second, secondBias);
      optimizer = new SGD(weights, LEARNING_RATE);
    }

    private static Tensor weight(Device device, DType type, int seed, Shape shape, double scale) {
      return random(shape, 1 / scale, seed, type).to(device).requiresGrad_();
    }

    Tensor train(Tensor x, UnaryOperator<Tensor> activation) {
      optimizer.zeroGrad();
      var loss =
          activation.apply(x.linear(first, firstBias)).linear(second, secondBias).square().mean();
      loss.backward();
      optimizer.step();
      return loss.detach();
    }

    @Override
    public void close() {
      optimizer.close();
    }
  }
}
