package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/** Compares operations with libtorch, case by case. One thread uses it at a time. */
final class Parity implements AutoCloseable {

  /** Before the reason in the messages of the interpreter. */
  private static final String RAISED = "RuntimeError: ";

  private final Referee referee;
  private final BoolOptional retain = new BoolOptional(false);
  private final TensorArrayRefOptional allLeaves = new TensorArrayRefOptional();
  private final long seed;

  /**
   * Prepares.
   *
   * @param library libtorch
   * @param seed of all cases
   */
  Parity(LibTorch library, long seed) {
    this.seed = seed;
    referee = new Referee(library);
  }

  /**
   * Compares calls.
   *
   * @param subject what is called
   * @param first the number of the first case
   * @param count how many cases
   * @return what was found
   */
  ParityRow compare(Subject subject, int first, int count) {
    var row = new ParityRow(subject.name());
    for (int i = first; i < first + count; i++) {
      try (var _ = Scope.open()) {
        compare(subject, i, row);
      }
    }
    return row;
  }

  private void compare(Subject subject, int number, ParityRow row) {
    var draw = new Draw(seed * 31 + subject.name().hashCode() + ((long) number << 32));
    ParityCase parityCase;
    do {
      parityCase = subject.draw(draw, form -> referee.knows(form.pytorch(), form.inputs().size()));
    } while (!Conditioning.isTelling(subject, parityCase.inputs().getFirst()));
    row.counted();
    var found = new ArrayList<String>();
    var tensors = new ArrayList<org.bytedeco.pytorch.Tensor>();
    var confirmed = new ArrayList<String>();
    try {
      compare(subject, parityCase, draw, row, tensors, confirmed, found);
    } finally {
      tensors.forEach(org.bytedeco.pytorch.Tensor::close);
    }
    var again =
        " [%s] ./gatun parity --op=%s --seed=%d --first=%d --cases=1"
            .formatted(parityCase.description(), subject.name(), seed, number);
    found.forEach(mismatch -> row.mismatch(mismatch + again));
    confirmed.forEach(what -> row.confirmed(what + again));
  }

  private void compare(
      Subject subject,
      ParityCase parityCase,
      Draw draw,
      ParityRow row,
      List<org.bytedeco.pytorch.Tensor> tensors,
      List<String> confirmed,
      List<String> found) {
    var inputs = parityCase.inputs().toArray(Tensor[]::new);
    var leaves = parityCase.leaves();
    for (int i = 0; i < inputs.length; i++) {
      tensors.add(referee.wrap(inputs[i]));
      if (leaves.contains(i)) {
        inputs[i].requiresGrad_();
        tensors.get(i).set_requires_grad(true);
      }
    }
    Tensor actual = null;
    String refusal = null;
    try {
      actual = parityCase.gatun().apply(inputs);
    } catch (GatunException e) {
      refusal = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      found.add("fails with " + e);
      return;
    }
    org.bytedeco.pytorch.Tensor expected;
    try {
      expected = referee.evaluate(parityCase.pytorch(), tensors);
    } catch (RuntimeException e) {
      if (refusal == null) {
        found.add("computed, refused in PyTorch: " + reason(e));
      } else {
        row.refused();
      }
      return;
    }
    try (expected) {
      if (actual == null) {
        found.add("refused (" + refusal + "), not in PyTorch");
        return;
      }
      var type = actual.dtype();
      var agreement =
          Agreement.of(
              "the result",
              referee.copy(expected),
              actual,
              Tolerances.ofResult(subject, type),
              () -> new DoublePrecision(referee, subject, parityCase).ofResult(type));
      row.result(agreement.ulps());
      found.addAll(agreement.mismatches());
      if (!found.isEmpty()) {
        return;
      }
      if (agreement.confirmed() != null) {
        confirmed.add(agreement.confirmed());
      }
      if (!leaves.isEmpty() && actual.requiresGrad() && expected.requires_grad()) {
        compareGradients(
            subject, parityCase, actual, expected, tensors, draw, row, confirmed, found);
      } else if (actual.requiresGrad() != expected.requires_grad()) {
        found.add(
            actual.requiresGrad()
                ? "the result requires a gradient, not in PyTorch"
                : "the result requires no gradient, it does in PyTorch");
      }
    }
  }

  private void compareGradients(
      Subject subject,
      ParityCase parityCase,
      Tensor actual,
      org.bytedeco.pytorch.Tensor expected,
      List<org.bytedeco.pytorch.Tensor> tensors,
      Draw draw,
      ParityRow row,
      List<String> confirmed,
      List<String> found) {
    var seedOfGradient = Gatun.empty(actual.dtype(), actual.shape());
    for (long offset = 0; offset < actual.numel(); offset++) {
      actual
          .dtype()
          .setDouble(
              seedOfGradient.segment(),
              seedOfGradient.byteOffset() + offset * actual.dtype().byteSize(),
              draw.real(-1, 1));
    }
    row.gradientsCompared();
    try {
      actual.backward(seedOfGradient);
    } catch (RuntimeException e) {
      found.add("its gradient fails with " + e);
      return;
    }
    try (var torchSeed = referee.wrap(seedOfGradient)) {
      expected.backward(torchSeed, retain, false, allLeaves);
    } catch (RuntimeException e) {
      found.add("differentiated, refused in PyTorch: " + reason(e));
      return;
    }
    var inputs = parityCase.inputs();
    for (int i : parityCase.leaves()) {
      var mine = inputs.get(i).grad();
      var what = "the gradient of input " + i;
      try (var theirs = tensors.get(i).grad()) {
        if (mine == null || !theirs.defined()) {
          if (mine != null || theirs.defined()) {
            found.add(what + (mine == null ? " is missing" : " is there, not in PyTorch"));
          }
          continue;
        }
        var agreement =
            agreement(subject, parityCase, i, referee.copy(theirs), mine, seedOfGradient);
        row.gradient(agreement.ulps());
        found.addAll(agreement.mismatches());
        if (agreement.confirmed() != null) {
          confirmed.add(agreement.confirmed());
        }
      }
    }
  }

  /** Compares gradients; those of elements that stand for each other, in any order. */
  private Agreement agreement(
      Subject subject, ParityCase parityCase, int input, Tensor theirs, Tensor mine, Tensor seed) {
    var what = "the gradient of input " + input;
    var type = Tolerances.coarser(mine.dtype(), seed.dtype());
    var tolerance = Tolerances.ofGradient(subject, type);
    Supplier<@Nullable Evidence> evidence =
        () -> new DoublePrecision(referee, subject, parityCase).ofGradient(input, seed);
    var ties = parityCase.ties();
    if (ties == null || !theirs.shape().equals(mine.shape()) || theirs.dtype() != mine.dtype()) {
      return Agreement.of(what, theirs, mine, tolerance, evidence);
    }
    var elements = parityCase.inputs().get(input).detach();
    return Agreement.of(
        what,
        ties.sorted(theirs.toDoubleArray(), elements),
        ties.sorted(mine.toDoubleArray(), elements),
        tolerance,
        evidence);
  }

  /** What libtorch says, without the trace of the interpreter around it. */
  static String reason(RuntimeException failure) {
    var lines = String.valueOf(failure.getMessage()).lines().toList();
    return lines.stream()
        .filter(line -> line.startsWith(RAISED))
        .map(line -> line.substring(RAISED.length()))
        .findFirst()
        .orElse(lines.isEmpty() ? "" : lines.getFirst());
  }

  @Override
  public void close() {
    referee.close();
    retain.close();
    allLeaves.close();
  }
}
