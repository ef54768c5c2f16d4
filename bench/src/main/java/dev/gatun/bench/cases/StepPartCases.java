package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.nn.Dropout;
import dev.gatun.nn.loss.Losses;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** What else a step of training touches, float32: losses, look-ups, pooling, dropout, updates. */
final class StepPartCases {

  private static final int BATCH = 8;
  private static final int CHANNELS = 64;
  private static final int IMAGE = 56;
  private static final long EMBEDDING_ROWS = 10_000;
  private static final long EMBEDDING_WIDTH = 256;
  private static final long TOKENS = 4096;
  private static final double DROPPED = 0.1;

  /** A share of a million random elements has about three digits. */
  private static final double TOLERANCE_OF_RANDOMNESS = 1e-2;

  /** Adam reads a parameter, its gradient and two moments, and writes all but the gradient. */
  private static final int ARRAYS_OF_ADAM = 7;

  private static final int ARRAYS_OF_SGD = 3;

  private static final int SMALLER = 1 << 16;
  private static final int LARGER = 1 << 20;
  private static final int SMALLER_ROWS = 64;

  private StepPartCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    cases.add(batchedProduct(64, 64, 64, 64));
    cases.add(batchedProduct(32, 128, 64, 128));
    cases.add(crossEntropy(512, 1000));
    cases.add(crossEntropy(SMALLER_ROWS, 10));
    cases.add(embedding());
    cases.add(maxPool());
    cases.add(averagePool());
    cases.add(dropout(SMALLER));
    cases.add(dropout(LARGER));
    for (var optimizer : MlpOptimizer.values()) {
      cases.add(update(optimizer, SMALLER));
      cases.add(update(optimizer, LARGER));
    }
    return new Family("parts", "Other parts of a step, float32", List.copyOf(cases));
  }

  private static BenchmarkCase.Builder named(String name) {
    return BenchmarkCase.named(name).target(Target.ofRatio(1));
  }

  /** Begins one of the cases that come in two sizes; a quick run has the larger one. */
  private static BenchmarkCase.Builder named(String name, boolean isLarger) {
    return named(name).thoroughOnly(!isLarger);
  }

  private static BenchmarkCase batchedProduct(long count, long m, long k, long n) {
    var one = Work.ofProduct(DType.FLOAT32, m, n, k);
    return named("%d products %dx%d times %dx%d".formatted(count, m, k, k, n), m > k)
        .work(new Work(count * one.flops(), count * one.bytes(), DType.FLOAT32))
        .inputs(Input.floats(count, m, k), Input.floats(count, k, n))
        .gatun((_, operands) ->
            GatunCall.into(
                operands,
                operands.allocate(DType.FLOAT32, count, m, n),
                (in, out) -> in[0].matmulOut(in[1], out)))
        .peer(
            LibTorch.class,
            (library, operands) ->
                TorchCall.into(
                    library,
                    operands,
                    operands.allocate(DType.FLOAT32, count, m, n),
                    (in, out) -> torch.bmm_out(out, in[0], in[1]).close()))
        .build();
  }

  private static BenchmarkCase crossEntropy(long rows, long classes) {
    return named("cross entropy %dx%d, with gradient".formatted(rows, classes), rows > SMALLER_ROWS)
        .work(Work.ofBytes(2.0 * rows * classes * Float.BYTES))
        .inputs(Input.floats(rows, classes), Input.classes(classes, rows))
        .gatun((_, operands) ->
            new GatunGradient(operands, 1, false, in -> Losses.crossEntropy(in[0], in[1])))
        .peer(
            LibTorch.class,
            (library, operands) ->
                new TorchGradient(
                    library, operands, 1, false, in -> torch.cross_entropy_loss(in[0], in[1])))
        .build();
  }

  private static BenchmarkCase embedding() {
    return named("embedding %dx%d, %d rows".formatted(EMBEDDING_ROWS, EMBEDDING_WIDTH, TOKENS))
        .work(Work.ofBytes(2.0 * TOKENS * EMBEDDING_WIDTH * Float.BYTES))
        .inputs(
            Input.floats(EMBEDDING_ROWS, EMBEDDING_WIDTH), Input.classes(EMBEDDING_ROWS, TOKENS))
        .gatun((_, operands) -> GatunCall.making(operands, in -> in[0].embedding(in[1])))
        .peer(
            LibTorch.class,
            (library, operands) ->
                TorchCall.into(
                    library,
                    operands,
                    operands.allocate(DType.FLOAT32, TOKENS, EMBEDDING_WIDTH),
                    (in, out) -> torch.embedding_out(out, in[0], in[1]).close()))
        .build();
  }

  private static BenchmarkCase maxPool() {
    var geometry = PoolingGeometry.of(3).stride(2).padding(1);
    var kernel = new long[] {3, 3};
    var stride = new long[] {2, 2};
    var padding = new long[] {1, 1};
    var dilation = new long[] {1, 1};
    return pooling("max pool 3x3/2")
        .gatun((_, operands) -> GatunCall.making(operands, in -> in[0].maxPool2d(geometry)))
        .peer(
            LibTorch.class,
            (library, operands) ->
                new TorchMaking(
                    library,
                    operands,
                    in -> torch.max_pool2d(in[0], kernel, stride, padding, dilation, false)))
        .build();
  }

  private static BenchmarkCase averagePool() {
    var kernel = new long[] {2, 2};
    return pooling("average pool 2x2")
        .gatun((_, operands) -> GatunCall.making(operands, in -> in[0].avgPool2d(2)))
        .peer(
            LibTorch.class,
            (library, operands) ->
                new TorchMaking(library, operands, in -> torch.avg_pool2d(in[0], kernel)))
        .build();
  }

  private static BenchmarkCase.Builder pooling(String name) {
    double elements = (double) BATCH * CHANNELS * IMAGE * IMAGE;
    return named("%s %dx%dx%d, batch %d".formatted(name, IMAGE, IMAGE, CHANNELS, BATCH))
        .work(Work.ofBytes(1.25 * elements * Float.BYTES))
        .inputs(Input.floats(BATCH, CHANNELS, IMAGE, IMAGE));
  }

  /** What is compared is the share of elements kept and the mean of what is left of them. */
  private static BenchmarkCase dropout(int size) {
    var layer = new Dropout(DROPPED);
    return named("dropout " + Sizes.name(size), size > SMALLER)
        .work(Work.ofBytes(2.0 * size * Float.BYTES))
        .tolerance(TOLERANCE_OF_RANDOMNESS)
        .inputs(new Input(DType.FLOAT32, 1, 2, Shape.of(size)))
        .gatun((_, operands) -> keptOf(GatunCall.making(operands, in -> layer.forward(in[0]))))
        .peer(
            LibTorch.class,
            (library, operands) ->
                keptOf(
                    new TorchMaking(library, operands, in -> torch.dropout(in[0], DROPPED, true))))
        .build();
  }

  private static Call keptOf(Call dropping) {
    return new Call() {
      @Override
      public void run() {
        dropping.run();
      }

      @Override
      public double[] result() {
        int kept = 0;
        double sum = 0;
        var values = dropping.result();
        for (double value : values) {
          kept += value == 0 ? 0 : 1;
          sum += value;
        }
        return new double[] {(double) kept / values.length, sum / kept};
      }

      @Override
      public void enter() {
        dropping.enter();
      }

      @Override
      public void leave() {
        dropping.leave();
      }
    };
  }

  private static BenchmarkCase update(MlpOptimizer optimizer, int size) {
    int arrays = optimizer == MlpOptimizer.SGD ? ARRAYS_OF_SGD : ARRAYS_OF_ADAM;
    return named("%s update %s".formatted(optimizer, Sizes.name(size)), size > SMALLER)
        .work(Work.ofBytes((double) arrays * size * Float.BYTES))
        .inputs(Input.floats(size), Input.floats(size))
        .gatun((_, operands) -> OptimizerUpdate.gatun(operands, optimizer))
        .peer(
            LibTorch.class,
            (library, operands) -> OptimizerUpdate.libtorch(library, operands, optimizer))
        .build();
  }
}
