package dev.gatun.bench.ops;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.DeclaredOp;
import dev.gatun.bench.parity.InputChoice;
import dev.gatun.bench.parity.ParityCase;
import dev.gatun.bench.parity.Referee;
import dev.gatun.bench.timing.Averages;
import dev.gatun.bench.timing.SliceTimer;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares and times calls of operations. One thread uses it at a time. */
final class OpTimer {

  private static final long LEAST_WARM_UP_NANOS = 200_000_000L;

  /** Vector code that is not compiled yet needs some hundred milliseconds for a call. */
  private static final long MOST_WARM_UP_NANOS = 10_000_000_000L;

  private static final long NATIVE_SPAN_NANOS = 10_000_000L;
  private static final long MOST_NATIVE_NANOS = 300_000_000L;
  private static final long SLICE_NANOS = 10_000_000L;
  private static final int ROUNDS = 7;

  /** Calls of which seven rounds would take too long have fewer. */
  private static final long LONG_NANOS = 30_000_000L;

  private static final int ROUNDS_OF_LONG_CALLS = 3;

  /** Stands in where an operation takes no floating point. */
  private static final DType WHOLE = DType.INT32;

  private final Referee referee;
  private final DType dtype;
  private final boolean withGradients;
  private final SliceTimer timer = new SliceTimer();

  /** A call that one side, or both, refused. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message, RuntimeException cause) {
      super(message, cause);
    }
  }

  /**
   * Prepares.
   *
   * @param referee libtorch
   * @param dtype the type of inputs that are numbers
   * @param withGradients whether to time forward and backward together
   */
  OpTimer(Referee referee, DType dtype, boolean withGradients) {
    this.referee = referee;
    this.dtype = dtype;
    this.withGradients = withGradients;
  }

