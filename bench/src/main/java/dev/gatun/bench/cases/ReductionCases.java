package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Input;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.contest.Side;
import dev.gatun.bench.contest.Target;
import dev.gatun.bench.contest.Work;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

/** Reductions and normalisations of each row of a float32 matrix. */
final class ReductionCases {

  private static final long QUICK_ROWS = 512;

  private ReductionCases() {}

  static Family family() {
    var cases = new ArrayList<BenchmarkCase>();
    for (long[] shape : new long[][] {{QUICK_ROWS, 1000}, {64, 4096}}) {
      addReductions(cases, shape[0], shape[1]);
      addNormalisations(cases, shape[0], shape[1]);
    }
    return new Family("reductions", "Each row reduced or normalised", List.copyOf(cases));
  }

  private static void addReductions(List<BenchmarkCase> cases, long rows, long columns) {
    var lastAxis = new int[] {1};
    var lastAxisOfTorch = new long[] {1};
    cases.add(
        reduction(
            "sum",
            rows,
            columns,
            in -> in[0].sum(lastAxis),
            DType.FLOAT32,
            (in, out) -> torch.sum_out(out, in[0], lastAxisOfTorch).close()));
    cases.add(
        reduction(
            "mean",
            rows,
            columns,
            in -> in[0].mean(lastAxis),
            DType.FLOAT32,
            (in, out) -> torch.mean_out(out, in[0], lastAxisOfTorch).close()));
    cases.add(
        reduction(
            "var",
            rows,
            columns,
            in -> in[0].var(lastAxis),
            DType.FLOAT32,
            (in, out) -> torch.var_out(out, in[0], lastAxisOfTorch, true, false).close()));
    cases.add(
        reduction(
            "max",
            rows,
            columns,
            in -> in[0].amax(lastAxis, false),
            DType.FLOAT32,
            (in, out) -> torch.amax_out(out, in[0], lastAxisOfTorch, false).close()));
    cases.add(argmax(rows, columns));
  }

  private static BenchmarkCase argmax(long rows, long columns) {
    return named("argmax", rows, columns, 1)
        .gatun((_, operands) -> GatunCall.making(operands, in -> in[0].argmax(1)))
        .peer(
            LibTorch.class,
            (library, operands) -> {
              var axis = operands.own(new LongOptional(1));
              return TorchCall.into(
                  library,
                  operands,
                  operands.allocate(DType.INT64, rows),
                  (in, out) -> torch.argmax_out(out, in[0], axis, false).close());
            })
        .build();
  }

  private static BenchmarkCase reduction(
      String name,
      long rows,
      long columns,
      GatunCall.Making gatun,
      DType dtype,
      TorchCall.Work libtorch) {
    return named(name, rows, columns, 1)
        .gatun((_, operands) -> GatunCall.making(operands, gatun))
        .peer(
            LibTorch.class,
            (library, operands) ->
                TorchCall.into(library, operands, operands.allocate(dtype, rows), libtorch))
        .build();
  }

  private static void addNormalisations(List<BenchmarkCase> cases, long rows, long columns) {
    cases.add(
        normalisation(
            "softmax",
            rows,
            columns,
            (in, out) -> in[0].softmaxOut(1, out),
            (library, operands) -> {
              var sameType = operands.own(new ScalarTypeOptional());
              return intoMatrix(
                  library,
                  operands,
                  (in, out) -> torch.softmax_out(out, in[0], 1, sameType).close());
            }));
    cases.add(
        normalisation(
            "log-softmax",
            rows,
            columns,
            (in, out) -> in[0].logSoftmaxOut(1, out),
            (library, operands) -> {
              var sameType = operands.own(new ScalarTypeOptional());
              return intoMatrix(
                  library,
                  operands,
                  (in, out) -> torch.log_softmax_out(out, in[0], 1, sameType).close());
            }));
    cases.add(LayerNormCase.of(rows, columns));
  }

  private static BenchmarkCase normalisation(
      String name, long rows, long columns, GatunCall.Writing gatun, Side<LibTorch> libtorch) {
    return named(name, rows, columns, 2)
        .gatun((_, operands) ->
            GatunCall.into(operands, operands.allocate(DType.FLOAT32, rows, columns), gatun))
        .peer(LibTorch.class, libtorch)
        .build();
  }

  /** A quick run has one of the two shapes. */
  static boolean isThorough(long rows) {
    return rows < QUICK_ROWS;
  }

  private static Call intoMatrix(LibTorch library, Operands operands, TorchCall.Work work) {
    var shape = operands.input(0).shape().toArray();
    return TorchCall.into(library, operands, operands.allocate(DType.FLOAT32, shape), work);
  }

  private static BenchmarkCase.Builder named(
      String name, long rows, long columns, int matricesMoved) {
    return BenchmarkCase.named("%s %dx%d".formatted(name, rows, columns))
        .target(Target.ofRatio(1))
        .thoroughOnly(isThorough(rows))
        .work(Work.ofBytes((double) matricesMoved * rows * columns * Float.BYTES))
        .inputs(Input.floats(rows, columns));
  }
}
