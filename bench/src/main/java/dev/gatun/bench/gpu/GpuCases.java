package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.Linear;
import dev.gatun.nn.Module;
import dev.gatun.nn.ReLU;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.TransformerEncoder;
import dev.gatun.nn.TransformerEncoderLayer;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.optim.SGD;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The work that is timed on a device. */
final class GpuCases {

  /** Beginnings of names that the last line of a report looks for. */
  static final String PRODUCT = "GEMM ";

  static final String CAPTURED = ", captured";

  private static final List<Integer> PRODUCT_SIZES = List.of(1024, 2048, 4096, 8192, 16384);
  private static final List<DType> PRODUCT_TYPES =
      List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
  private static final long POINTWISE_ELEMENTS = 1 << 26;
  private static final int ROWS = 8192;
  private static final int COLUMNS = 4096;
  private static final double LEARNING_RATE = 1e-3;

  private final int shrink;
  private final List<GpuCase> cases = new ArrayList<>();

  private GpuCases(int shrink) {
    this.shrink = shrink;
  }

  /**
   * Makes the cases.
   *
   * @param shrink what every size is divided by, 1 for what a report is made of
   */
  static List<GpuCase> all(int shrink) {
    var made = new GpuCases(shrink);
    made.addProducts();
    made.addCopies();
    made.addPointwise();
    made.addRows();
    made.addConvolution();
    made.addMlp();
    made.addTransformer();
    return List.copyOf(made.cases);
  }

  private int sized(long size) {
    return (int) Math.max(1, size / shrink);
  }

  private static Tensor random(Device device, DType dtype, long... sizes) {
    return Gatun.randn(sizes).to(device, dtype);
  }

  private void addProducts() {
    for (var dtype : PRODUCT_TYPES) {
      addProducts(dtype.typeName(), dtype, false);
    }
    addProducts("tf32", DType.FLOAT32, true);
  }

  private void addProducts(String name, DType dtype, boolean tf32) {
    for (int size : PRODUCT_SIZES) {
      int n = sized(size);
      cases.add(
          new GpuCase(
              PRODUCT + name + " " + n,
              Map.of("kind", "gemm", "n", n, "dtype", dtype.typeName(), "tf32", tf32),
              2.0 * n * n * n,
              3.0 * n * n * dtype.byteSize(),
              (device, resources) -> {
                Cuda.allowTf32(tf32);
                resources.own(() -> Cuda.allowTf32(false));
                var a = random(device, dtype, n, n);
                var b = random(device, dtype, n, n);
                var out = a.matmul(b);
                return () -> a.matmulOut(b, out);
              }));
    }
  }

  private void addCopies() {
    int count = sized(POINTWISE_ELEMENTS);
    double bytes = (double) count * Float.BYTES;
    cases.add(
        new GpuCase(
            "copy host to device",
            Map.of("kind", "upload", "n", count),
            0,
            bytes,
            (device, _) -> {
              var here = Gatun.randn(count);
              var there = here.to(device);
              return () -> there.copy_(here);
            }));
    cases.add(
        new GpuCase(
            "copy device to host",
            Map.of("kind", "download", "n", count),
            0,
            bytes,
            (device, _) -> {
              var here = Gatun.randn(count);
              var there = here.to(device);
              return () -> here.copy_(there);
            }));
    cases.add(
        new GpuCase(
            "copy on the device",
            Map.of("kind", "copy", "n", count),
            0,
            2 * bytes,
            (device, _) -> {
              var from = random(device, DType.FLOAT32, count);
              var to = Gatun.zerosLike(from);
              return () -> to.copy_(from);
            }));
  }

  private void addPointwise() {
    int count = sized(POINTWISE_ELEMENTS);
    cases.add(
        new GpuCase(
            "x*sigmoid(x)+y" + CAPTURED,
            Map.of("kind", "silu_add", "n", count),
            0,
            3.0 * count * Float.BYTES,
            (device, resources) -> {
              var x = random(device, DType.FLOAT32, count);
              var y = random(device, DType.FLOAT32, count);
              return captured(resources, device, () -> x.mul(x.sigmoid()).add(y));
            }));
  }

  private void addRows() {
    int rows = sized(ROWS);
    int columns = sized(COLUMNS);
    double bytes = 2.0 * rows * columns * Float.BYTES;
    cases.add(rowsCase("softmax", rows, columns, bytes, x -> () -> discard(x.softmax(1))));
    cases.add(rowsCase("sum of rows", rows, columns, bytes / 2, x -> () -> discard(x.sum(1))));
  }

