package dev.gatun.kernels.pointwise;

import dev.gatun.memory.ArgumentException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A formula applied to every element of a tensor: an immutable tree of constants, inputs,
 * parameters and primitive operations.
 *
 * <p>Expressions are hash-consed: two expressions of the same structure are the same object, so
 * equality is identity, and a subtree that occurs twice is computed once. Constants differ by bit
 * pattern, so {@code 0.0} and {@code -0.0} are two constants.
 *
 * <p>Building applies shallow algebraic rules that keep the value (constant arithmetic in double,
 * {@code x * 1}, {@code x + 0}, {@code --x}, {@code pow(x, 2)} into {@code x * x}). Adding a
 * literal zero therefore keeps the sign of a negative zero. {@code x * 0} is never removed, because
 * it is NaN for an infinite {@code x}.
 *
 * <p>Truth values are numbers: a comparison yields 1 or 0, and any number but zero (NaN included)
 * counts as true.
 *
 * <p>Instances are safe for use by several threads.
 */
public abstract sealed class Expression
    implements ArithmeticFormulas, ActivationFormulas, SpecialFormulas
    permits Expression.Constant,
        Expression.Input,
        Expression.Parameter,
        Expression.Unary,
        Expression.Binary,
        Expression.Ternary {

  /** Inputs are numbered from 0 to {@code MAX_INPUTS - 1}. */
  public static final int MAX_INPUTS = 64;

  private final int structuralHash;
  private final long inputsUsed;

  private Expression(int structuralHash, long inputsUsed) {
    this.structuralHash = structuralHash;
    this.inputsUsed = inputsUsed;
  }

  /**
   * The constant {@code value}. In a program that computes in FLOAT32 it is rounded to float first;
   * in an integer program it is truncated to an integer.
   */
  public static Expression constant(double value) {
    return ExpressionTable.intern(new Constant(value));
  }

  /**
   * The element of input {@code index}.
   *
   * @throws ArgumentException if the index is negative or not below {@link #MAX_INPUTS}
   */
  public static Expression input(int index) {
    if (index < 0 || index >= MAX_INPUTS) {
      throw new ArgumentException("input: index " + index + " is outside [0, " + MAX_INPUTS + ")");
    }
    return ExpressionTable.intern(new Input(index));
  }

  /**
   * The scalar parameter {@code index}, a number given to each run of the kernel. It is converted
   * like a constant.
   *
   * @throws ArgumentException if the index is negative
   */
  public static Expression parameter(int index) {
    if (index < 0) {
      throw new ArgumentException("parameter: index " + index + " is negative");
    }
    return ExpressionTable.intern(new Parameter(index));
  }

  /** {@code operation(x)}, simplified where a shallow rule applies. */
  public static Expression unary(UnaryOperation operation, Expression x) {
    if (x instanceof Constant constant) {
      return constant(operation.apply(constant.value));
    }
    var simplified = operation.simplify(x);
    return simplified != null ? simplified : ExpressionTable.intern(new Unary(operation, x));
  }

  /** {@code operation(x, y)}, simplified where a shallow rule applies. */
  public static Expression binary(BinaryOperation operation, Expression x, Expression y) {
    if (x instanceof Constant left && y instanceof Constant right) {
      return constant(operation.apply(left.value, right.value));
    }
    var simplified = operation.simplify(x, y);
    return simplified != null ? simplified : ExpressionTable.intern(new Binary(operation, x, y));
  }

  /** {@code operation(x, y, z)}, simplified where a shallow rule applies. */
  public static Expression ternary(
      TernaryOperation operation, Expression x, Expression y, Expression z) {
    if (x instanceof Constant a && y instanceof Constant b && z instanceof Constant c) {
      return constant(operation.apply(a.value, b.value, c.value));
    }
    var simplified = operation.simplify(x, y, z);
    return simplified != null
        ? simplified
        : ExpressionTable.intern(new Ternary(operation, x, y, z));
  }

  /** {@code whenTrue} where {@code condition} is not zero, {@code whenFalse} elsewhere. */
  public static Expression select(Expression condition, Expression whenTrue, Expression whenFalse) {
    return ternary(TernaryOperation.SELECT, condition, whenTrue, whenFalse);
  }

  /** {@code select(condition, whenTrue, whenFalse)} with two constants. */
  public static Expression select(Expression condition, double whenTrue, double whenFalse) {
    return select(condition, constant(whenTrue), constant(whenFalse));
  }

  @Override
  public final Expression self() {
    return this;
  }

  /** The operands of this node, in order; empty for constants, inputs and parameters. */
  public abstract List<Expression> arguments();

  /** This node's operation over other operands, simplified; a leaf returns itself. */
  abstract Expression withArguments(List<Expression> arguments);

  /** The inputs that this expression reads: bit {@code i} is set when input {@code i} occurs. */
  public final long inputsUsed() {
    return inputsUsed;
  }

  /** Whether input {@code index} occurs in this expression. */
  public final boolean uses(int index) {
    return (inputsUsed >>> index & 1) != 0;
  }

  /**
   * The number of scalar parameters: one more than the highest parameter index that occurs, or 0.
   */
  public final int parameterCount() {
    int count = 0;
    for (var node : ExpressionGraph.topologicalOrder(List.of(this))) {
      if (node instanceof Parameter parameter) {
        count = Math.max(count, parameter.index + 1);
      }
    }
    return count;
  }

  /**
   * This expression with every occurrence of {@code subtree} replaced.
   *
   * <p>A backward pass that keeps the forward result reads it through this: in {@code
   * Derivative.of(exp, 0)}, {@code substitute(exp, input(1))} replaces the recomputation by an
   * input.
   */
  public final Expression substitute(Expression subtree, Expression replacement) {
    return ExpressionGraph.substitute(this, subtree, replacement);
  }

  /**
   * This expression with other expressions in place of its constants, inputs and parameters, all at
   * once: what is put in is not looked through again.
   *
   * @param leaves gives for each leaf what takes its place; the leaf itself to keep it
   */
  public final Expression replaceLeaves(UnaryOperator<Expression> leaves) {
    return ExpressionGraph.replaceLeaves(this, leaves);
  }

  /** Whether this is the constant {@code value}; both zeros count as 0. */
  final boolean is(double value) {
    return this instanceof Constant constant && constant.value == value;
  }

  final int structuralHash() {
    return structuralHash;
  }

  /** Whether {@code other} has the same operation and the same operand objects. */
  abstract boolean sameNode(Expression other);

  /** The formula in prefix notation, for instance {@code mul(x0, tanh(x1))}. */
  @Override
  public final String toString() {
    return ExpressionPrinter.print(this);
  }

  /** A literal number. */
  public static final class Constant extends Expression {
    private final double value;

    private Constant(double value) {
      super(31 + Double.hashCode(value), 0);
      this.value = value;
    }

    public double value() {
      return value;
    }

    @Override
    public List<Expression> arguments() {
      return List.of();
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return this;
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Constant that
          && Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(that.value);
    }
  }

  /** The element of one input tensor. */
  public static final class Input extends Expression {
    private final int index;

    private Input(int index) {
      super(7919 * (index + 1), 1L << index);
      this.index = index;
    }

    public int index() {
      return index;
    }

    @Override
    public List<Expression> arguments() {
      return List.of();
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return this;
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Input that && index == that.index;
    }
  }

  /** A scalar that is given to each run. */
  public static final class Parameter extends Expression {
    private final int index;

    private Parameter(int index) {
      super(104729 * (index + 1), 0);
      this.index = index;
    }

    public int index() {
      return index;
    }

    @Override
    public List<Expression> arguments() {
      return List.of();
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return this;
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Parameter that && index == that.index;
    }
  }

  /** A function of one operand. */
  public static final class Unary extends Expression {
    private final UnaryOperation operation;
    private final Expression x;

    private Unary(UnaryOperation operation, Expression x) {
      super(31 * operation.name().hashCode() + x.structuralHash(), x.inputsUsed());
      this.operation = operation;
      this.x = x;
    }

    public UnaryOperation operation() {
      return operation;
    }

    public Expression x() {
      return x;
    }

    @Override
    public List<Expression> arguments() {
      return List.of(x);
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return unary(operation, arguments.get(0));
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Unary that && operation == that.operation && x == that.x;
    }
  }

  /** A function of two operands. */
  public static final class Binary extends Expression {
    private final BinaryOperation operation;
    private final Expression x;
    private final Expression y;

    private Binary(BinaryOperation operation, Expression x, Expression y) {
      super(
          31 * (31 * operation.name().hashCode() + x.structuralHash()) + y.structuralHash(),
          x.inputsUsed() | y.inputsUsed());
      this.operation = operation;
      this.x = x;
      this.y = y;
    }

    public BinaryOperation operation() {
      return operation;
    }

    public Expression x() {
      return x;
    }

    public Expression y() {
      return y;
    }

    @Override
    public List<Expression> arguments() {
      return List.of(x, y);
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return binary(operation, arguments.get(0), arguments.get(1));
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Binary that
          && operation == that.operation
          && x == that.x
          && y == that.y;
    }
  }

  /** A function of three operands. */
  public static final class Ternary extends Expression {
    private final TernaryOperation operation;
    private final Expression x;
    private final Expression y;
    private final Expression z;

    private Ternary(TernaryOperation operation, Expression x, Expression y, Expression z) {
      super(
          31 * (31 * (31 * operation.name().hashCode() + x.structuralHash()) + y.structuralHash())
              + z.structuralHash(),
          x.inputsUsed() | y.inputsUsed() | z.inputsUsed());
      this.operation = operation;
      this.x = x;
      this.y = y;
      this.z = z;
    }

    public TernaryOperation operation() {
      return operation;
    }

    public Expression x() {
      return x;
    }

    public Expression y() {
      return y;
    }

    public Expression z() {
      return z;
    }

    @Override
    public List<Expression> arguments() {
      return List.of(x, y, z);
    }

    @Override
    Expression withArguments(List<Expression> arguments) {
      return ternary(operation, arguments.get(0), arguments.get(1), arguments.get(2));
    }

    @Override
    boolean sameNode(Expression other) {
      return other instanceof Ternary that
          && operation == that.operation
          && x == that.x
          && y == that.y
          && z == that.z;
    }
  }
}
