package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of a pointwise operation for some of its inputs, derived from its formula.
 *
 * <p>The gradient of input i is {@code gradient * d formula / d input i}. Its formula reads the
 * inputs, the gradient (operand number {@code arity}) and, where that keeps fewer tensors alive,
 * the operation's result (operand number {@code arity + 1}). All wanted gradients are outputs of
 * one kernel.
 */
final class PointwiseGradient {
  private final PointwiseOp op;
  private final int arity;
  private final long savedInputs;
  private final boolean savesOutput;

  /**
   * For each wanted input its gradient's formula over the numbered operands; null if not wanted.
   */
  private final @Nullable Expression[] formulas;

  /** The inputs whose gradients are computed, not passed on or zero. */
  private final int[] computed;

  /** The operands that the kernel reads. */
  private final int[] operands;

  /** Bit i is set when the gradient of input i is the gradient of the result. */
  private final int passedOn;

  /**
   * Bit i is set when the gradient of input i is zero everywhere, and is said to be so. A gradient
   * of a gradient that is zero is left out instead: no one looks at it, and what it would be
   * multiplied with need not be computed.
   */
  private final int zero;

  private final PointwiseKernels kernels;

  /** For each computed input, its gradient as an operation of its own. Made when first recorded. */
  private final @Nullable PointwiseOp[] derived;

  /**
   * Derives the backward pass.
   *
   * @param op the operation
   * @param wantedMask bit i is set when the gradient of input i is wanted
   * @param mayReadResult whether the result is as precise as what it was computed from
   */
  PointwiseGradient(PointwiseOp op, int wantedMask, boolean mayReadResult) {
    this.op = op;
    this.arity = op.arity();
    this.derived = new @Nullable PointwiseOp[arity];
    Expression forward = op.expression();
    Expression gradient = Expression.input(arity);
    Expression result = Expression.input(arity + 1);
    @Nullable Expression[] plain = new @Nullable Expression[arity];
    @Nullable Expression[] throughResult = new @Nullable Expression[arity];
    for (int i = 0; i < arity; i++) {
      if ((wantedMask >>> i & 1) != 0) {
        // The gradient goes in as the seed, so that branches not taken are masked: 0 * inf is NaN.
        plain[i] = op.derivative(i, gradient);
        throughResult[i] = plain[i].substitute(forward, result);
      }
    }
    boolean readsResult = mayReadResult && prefersResult(throughResult, plain);
    this.formulas = readsResult ? throughResult : plain;
    long used = 0;
    List<Expression> outputs = new ArrayList<>();
    int[] places = new int[arity];
    int same = 0;
    int none = 0;
    for (int i = 0; i < arity; i++) {
      Expression formula = formulas[i];
      if (formula == null) {
        continue;
      }
      if (isZero(formula, gradient)) {
        formulas[i] = null;
        none |= op.isDerived() ? 0 : 1 << i;
      } else if (formula == gradient) {
        same |= 1 << i;
      } else {
        used |= formula.inputsUsed();
        places[outputs.size()] = i;
        outputs.add(formula);
      }
    }
    this.passedOn = same;
    this.zero = none;
    this.savedInputs = used & (1L << arity) - 1;
    this.savesOutput = (used >>> arity + 1 & 1) != 0;
    this.computed = Arrays.copyOf(places, outputs.size());
    this.operands = numbers(used);
    outputs.replaceAll(formula -> renumber(formula, operands));
    this.kernels =
        new PointwiseKernels(op.name() + "_backward", List.copyOf(outputs), operands.length);
  }

  /**
   * Keeping the result alone beats keeping inputs: it is there anyway, and the inputs may then be
   * written in place.
   */
  private boolean prefersResult(
      @Nullable Expression[] throughResult, @Nullable Expression[] plain) {
    int difference = operandsOf(throughResult) - operandsOf(plain);
    return difference < 0 || difference == 0 && inputsOf(throughResult) < inputsOf(plain);
  }

  private int inputsOf(@Nullable Expression[] candidates) {
    return Long.bitCount(used(candidates) & (1L << arity) - 1);
  }

  private int operandsOf(@Nullable Expression[] candidates) {
    return Long.bitCount(used(candidates) & ~(1L << arity));
  }

  private static long used(@Nullable Expression[] candidates) {
    long used = 0;
    for (Expression candidate : candidates) {
      used |= candidate == null ? 0 : candidate.inputsUsed();
    }
    return used;
  }

  private static boolean isZero(Expression formula, Expression gradient) {
    Expression zero = Expression.constant(0);
    return formula == zero || formula == gradient.mul(zero);
  }

