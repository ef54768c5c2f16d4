package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/**
 * A program of 5 to 30 statements drawn at random, run by Gatun and by libtorch side by side:
 * views, elementwise operations, folds, products, writes in place, and backward passes. After each
 * statement, its result is compared, and what each side refuses; at the end all variables and the
 * gradients of the leaves. Memory belongs to the innermost scope.
 */
final class RandomProgram implements AutoCloseable {

  /** One part in a million of each element: a program multiplies rounding errors. */
  private static final Tolerances TOLERANCE = new Tolerances(DType.FLOAT64, 0x1p32, false);

  /** What is left where terms of the program's size cancel. */
  private static final double NOISE = 0x1p-36;

  private static final Tolerances SAME = new Tolerances(DType.FLOAT64, 0, true);

  /** Larger numbers are not computed with: functions of angles would be noise. */
  private static final double LARGEST = 1000;

  private final Referee referee;
  private final long seed;
  private final long dataSeed;
  private final Draw draw;
  private final Draw data;

  /** Says which way the elements of the leaves are moved; null where they stay. */
  private final @Nullable Draw nudges;

  /** The comparison at which the program ends, whatever it says. */
  private final int last;

  /** Statements whose values have been dropped, so that a second run is of the same program. */
  private final Set<Integer> dropped;

  private final boolean decides;
  private final List<Variable> variables = new ArrayList<>();
  private final List<Variable> leaves = new ArrayList<>();
  private final List<org.bytedeco.pytorch.Tensor> handles = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final BoolOptional retain = new BoolOptional(true);
  private final TensorArrayRefOptional allLeaves = new TensorArrayRefOptional();
  private @Nullable String mismatch;

  /** What differed, or was to be compared last. */
  private @Nullable Tensor compared;

  private int comparisons;
  private boolean differsAsIntended;
  private boolean onlyOneSideNoticedAWrite;
  private boolean stopped;
  private int statements;
  private int refusals;
  private int passes;

  /**
   * Prepares a program.
   *
   * @param referee libtorch
   * @param seed of the program
   * @param dataSeed of the elements of its leaves
   * @param dropped the statements whose values are dropped; null to find out which have to be
   */
  RandomProgram(Referee referee, long seed, long dataSeed, @Nullable Set<Integer> dropped) {
    this(referee, seed, dataSeed, dropped, null, Integer.MAX_VALUE);
  }

  private RandomProgram(
      Referee referee,
      long seed,
      long dataSeed,
      @Nullable Set<Integer> dropped,
      @Nullable Draw nudges,
      int last) {
    this.referee = referee;
    this.seed = seed;
    this.dataSeed = dataSeed;
    this.draw = new Draw(seed);
    this.data = new Draw(dataSeed);
    this.decides = dropped == null;
    this.dropped = dropped == null ? new HashSet<>() : dropped;
    this.nudges = nudges;
    this.last = last;
  }

  /**
   * Tells whether roundings of the leaves' elements, and nothing else, change what differed by more
   * than it may: the program is run again to the same place, as it was, which must give the same
   * numbers, and then with each element moved to one of its neighbours.
   *
   * @param times how many ways are tried
   * @return whether one of them moves Gatun's own result
   */
  boolean isMovedByRoundings(int times) {
    var before = compared;
    if (before == null || differsAgain(before, null, SAME)) {
      return false;
    }
    for (int i = 0; i < times; i++) {
      if (differsAgain(before, new Draw(dataSeed + i), TOLERANCE)) {
        return true;
      }
    }
    return false;
  }

  private boolean differsAgain(Tensor before, @Nullable Draw moves, Tolerances tolerance) {
    try (var _ = Scope.open();
        var again = new RandomProgram(referee, seed, dataSeed, dropped, moves, comparisons)) {
      again.run();
      var after = again.compared;
      return after != null
          && !Agreement.of("", before, after, tolerance, () -> null).mismatches().isEmpty();
    }
  }

  /** Runs the program, to the end or to the first mismatch. */
  void run() {
    int count = draw.pick(2, 4);
    for (int i = 0; i < count; i++) {
      addLeaf(i);
    }
    var moves = new Moves(draw, variables);
    int length = draw.pick(5, 30);
    for (int i = 0; i < length && mismatch == null && !stopped; i++) {
      if (draw.oneIn(12)) {
        backward();
      } else {
        var move = moves.next();
        if (move != null) {
          statements++;
          run(move, i);
        }
      }
    }
    if (mismatch == null && !stopped) {
      compareAll();
    }
    if (mismatch == null && !stopped) {
      backward();
    }
    if (mismatch == null && !stopped) {
      compareGradients();
    }
  }