  private static GpuCase rowsCase(
      String name, int rows, int columns, double bytes, Function<Tensor, Runnable> maker) {
    return new GpuCase(
        name + " " + rows + "x" + columns,
        Map.of("kind", name, "rows", rows, "columns", columns),
        0,
        bytes,
        (device, _) -> maker.apply(random(device, DType.FLOAT32, rows, columns)));
  }

  private static Runnable captured(Resources resources, Device device, Supplier<Tensor> step) {
    try (var _ = Gatun.on(device)) {
      return resources.own(Plan.capture(step))::replay;
    }
  }

  private static void discard(Tensor result) {
    result.close();
  }

  private void addConvolution() {
    int batch = sized(64);
    int channels = sized(64);
    int size = Math.max(3, 56 / shrink);
    cases.add(
        new GpuCase(
            "conv 3x3 " + size + "x" + size + "x" + channels + ", batch " + batch,
            Map.of("kind", "conv", "batch", batch, "channels", channels, "size", size),
            2.0 * batch * size * size * channels * channels * 9,
            0,
            (device, _) -> {
              var x = random(device, DType.FLOAT32, batch, channels, size, size);
              var w = random(device, DType.FLOAT32, channels, channels, 3, 3);
              return () -> discard(x.conv2d(w, null, 1, 1));
            }));
  }

  private void addMlp() {
    int batch = sized(64);
    int width = sized(512);
    addSteps(
        "MLP step",
        Map.of("kind", "mlp", "batch", batch, "width", width),
        new Shape[] {Shape.of(batch, width), Shape.of(batch, width)},
        () ->
            new Sequential(
                new Linear(width, width),
                new ReLU(),
                new Linear(width, width),
                new ReLU(),
                new Linear(width, width)));
  }

  private void addTransformer() {
    int batch = sized(8);
    int length = sized(128);
    int width = Math.max(8, 256 / shrink / 4 * 4);
    var settings =
        TransformerEncoderLayer.Settings.of(width, 4)
            .withFeedForward(4 * width)
            .withDropout(0)
            .withBatchFirst(true);
    addSteps(
        "encoder step",
        Map.of("kind", "encoder", "batch", batch, "length", length, "width", width),
        new Shape[] {Shape.of(batch, length, width), Shape.of(batch, length, width)},
        () -> new TransformerEncoder(() -> new TransformerEncoderLayer(settings), 2));
  }

  /** A step of plain SGD, written out and captured. */
  private void addSteps(
      String name, Map<String, Object> settings, Shape[] shapes, Supplier<Module> model) {
    cases.add(
        new GpuCase(
            name + ", eager",
            with(settings, false),
            0,
            0,
            (device, resources) -> {
              var step = new Step(resources, model.get(), device, shapes);
              return () -> {
                try (var _ = Scope.open()) {
                  discard(step.run());
                }
              };
            }));
    cases.add(
        new GpuCase(
            name + CAPTURED,
            with(settings, true),
            0,
            0,
            (device, resources) -> {
              var step = new Step(resources, model.get(), device, shapes);
              return captured(resources, device, step::run);
            }));
    cases.add(
        new GpuCase(
            name + CAPTURED + " with fusions",
            with(settings, true),
            0,
            0,
            (device, resources) -> {
              var step = new Step(resources, model.get(), device, shapes);
              boolean were = Cuda.areFusedActivationsAllowed();
              Cuda.allowFusedActivations(true);
              try {
                return captured(resources, device, step::run);
              } finally {
                Cuda.allowFusedActivations(were);
              }
            }));
  }

  private static Map<String, Object> with(Map<String, Object> settings, boolean captured) {
    var all = new LinkedHashMap<>(settings);
    all.put("captured", captured);
    return all;
  }

  private static final class Step {
    private final Module model;
    private final SGD optimizer;
    private final Tensor input;
    private final Tensor target;

    Step(Resources resources, Module model, Device device, Shape[] shapes) {
      this.model = resources.own(model.to(device));
      optimizer = resources.own(new SGD(this.model.parameters(), LEARNING_RATE));
      input = random(device, DType.FLOAT32, shapes[0].toArray());
      target = random(device, DType.FLOAT32, shapes[1].toArray());
    }

    Tensor run() {
      optimizer.zeroGrad();
      var loss = new MSELoss().forward(model.forward(input), target);
      loss.backward();
      optimizer.step();
      return loss;
    }
  }
}
