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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What {@link Cuda#allowFusedActivations} lets cublasLt compute on the way: the losses and the
 * gradients of captured steps differ from the host's by rounding, and by an approximate tangent, at
 * most. How many products it took in that way is counted; that it took none of those that plans
 * have for it is a fault, for then nothing was checked. What ReLU makes of NaN is told, not judged.
 */
final class ActivationsCheck implements DeviceCheck {

  private static final List<DType> TYPES =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16);

  /** One that bits are packed in without gaps and one that leaves some, and is no multiple of 8. */
  private static final int[] HIDDEN = {128, 100};

  /** What a plan's listing calls the products that are left to cublasLt with what follows them. */
  private static final List<String> OFFERED =
      List.of("matmul then ", "reluAndBits", "whereBits", "productAndSums");

  private static final int BATCH = 32;
  private static final int WIDTH = 64;
  private static final int STEPS = 3;

  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private long offered;

  @Override
  public String name() {
    return "activations";
  }

  @Override
  public CheckOutcome run(Device device) {
    figures.clear();
    faults.clear();
    offered = 0;
    long before = Cuda.memory(device).inUseBytes();
    long taken = Cuda.fusedProducts();
    boolean wereAllowed = Cuda.areFusedActivationsAllowed();
    Cuda.allowFusedActivations(true);
    try {
      for (var type : TYPES) {
        for (int hidden : HIDDEN) {
          compare(device, type, hidden, "relu", Tensor::relu);
          compare(device, type, hidden, "gelu_tanh", Tensor::geluTanh);
        }
      }
      figures.put("relu_of_nan", reluOfNan(device));
    } finally {
      Cuda.allowFusedActivations(wereAllowed);
    }
    if (offered > 0 && Cuda.fusedProducts() == taken) {
      faults.add("cublasLt has taken none of " + offered + " products with what follows them");
    }
    long left = Cuda.memory(device).inUseBytes() - before;
    if (left != 0) {
      faults.add("everything is closed, and " + left + " bytes are still in use");
    }
    return CheckOutcome.of(figures, faults);
  }

  private void compare(
      Device device, DType type, int hidden, String name, UnaryOperator<Tensor> activation) {
    String what = name + " " + type.typeName() + " " + hidden;
    long taken = Cuda.fusedProducts();
    double worst = 0;
    try (var _ = Scope.open()) {
      var here = new Net(Device.CPU, type, hidden);
      var there = new Net(device, type, hidden);
      try (var plan =
          Plan.capture(
              given -> there.lossAndGradients(given[0], activation),
              new Tensor[] {examples(type, 0).to(device)})) {
        offered += offered(plan);
        for (int step = 1; step <= STEPS; step++) {
          var x = examples(type, step);
          plan.run(x.to(device));
          var expected = here.lossAndGradients(x, activation);
          for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, distance(expected[i], plan.output(i)));
          }
        }
      }
    }
    figures.put(what + " fused", Cuda.fusedProducts() - taken);
    figures.put(what + " difference", worst);
    if (!(worst <= tolerance(type))) {
      faults.add(String.format(Locale.ROOT, "%s: %.3g from the host's", what, worst));
    }
  }

  private static long offered(Plan plan) {
    return plan.report().listing().stream()
        .filter(line -> OFFERED.stream().anyMatch(line::contains))
        .count();
  }

  /** A tangent to ten bits or so in float32, none but an exact one in float64; a few roundings. */
  private static double tolerance(DType type) {
    return switch (type) {
      case FLOAT64 -> 1e-9;
      case FLOAT32 -> 2e-3;
      default -> 3e-2;
    };
  }

  private static Tensor examples(DType type, int seed) {
    return random(Shape.of(BATCH, WIDTH), 1, seed, type);
  }

  private static Tensor random(Shape shape, double deviation, int seed, DType type) {
    return Gatun.randn(DType.FLOAT32, shape, new Generator(seed)).mul(deviation).to(type);
  }

  /** The largest difference of two tensors' elements, in units of the largest of the first's. */
  private static double distance(Tensor expected, Tensor actual) {
    double[] one = expected.to(DType.FLOAT64).toDoubleArray();
    double[] other = actual.to(DType.FLOAT64).toDoubleArray();
    double unit = 0;
    double worst = 0;
    for (int i = 0; i < one.length; i++) {
      unit = Math.max(unit, Math.abs(one[i]));
      worst = Math.max(worst, Math.abs(one[i] - other[i]));
    }
    return worst / unit;
  }

  private static String reluOfNan(Device device) {
    try (var _ = Scope.open();
        var _ = NoGrad.open()) {
      var net = new Net(device, DType.FLOAT32, HIDDEN[0]);
      var x = examples(DType.FLOAT32, 0).to(device);
      try (var plan = Plan.capture(value -> net.hidden(value).relu(), x)) {
        return Double.toString(plan.run(x.fill_(Double.NaN)).max().item());
      }
    }
  }

  /** Two layers, the same on every device. */
  private static final class Net {
    private final Tensor first;
    private final Tensor firstBias;
    private final Tensor second;
    private final Tensor secondBias;

    Net(Device device, DType type, int hidden) {
      first = weight(device, type, 1, Shape.of(hidden, WIDTH), WIDTH);
      firstBias = weight(device, type, 2, Shape.of(hidden), WIDTH);
      second = weight(device, type, 3, Shape.of(WIDTH, hidden), hidden);
      secondBias = weight(device, type, 4, Shape.of(WIDTH), hidden);
    }

    private static Tensor weight(Device device, DType type, int seed, Shape shape, int inputs) {
      return random(shape, 1 / Math.sqrt(inputs), seed, type).to(device).requiresGrad_();
    }

    Tensor hidden(Tensor x) {
      return x.linear(first, firstBias);
    }

    /** The loss, and its gradients by all weights and biases. */
    Tensor[] lossAndGradients(Tensor x, UnaryOperator<Tensor> activation) {
      var loss = activation.apply(hidden(x)).linear(second, secondBias).square().mean();
      var gradients = Gatun.grad(loss, first, firstBias, second, secondBias);
      var results = new ArrayList<Tensor>(List.of(gradients));
      results.addFirst(loss.detach());
      return results.toArray(new Tensor[0]);
    }
  }
}