  private void addLeaf(int number) {
    var shape = Shape.of(number == 0 ? draw.sizes(1, 3) : draw.sizes(0, 3));
    var dtype = number == 0 || !draw.oneIn(6) ? DType.FLOAT64 : DType.INT64;
    var mine = Gatun.empty(dtype, shape);
    for (long i = 0; i < mine.numel(); i++) {
      double value = data.real(-2, 2);
      dtype.setDouble(
          mine.segment(),
          mine.byteOffset() + i * dtype.byteSize(),
          dtype == DType.INT64 ? Math.rint(value) : nudged(value));
    }
    org.bytedeco.pytorch.Tensor theirs;
    try (var wrapped = referee.wrap(mine)) {
      theirs = keep(wrapped.clone());
    }
    boolean leaf = dtype == DType.FLOAT64 && draw.coin();
    var variable = new Variable("v" + number, mine, theirs);
    if (leaf) {
      mine.requiresGrad_();
      theirs.set_requires_grad(true);
      leaves.add(variable);
    }
    variables.add(variable);
    lines.add(variable.name() + " = " + dtype + shape + (leaf ? ", requires a gradient" : ""));
  }

  private double nudged(double value) {
    return nudges == null ? value : nudges.coin() ? Math.nextUp(value) : Math.nextDown(value);
  }

  private org.bytedeco.pytorch.Tensor keep(org.bytedeco.pytorch.Tensor tensor) {
    handles.add(tensor);
    return tensor;
  }

  // ------------------------------------------------------------ statements

  private void run(Move move, int number) {
    var name = "v" + (variables.size());
    lines.add((move.inPlace() ? "" : name + " = ") + move.text());
    Tensor actual = null;
    GatunException refusal = null;
    try {
      actual = move.gatun().apply(move.mine());
    } catch (GatunException e) {
      refusal = e;
    } catch (RuntimeException e) {
      mismatch = "fails with " + e;
      return;
    }
    org.bytedeco.pytorch.Tensor expected;
    try {
      expected = keep(referee.evaluate(move.pytorch(), move.theirs()));
    } catch (RuntimeException e) {
      refused(move, refusal, e);
      return;
    }
    if (actual == null) {
      found(move, "refused (" + refusal + "), not in PyTorch");
      return;
    }
    if (move.inPlace() || isKept(referee.copy(expected), number)) {
      var difference = difference(name, actual, expected);
      if (difference != null) {
        found(move, difference);
      } else if (!move.inPlace()) {
        variables.add(new Variable(name, actual, expected));
      }
    }
  }

  private void refused(Move move, @Nullable GatunException refusal, RuntimeException theirs) {
    if (refusal == null) {
      found(move, "computed, refused in PyTorch: " + Parity.reason(theirs));
    } else {
      lines.add("  refused by both");
      refusals++;
    }
  }

  /** After a difference that is intended the sides have gone separate ways: the program ends. */
  private void found(Move move, String difference) {
    var described =
        "%s [%s%s"
            .formatted(
                difference,
                move.description(),
                leaves.contains(move.operands().getFirst()) ? " LEAF" : "");
    if (Difference.isIntended(move.operation(), described)) {
      stopped = true;
      differsAsIntended = true;
    } else {
      mismatch = described;
    }
  }

  private @Nullable String difference(
      String what, Tensor actual, org.bytedeco.pytorch.Tensor expected) {
    var apart = apart(what, actual, expected);
    if (apart != null) {
      return apart;
    }
    return actual.requiresGrad() == expected.requires_grad()
        ? null
        : what
            + (actual.requiresGrad() ? " requires a gradient," : " requires no gradient,")
            + " not so in PyTorch";
  }

  /** Compares elements; at the last comparison there is no need to. */
  private @Nullable String apart(String what, Tensor actual, org.bytedeco.pytorch.Tensor expected) {
    comparisons++;
    if (comparisons == last) {
      compared = actual;
      stopped = true;
    }
    if (last < Integer.MAX_VALUE) {
      return null;
    }
    var theirs = referee.copy(expected);
    var apart = Agreement.of(what, theirs, actual, TOLERANCE, () -> noise(theirs)).mismatches();
    if (apart.isEmpty()) {
      return null;
    }
    compared = actual;
    return apart.getFirst();
  }

  private static Evidence noise(Tensor expected) {
    double[] right = expected.toDoubleArray();
    double[] errors = new double[right.length];
    Arrays.fill(errors, NOISE);
    return new Evidence(right, new double[right.length], List.of(errors).iterator(), 1);
  }