  private static int[] numbers(long mask) {
    int[] result = new int[Long.bitCount(mask)];
    long rest = mask;
    for (int i = 0; i < result.length; i++) {
      result[i] = Long.numberOfTrailingZeros(rest);
      rest &= rest - 1;
    }
    return result;
  }

  /** Numbers the operands a formula reads from 0 on, without gaps. */
  private static Expression renumber(Expression formula, int[] operands) {
    Expression result = formula;
    for (int i = 0; i < operands.length; i++) {
      if (operands[i] != i) {
        result = result.substitute(Expression.input(operands[i]), Expression.input(i));
      }
    }
    return result;
  }

  /** Bit i is set when input i must be kept for the backward pass. */
  long savedInputs() {
    return savedInputs;
  }

  /** Tells whether the result must be kept for the backward pass. */
  boolean savesOutput() {
    return savesOutput;
  }

  private StridedArray operand(Node node, Tensor gradient, int number) {
    if (number == arity) {
      return gradient;
    }
    return number < arity ? node.lendInput(number) : node.lendOutput();
  }

  private Tensor recordedOperand(Node node, Tensor gradient, int number) {
    if (number == arity) {
      return gradient;
    }
    return number < arity ? node.input(number, true) : node.output(true);
  }

  @Nullable Tensor[] compute(Node node, Tensor gradient, boolean recording) {
    @Nullable Tensor[] results = new @Nullable Tensor[arity];
    for (int i = 0; i < arity; i++) {
      if ((passedOn >>> i & 1) != 0) {
        results[i] = gradient;
      } else if ((zero >>> i & 1) != 0) {
        results[i] = Gatun.zeros(node.dtype(i), Shape.scalar()).broadcastTo(node.shape(i));
      }
    }
    if (recording) {
      for (int input : computed) {
        results[input] = record(node, gradient, input);
      }
    } else if (computed.length == 1 && operands.length <= 2) {
      results[computed[0]] = computeOne(node, gradient);
    } else if (computed.length > 0) {
      computeTogether(node, gradient, results);
    }
    return results;
  }

  private Tensor computeOne(Node node, Tensor gradient) {
    StridedArray a = operand(node, gradient, operands[0]);
    Tensor out = allocate(node, gradient, computed[0]);
    long key = PointwiseKernels.key(PointwiseKernels.key(1, node.outputDType), a.dtype());
    if (operands.length == 1) {
      key = PointwiseKernels.key(key, out.dtype());
      kernels.get(key).run(out, a, node.parameter0, node.parameter1);
    } else {
      StridedArray b = operand(node, gradient, operands[1]);
      key = PointwiseKernels.key(PointwiseKernels.key(key, b.dtype()), out.dtype());
      kernels.get(key).run(out, a, b, node.parameter0, node.parameter1);
    }
    return out;
  }

  private void computeTogether(Node node, Tensor gradient, @Nullable Tensor[] results) {
    StridedArray[] inputs = new StridedArray[operands.length];
    StridedArray[] outputs = new StridedArray[computed.length];
    long key = PointwiseKernels.key(1, node.outputDType);
    for (int i = 0; i < operands.length; i++) {
      StridedArray operand = operand(node, gradient, operands[i]);
      inputs[i] = operand;
      key = PointwiseKernels.key(key, operand.dtype());
    }
    for (int i = 0; i < computed.length; i++) {
      Tensor output = allocate(node, gradient, computed[i]);
      results[computed[i]] = output;
      outputs[i] = output;
      key = PointwiseKernels.key(key, output.dtype());
    }
    double[] parameters = {node.parameter0, node.parameter1};
    kernels.get(key).run(outputs, inputs, parameters);
  }

  /** What is summed over an axis yet is not rounded to the input's type before. */
  private static Tensor allocate(Node node, Tensor gradient, int input) {
    boolean isSummed = !node.shape(input).equals(gradient.shape());
    return Tensor.allocate(
        isSummed ? RoundedOnce.widened(gradient.dtype()) : node.dtype(input), gradient.shape());
  }

  private Tensor record(Node node, Tensor gradient, int input) {
    Expression formula = formulas[input];
    if (formula == null) {
      throw new IllegalStateException(op.name() + ": input " + input + " has no gradient");
    }
    int[] read = numbers(formula.inputsUsed());
    PointwiseOp operation = derived[input];
    if (operation == null) {
      // Racing threads make equal operations.
      operation = op.derived(input, renumber(formula, read), read.length);
      derived[input] = operation;
    }
    Tensor[] inputs = new Tensor[read.length];
    for (int i = 0; i < read.length; i++) {
      inputs[i] = recordedOperand(node, gradient, read[i]);
    }
    return operation.apply(inputs, node.parameter0, node.parameter1);
  }
}