  /**
   * Times calls of an operation.
   *
   * @param op the operation
   * @param draws how many
   * @return a row for each, or one that says why there are none; none where gradients are wanted
   *     and there are none
   */
  List<OpRow> time(Op op, int draws) {
    if (withGradients && !op.isDifferentiable()) {
      return List.of();
    }
    if (op instanceof StructuralOp<?> structural && !structural.isDrawn()) {
      return List.of(OpRow.untimed(op.name(), "", "no drawn call"));
    }
    var rows = new ArrayList<OpRow>();
    for (int number = 0; number < draws; number++) {
      var row = time(op, new DeclaredOp(op), op.name().hashCode() + ((long) number << 32));
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  private @Nullable OpRow time(Op op, DeclaredOp subject, long seed) {
    String refusal = "";
    for (var type : Stream.of(dtype, WHOLE).distinct().toList()) {
      try (var _ = Scope.open()) {
        var draw = Draw.ofWork(seed);
        var call = ParityCase.of(op, InputChoice.plain(type), draw);
        if (withGradients && call.leaves().isEmpty()) {
          return null;
        }
        return time(op.name(), call, new Verdict(referee, subject, call, describe(call)), draw);
      } catch (RefusedException refused) {
        refusal = refusal.isEmpty() ? String.valueOf(refused.getMessage()) : refusal;
      }
    }
    return OpRow.untimed(op.name(), "", refusal);
  }

  private OpRow time(String name, ParityCase call, Verdict verdict, Draw draw)
      throws RefusedException {
    var mine = new GatunSide(call, withGradients);
    try (var theirs = prepared(call)) {
      var trouble = trouble(call, mine, theirs, verdict, draw);
      return trouble.isEmpty()
          ? timed(name, verdict.description(), mine, theirs)
          : OpRow.untimed(name, verdict.description(), trouble);
    }
  }

  private TorchSide prepared(ParityCase call) throws RefusedException {
    try {
      return new TorchSide(referee, call, withGradients);
    } catch (RuntimeException refusal) {
      throw new RefusedException("refused by libtorch: " + refusal.getMessage(), refusal);
    }
  }

  /** Has both sides compute once, backward too where that is wanted; tells how they differ. */
  private String trouble(
      ParityCase call, GatunSide mine, TorchSide theirs, Verdict verdict, Draw draw)
      throws RefusedException {
    try (var _ = Scope.open();
        var expected = expected(theirs)) {
      Tensor result = actual(mine);
      var difference = verdict.ofResults(referee.copy(expected), result);
      if (!difference.isEmpty() || !withGradients) {
        return difference;
      }
      if (!result.requiresGrad() || !expected.requires_grad()) {
        return "no gradient flows";
      }
    }
    return troubleOfGradients(call, mine, theirs, verdict, draw);
  }

  private String troubleOfGradients(
      ParityCase call, GatunSide mine, TorchSide theirs, Verdict verdict, Draw draw) {
    var seed = seed(mine, draw);
    mine.goBackwardFrom(seed);
    theirs.goBackwardFrom(seed);
    mine.run();
    theirs.run();
    for (int leaf = 0; leaf < call.leaves().size(); leaf++) {
      int input = call.leaves().get(leaf);
      var actual = call.inputs().get(input).grad();
      try (var _ = Scope.open();
          var expected = theirs.gradient(leaf)) {
        if (actual == null || !expected.defined()) {
          if (actual != null || expected.defined()) {
            return "differs: the gradient of input " + input + " is there on one side alone";
          }
          continue;
        }
        var difference = verdict.ofGradients(input, seed, referee.copy(expected), actual);
        if (!difference.isEmpty()) {
          return difference;
        }
      }
    }
    return "";
  }

  /** A gradient of the result, at random. */
  private static Tensor seed(GatunSide mine, Draw draw) {
    Tensor seed;
    try (var scope = Scope.open()) {
      var result = mine.compute();
      seed = scope.keep(Gatun.empty(result.dtype(), result.shape()));
    }
    for (long i = 0; i < seed.numel(); i++) {
      seed.dtype()
          .setDouble(
              seed.segment(),
              seed.byteOffset() + (i << seed.dtype().byteShift()),
              draw.real(-1, 1));
    }
    return seed;
  }

  private static org.bytedeco.pytorch.Tensor expected(TorchSide theirs) throws RefusedException {
    try {
      return theirs.compute();
    } catch (RuntimeException refusal) {
      throw new RefusedException("refused by libtorch: " + refusal.getMessage(), refusal);
    }
  }

  private static Tensor actual(GatunSide mine) throws RefusedException {
    try {
      return mine.compute();
    } catch (GatunException refusal) {
      throw new RefusedException("refused: " + refusal.getMessage(), refusal);
    }
  }

  private OpRow timed(String name, String description, GatunSide mine, TorchSide theirs) {
    var pace = timer.warmUpJava(mine::run, LEAST_WARM_UP_NANOS, MOST_WARM_UP_NANOS);
    var paces = new SliceTimer.Pace[1];
    theirs.inMode(() -> paces[0] = timer.warmUp(theirs::run, NATIVE_SPAN_NANOS, MOST_NATIVE_NANOS));
    boolean isLong = Math.max(pace.fastestNanos(), paces[0].fastestNanos()) > LONG_NANOS;
    var gatun = new ArrayList<Double>();
    var libtorch = new ArrayList<Double>();
    for (int round = 0; round < (isLong ? ROUNDS_OF_LONG_CALLS : ROUNDS); round++) {
      gatun.add(timer.slice(mine::run, pace, SLICE_NANOS));
      theirs.inMode(() -> libtorch.add(timer.slice(theirs::run, paces[0], SLICE_NANOS)));
    }
    return new OpRow(
        name,
        description,
        Averages.median(gatun),
        Averages.median(libtorch),
        Averages.medianQuotient(libtorch, gatun),
        "");
  }

  /** Shapes, types other than the usual one, and arguments. */
  private String describe(ParityCase call) {
    var parts = new ArrayList<String>();
    for (var input : call.inputs()) {
      parts.add((input.dtype() == dtype ? "" : input.dtype()) + "" + input.shape());
    }
    call.pytorch().arguments().forEach(argument -> parts.add(ParityCase.text(argument)));
    return String.join(" ", parts);
  }
}