  /** Tells whether the program goes on with a value: in double precision, of bounded numbers. */
  private boolean isKept(Tensor value, int number) {
    if (decides
        && value.dtype().isFloatingPoint()
        && (value.dtype() != DType.FLOAT64 || !isBounded(value))) {
      dropped.add(number);
    }
    return !dropped.contains(number);
  }

  private static boolean isBounded(Tensor value) {
    for (double element : value.toDoubleArray()) {
      if (!(Math.abs(element) <= LARGEST)) {
        return false;
      }
    }
    return true;
  }

  // ------------------------------------------------------------ gradients

  private void backward() {
    var candidates = variables.stream().filter(v -> v.mine().requiresGrad()).toList();
    if (candidates.isEmpty()) {
      return;
    }
    var variable = candidates.get(draw.pick(0, candidates.size() - 1));
    lines.add("backward from the sum of " + variable.name());
    passes++;
    RuntimeException refusal = null;
    try {
      variable.mine().sum().backward(null, true, false);
    } catch (GatunException e) {
      refusal = e;
    } catch (RuntimeException e) {
      mismatch = "the backward pass fails with " + e;
      return;
    }
    RuntimeException theirs = null;
    // The gradient of a sum is one number, expanded; leaves without axes would be given views of
    // it, and share the memory of their gradients from then on.
    try (var ones =
        referee.evaluate(PyTorchCall.of("torch.ones_like(a)"), List.of(variable.theirs()))) {
      variable.theirs().backward(ones, retain, false, allLeaves);
    } catch (RuntimeException e) {
      theirs = e;
    }
    // A pass that is refused has added some gradients and others not.
    stopped = refusal != null || theirs != null;
    if (refusal != null && theirs != null) {
      refusals++;
    } else if (refusal instanceof InPlaceException
        || (theirs != null && Parity.reason(theirs).contains("modified by an inplace"))) {
      onlyOneSideNoticedAWrite = true;
    } else if (refusal != null) {
      mismatch = "the backward pass is refused (" + refusal + "), not in PyTorch";
    } else if (theirs != null
        && Difference.isIntended("backward", "refused in PyTorch: " + Parity.reason(theirs))) {
      differsAsIntended = true;
    } else if (theirs != null) {
      mismatch = "the backward pass is computed, refused in PyTorch: " + Parity.reason(theirs);
    }
  }

  private void compareAll() {
    for (var variable : variables) {
      if (mismatch == null) {
        mismatch = difference(variable.name(), variable.mine(), variable.theirs());
      }
    }
  }

  private void compareGradients() {
    for (var leaf : leaves) {
      var mine = leaf.mine().grad();
      var theirs = keep(leaf.theirs().grad());
      if (mismatch == null && (mine != null || theirs.defined())) {
        var what = "the gradient of " + leaf.name();
        var difference =
            mine == null
                ? what + " is missing" + (isZero(theirs) ? ", zeros in PyTorch" : "")
                : theirs.defined() ? apart(what, mine, theirs) : what + " is there, not in PyTorch";
        if (difference != null && Difference.isIntended("backward", difference)) {
          differsAsIntended = true;
        } else {
          mismatch = difference;
        }
      }
    }
  }

  private boolean isZero(org.bytedeco.pytorch.Tensor tensor) {
    return Arrays.stream(referee.copy(tensor).toDoubleArray()).allMatch(element -> element == 0);
  }

  // ------------------------------------------------------------ what was found

  /** What differs; null when nothing does. */
  @Nullable String mismatch() {
    return mismatch;
  }

  /** The text of the program. */
  List<String> lines() {
    return lines;
  }

  /** The statements whose values were dropped. */
  Set<Integer> dropped() {
    return dropped;
  }

  /** Whether one side alone found that a tensor which a backward pass needs had been written. */
  boolean onlyOneSideNoticedAWrite() {
    return onlyOneSideNoticedAWrite;
  }

  /** Whether the program ended early, at a difference that is listed as intended. */
  boolean differsAsIntended() {
    return differsAsIntended;
  }

  /** How many statements were run. */
  int statements() {
    return statements;
  }

  /** How many of them both sides refused. */
  int refusals() {
    return refusals;
  }

  /** How many backward passes were run. */
  int passes() {
    return passes;
  }

  @Override
  public void close() {
    handles.forEach(org.bytedeco.pytorch.Tensor::close);
    retain.close();
    allLeaves.close();
  }
}
