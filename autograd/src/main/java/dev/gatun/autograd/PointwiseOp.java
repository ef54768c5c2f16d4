package dev.gatun.autograd;

import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Placement;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operation that makes each element of its result from the elements of its inputs at the same
 * place, by a formula. The formula is all there is to declare:
 *
 * {@snippet :
 * static final PointwiseOp TANH_SOFTPLUS =
 *     PointwiseOp.unary("tanh_softplus", x -> x.mul(x.softplus().tanh()));
 *
 * Tensor tanhSoftplus(Tensor x) {
 *   return TANH_SOFTPLUS.apply(x);
 * }
 * }
 *
 * <p>It becomes a SIMD kernel for every element type and memory layout that comes up, and its
 * symbolic derivative becomes a fused kernel for the backward pass. Inputs broadcast against each
 * other; the {@link TypeRule} says in which type the formula is computed.
 */
public final class PointwiseOp extends Op {
  /** A formula of three operands. */
  @FunctionalInterface
  public interface TernaryFormula {
    /**
     * Builds the formula.
     *
     * @param x the first operand
     * @param y the second operand
     * @param z the third operand
     * @return the formula
     */
    Expression apply(Expression x, Expression y, Expression z);
  }

  private final int arity;
  private final Expression expression;
  private final TypeRule typeRule;
  private final boolean checksOperands;
  private final int conditions;
  private final @Nullable String whyNoGradient;
  private final PointwiseDomain domain;
  private final @Nullable String pytorch;
  private final boolean isDerived;
  private final boolean isSteep;
  private final double[] simplerAt;
  private final @Nullable PointwiseOp[] simpler;
  private final @Nullable AtScalar atScalar;
  private final PointwiseKernels kernels;
  private final @Nullable PointwiseGradient[] gradients;
  private final @Nullable PointwiseOp[] withScalar = new @Nullable PointwiseOp[3];

  /** The formula that an operation has for any scalar, and the scalar that it stands beside. */
  private record AtScalar(Expression general, double scalar) {
    Expression of(Expression formula) {
      Expression parameter = Expression.parameter(0);
      Expression constant = Expression.constant(scalar);
      return formula.replaceLeaves(leaf -> leaf == parameter ? constant : leaf);
    }
  }

  /** A declaration on its way; never seen outside. */
  private static final class Builder {
    private final String name;
    private final int arity;
    private final Expression expression;
    private TypeRule typeRule = TypeRule.FLOATING;
    private int conditions;
    private @Nullable String whyNoGradient;
    private PointwiseDomain domain = PointwiseDomain.REAL;
    private @Nullable String pytorch;
    private boolean isDerived;
    private boolean isSteep;
    private double[] simplerAt = {};
    private @Nullable AtScalar atScalar;

    Builder(String name, int arity, Expression expression) {
      this.name = name;
      this.arity = arity;
      this.expression = expression;
    }
  }

  private PointwiseOp(Builder builder) {
    super(builder.name);
    arity = builder.arity;
    expression = builder.expression;
    typeRule = builder.typeRule;
    checksOperands = typeRule.checksOperands();
    conditions = builder.conditions;
    whyNoGradient = builder.whyNoGradient;
    domain = builder.domain;
    pytorch = builder.pytorch;
    isDerived = builder.isDerived;
    isSteep = builder.isSteep;
    simplerAt = builder.simplerAt;
    simpler = new @Nullable PointwiseOp[simplerAt.length];
    atScalar = builder.atScalar;
    kernels = new PointwiseKernels(name(), List.of(expression), arity);
    gradients = new @Nullable PointwiseGradient[2 << arity];
  }

  private PointwiseOp with(Consumer<Builder> change) {
    Builder builder = new Builder(name(), arity, expression);
    builder.typeRule = typeRule;
    builder.conditions = conditions;
    builder.whyNoGradient = whyNoGradient;
    builder.domain = domain;
    builder.pytorch = pytorch;
    builder.isDerived = isDerived;
    builder.isSteep = isSteep;
    builder.simplerAt = simplerAt;
    change.accept(builder);
    return new PointwiseOp(builder);
  }

  /**
   * Declares an operation of one input, computed in floating point.
   *
   * @param name the name in PyTorch's spelling
   * @param formula the formula; may use {@link Expression#parameter} 0 and 1 for scalar operands
   * @return the operation
   */
  public static PointwiseOp unary(String name, UnaryOperator<Expression> formula) {
    return declare(name, 1, formula.apply(Expression.input(0)));
  }

  /**
   * Declares an operation of two inputs, computed in floating point.
   *
   * @param name the name in PyTorch's spelling
   * @param formula the formula; may use {@link Expression#parameter} 0 and 1 for scalar operands
   * @return the operation
   */
  public static PointwiseOp binary(String name, BinaryOperator<Expression> formula) {
    return declare(name, 2, formula.apply(Expression.input(0), Expression.input(1)));
  }

  /**
   * Declares an operation of three inputs, computed in floating point.
   *
   * @param name the name in PyTorch's spelling
   * @param formula the formula; may use {@link Expression#parameter} 0 and 1 for scalar operands
   * @return the operation
   */
  public static PointwiseOp ternary(String name, TernaryFormula formula) {
    Expression expression =
        formula.apply(Expression.input(0), Expression.input(1), Expression.input(2));
    return declare(name, 3, expression);
  }

  private static PointwiseOp declare(String name, int arity, Expression expression) {
    return new PointwiseOp(new Builder(name, arity, expression));
  }

  /**
   * Returns this operation with another rule for element types.
   *
   * @param rule the rule
   * @return a new operation
   */
  public PointwiseOp typed(TypeRule rule) {
    return with(op -> {
      op.typeRule = rule;
      if (rule == TypeRule.PREDICATE) {
        op.whyNoGradient = "a truth value has no slope";
      } else if (rule == TypeRule.BITWISE || rule == TypeRule.INTEGRAL) {
        op.whyNoGradient = "bits have no slope";
      }
    });
  }

  /**
   * Returns this operation with its first input taken as a condition: it has no part in choosing
   * the type of the result, and no gradient.
   *
   * @return a new operation
   */
  public PointwiseOp conditional() {
    return with(op -> op.conditions = 1);
  }

  /**
   * Returns this operation without a gradient.
   *
   * @param reason why it has none
   * @return a new operation
   */
  public PointwiseOp withoutGradient(String reason) {
    return with(op -> op.whyNoGradient = reason);
  }

  /**
   * Returns this operation with the range in which it is tested.
   *
   * @param tested where the formula and its derivative are finite
   * @return a new operation
   */
  public PointwiseOp on(PointwiseDomain tested) {
    return with(op -> op.domain = tested);
  }

  /**
   * Returns this operation with a slope that grows so fast with the result that a result of half
   * precision is too coarse to tell it: it is taken from the inputs there.
   *
   * @return a new operation
   */
  public PointwiseOp steep() {
    return with(op -> op.isSteep = true);
  }

  /**
   * Returns this operation of two inputs with numbers beside which its formula is a simpler one:
   * where one of them is the second operand, it is a constant of a kernel of its own.
   *
   * @param scalars the numbers; negative ones count beside floating point alone
   * @return a new operation
   */
  PointwiseOp simplerAt(double... scalars) {
    return with(op -> op.simplerAt = scalars.clone());
  }

  /**
   * Returns this operation with what PyTorch computes, where that is not its function of the same
   * name.
   *
   * @param meaning an expression as in {@link PyTorchCall}, with the parameters of the formula as
   *     {@code p} and {@code q}
   * @return a new operation
   */
  public PointwiseOp pytorch(String meaning) {
    return with(op -> op.pytorch = meaning);
  }

  /**
   * Returns what PyTorch computes.
   *
   * @return an expression as in {@link PyTorchCall}
   */
  public String pytorch() {
    if (pytorch != null) {
      return pytorch;
    }
    return switch (arity) {
      case 1 -> "torch." + name() + "(a)";
      case 2 -> "torch." + name() + "(a, b)";
      default -> "torch." + name() + "(a, b, c)";
    };
  }

  @Override
  public @Nullable String whyNotInPyTorch() {
    return null;
  }

  /**
   * Returns the number of inputs.
   *
   * @return 1, 2 or 3
   */
  public int arity() {
    return arity;
  }

  /**
   * Returns the formula.
   *
   * @return the expression over the inputs, numbered from 0
   */
  public Expression expression() {
    return expression;
  }

  /**
   * Returns the rule for element types.
   *
   * @return the rule
   */
  public TypeRule typeRule() {
    return typeRule;
  }

  /**
   * Returns the range in which the operation is tested.
   *
   * @return the domain
   */
  public PointwiseDomain domain() {
    return domain;
  }

  /**
   * Tells whether the first input is a condition.
   *
   * @return whether it has no part in types and gradients
   */
  public boolean isConditional() {
    return conditions != 0;
  }

  @Override
  public @Nullable String whyNoGradient() {
    return whyNoGradient;
  }

  /**
   * Returns this operation of two inputs with a scalar in place of one of them.
   *
   * @param input which input the scalar replaces, 0 or 1
   * @return an operation of one input, which takes the scalar as its first parameter
   * @throws ArgumentException when this operation has not two inputs, or there is no such input
   */
  public PointwiseOp withScalar(int input) {
    if (arity != 2 || input < 0 || input > 1) {
      throw new ArgumentException(
          name() + ": a scalar for input " + input + " of " + arity + ": 0 or 1, of two inputs");
    }
    PointwiseOp known = withScalar[input];
    if (known == null) {
      Expression scalar =
          expression
              .substitute(Expression.input(input), Expression.parameter(0))
              .substitute(Expression.input(1 - input), Expression.input(0));
      // Racing threads make equal operations.
      Builder builder = new Builder(name(), 1, scalar);
      builder.typeRule = typeRule;
      builder.whyNoGradient = whyNoGradient;
      builder.domain = domain;
      builder.isDerived = isDerived;
      builder.isSteep = isSteep;
      builder.simplerAt = input == 1 ? simplerAt : builder.simplerAt;
      known = new PointwiseOp(builder);
      withScalar[input] = known;
    }
    return known;
  }

  /**
   * Returns this operation of one input and a scalar for a number.
   *
   * @param scalar what is to be the first parameter
   * @param common the common type of the scalar and the input
   * @return an operation that has the number as a constant where that is simpler, else this one
   */
  PointwiseOp atScalar(double scalar, DType common) {
    for (int i = 0; i < simplerAt.length; i++) {
      if (simplerAt[i] == scalar && (scalar >= 0 || common.isFloatingPoint())) {
        PointwiseOp known = simpler[i];
        return known != null ? known : makeSimpler(i);
      }
    }
    return this;
  }

  private PointwiseOp makeSimpler(int index) {
    AtScalar at = new AtScalar(expression, simplerAt[index]);
    Builder builder = new Builder(name(), 1, at.of(expression));
    builder.typeRule = typeRule;
    builder.whyNoGradient = whyNoGradient;
    builder.domain = domain;
    builder.isDerived = isDerived;
    builder.isSteep = isSteep;
    builder.atScalar = at;
    // Racing threads make equal operations.
    PointwiseOp made = new PointwiseOp(builder);
    simpler[index] = made;
    return made;
  }

  /**
   * Returns the gradient that reaches an input when {@code seed} reaches the result. Beside a
   * constant it is that of any scalar, with the constant in its place: 3 * x^2 rather than the sum
   * of what x * x * x has for each factor.
   */
  Expression derivative(int input, Expression seed) {
    return atScalar == null
        ? Derivative.of(expression, input, seed)
        : atScalar.of(Derivative.of(atScalar.general, input, seed));
  }

  /**
   * Applies this operation of two inputs with a number in place of one of them. A fraction makes
   * the result of an integral tensor floating point; a whole number leaves its type.
   *
   * @param input which input the number replaces, 0 or 1
   * @param tensor the other input
   * @param scalar the number; a {@link Long}, {@link Integer}, {@link Short} or {@link Byte} is a
   *     whole number, any other a fraction
   * @return a new contiguous tensor of the tensor's shape
   * @throws ArgumentException when this operation has not two inputs, or there is no such input
   * @throws DTypeException when the common type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when the tensor is closed
   */
  public Tensor applyScalar(int input, Tensor tensor, Number scalar) {
    return Scalars.apply(this, input, tensor, scalar);
  }

  /** Tells whether this operation computes a gradient of another one. */
  boolean isDerived() {
    return isDerived;
  }

  /** Returns the operation that computes a gradient of this one, itself differentiable. */
  PointwiseOp derived(int input, Expression formula, int operands) {
    Builder builder = new Builder(name() + "_backward", operands, formula);
    builder.typeRule = TypeRule.PROMOTE;
    builder.domain = domain;
    builder.isDerived = true;
    return new PointwiseOp(builder);
  }

  /**
   * Makes the kernel for inputs of one type and runs it on scratch memory until it is likely to
   * have been compiled, so that the first call that matters need not wait for it.
   *
   * @param dtype the type of the inputs
   * @throws DTypeException when the type is not one that the operation accepts
   */
  public void warmUp(DType dtype) {
    DType compute = typeRule.compute(name(), dtype);
    long key = PointwiseKernels.key(1, compute);
    for (int i = 0; i < arity; i++) {
      key = PointwiseKernels.key(key, dtype);
    }
    kernels.get(PointwiseKernels.key(key, typeRule.result(compute))).warmUp();
  }

  // ---- computing a new tensor

  /**
   * Applies the operation.
   *
   * @param a the input
   * @return a new contiguous tensor of the same shape
   * @throws DTypeException when the type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when the input is closed
   */
  public Tensor apply(Tensor a) {
    return apply(a, 0, 0);
  }

  /**
   * Applies the operation with scalar operands.
   *
   * @param a the input
   * @param parameter0 the first parameter of the formula
   * @param parameter1 the second parameter of the formula
   * @return a new contiguous tensor of the same shape
   * @throws DTypeException when the type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when the input is closed
   */
  public Tensor apply(Tensor a, double parameter0, double parameter1) {
    return apply(a, a.dtype(), parameter0, parameter1);
  }

  /** As above, where a scalar operand has had a say in the common type. */
  Tensor apply(Tensor a, DType common, double parameter0, double parameter1) {
    checkArity(1);
    a.checkOpen(name());
    if (Placement.devicesInUse() && Devices.elsewhere(a)) {
      return Devices.at(a, () -> apply(a, common, parameter0, parameter1));
    }
    if (checksOperands) {
      typeRule.checkOperand(name(), a.dtype(), common);
    }
    DType compute = typeRule.compute(name(), common);
    Tensor out = Tensor.allocateLike(typeRule.result(compute), a);
    long key = PointwiseKernels.key(PointwiseKernels.key(1, compute), a.dtype());
    kernels.get(PointwiseKernels.key(key, out.dtype())).run(out, a, parameter0, parameter1);
    a.checkStillOpen(name());
    if (a.isTracked() && recordable()) {
      record(new Tensor[] {a}, out, parameter0, parameter1);
    }
    return out;
  }

  /**
   * Applies the operation.
   *
   * @param a the first input
   * @param b the second input
   * @return a new contiguous tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the common type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor apply(Tensor a, Tensor b) {
    return apply(a, b, 0, 0);
  }

  /**
   * Applies the operation with scalar operands.
   *
   * @param a the first input
   * @param b the second input
   * @param parameter0 the first parameter of the formula
   * @param parameter1 the second parameter of the formula
   * @return a new contiguous tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the common type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor apply(Tensor a, Tensor b, double parameter0, double parameter1) {
    checkArity(2);
    a.checkOpen(name());
    b.checkOpen(name());
    if (Placement.devicesInUse() && Devices.elsewhere(a, b)) {
      return Devices.atJoined(
          name(),
          new Tensor[] {a, b},
          0,
          joined -> apply(joined[0], joined[1], parameter0, parameter1));
    }
    if (typeRule == TypeRule.PREDICATE && a.dtype() != b.dtype()) {
      return apply(new Tensor[] {a, b}, parameter0, parameter1);
    }
    DType common = isConditional() ? b.dtype() : resultType(a, b);
    if (checksOperands) {
      typeRule.checkOperand(name(), a.dtype(), common);
      typeRule.checkOperand(name(), b.dtype(), common);
    }
    DType compute = typeRule.compute(name(), common);
    Shape shape = Shape.broadcast(name(), a.shape(), b.shape());
    DType result = typeRule.result(compute);
    Tensor out =
        shape == a.shape() ? Tensor.allocateLike(result, a) : Tensor.allocate(result, shape);
    long key = PointwiseKernels.key(PointwiseKernels.key(1, compute), a.dtype());
    key = PointwiseKernels.key(PointwiseKernels.key(key, b.dtype()), result);
    kernels.get(key).run(out, a, b, parameter0, parameter1);
    a.checkStillOpen(name());
    b.checkStillOpen(name());
    if ((a.isTracked() || b.isTracked()) && recordable()) {
      record(new Tensor[] {a, b}, out, parameter0, parameter1);
    }
    return out;
  }

  /**
   * Applies the operation.
   *
   * @param a the first input
   * @param b the second input
   * @param c the third input
   * @return a new contiguous tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the common type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor apply(Tensor a, Tensor b, Tensor c) {
    return apply(new Tensor[] {a, b, c}, 0, 0);
  }

  /**
   * Applies the operation to as many inputs as it has.
   *
   * @param inputs the inputs
   * @param parameter0 the first parameter of the formula
   * @param parameter1 the second parameter of the formula
   * @return a new contiguous tensor of the common shape
   * @throws ShapeException when the shapes do not broadcast
   * @throws DTypeException when the common type is not one that the operation accepts
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor apply(Tensor[] inputs, double parameter0, double parameter1) {
    if (Placement.devicesInUse() && Devices.anyElsewhere(inputs)) {
      return Devices.atJoined(name(), inputs, 0, joined -> apply(joined, parameter0, parameter1));
    }
    DType common = commonType(inputs);
    DType compute = typeRule.compute(name(), common);
    Tensor out = Tensor.allocate(typeRule.result(compute), commonShape(inputs));
    run(out, compute, comparable(inputs, common), parameter0, parameter1);
    if (anyTracked(inputs) && recordable()) {
      record(inputs, out, parameter0, parameter1);
    }
    return out;
  }

  // ---- writing into a tensor there is

  /**
   * Applies the operation and writes the result over its first input. An operand that shares memory
   * with it in another layout is copied first.
   *
   * @param inputs the inputs; the first one is written and returned
   * @param parameter0 the first parameter of the formula
   * @param parameter1 the second parameter of the formula
   * @return the first input
   * @throws ShapeException when the common shape is not the first input's
   * @throws DTypeException when the result's type cannot be stored in the first input
   * @throws InPlaceException when the write would spoil a gradient or the memory cannot be written
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor applyInPlace(Tensor[] inputs, double parameter0, double parameter1) {
    return applyInPlace(inputs, commonType(inputs), parameter0, parameter1);
  }

  /** As above, where a scalar operand has had a say in the common type. */
  Tensor applyInPlace(Tensor[] inputs, DType common, double parameter0, double parameter1) {
    Tensor self = inputs[0];
    if (Placement.devicesInUse() && Devices.anyElsewhere(inputs)) {
      return Devices.atJoined(
          name() + "_", inputs, 1, joined -> applyInPlace(joined, common, parameter0, parameter1));
    }
    if (checksOperands) {
      typeRule.checkOperand(name(), self.dtype(), common);
    }
    DType compute = typeRule.compute(name(), common);
    Writes.checkStorable(name() + "_", typeRule.result(compute), self.dtype());
    checkHolds(self, commonShape(inputs));
    boolean recorded = (self.isPartOfGraph() || anyTracked(inputs)) && GradientMode.isEnabled();
    self.checkInPlace(name() + "_", recorded);
    if (recorded && self.dtype().isFloatingPoint()) {
      return writeRecorded(inputs, compute, parameter0, parameter1);
    }
    run(self, compute, Writes.separate(self, inputs), parameter0, parameter1);
    self.storage().bumpVersion();
    return self;
  }

  /**
   * Applies the operation to two tensors and writes the result over the first one. An operand that
   * shares memory with it in another layout is copied first.
   *
   * @param self the first input, which is written and returned
   * @param other the second input
   * @return the first input
   * @throws ShapeException when the common shape is not the first input's
   * @throws DTypeException when the result's type cannot be stored in the first input
   * @throws InPlaceException when the write would spoil a gradient or the memory cannot be written
   * @throws dev.gatun.memory.ClosedTensorException when an input is closed
   */
  public Tensor applyInPlace(Tensor self, Tensor other) {
    checkArity(2);
    self.checkOpen(name());
    other.checkOpen(name());
    if (Placement.devicesInUse() && Devices.elsewhere(self, other)
        || self.dtype() != other.dtype()
        || isConditional()
        || self.isPartOfGraph()
        || other.isTracked()
        || other.sharesMemory(self)) {
      return applyInPlace(new Tensor[] {self, other}, 0, 0);
    }
    DType common = self.dtype();
    if (checksOperands) {
      typeRule.checkOperand(name(), common, common);
    }
    DType compute = typeRule.compute(name(), common);
    Writes.checkStorable(name() + "_", typeRule.result(compute), common);
    checkHolds(self, Shape.broadcast(name(), self.shape(), other.shape()));
    self.checkInPlace(name() + "_", false);
    long key = PointwiseKernels.key(PointwiseKernels.key(1, compute), common);
    key = PointwiseKernels.key(PointwiseKernels.key(key, common), common);
    kernels.get(key).run(self, self, other, 0, 0);
    self.checkStillOpen(name());
    other.checkStillOpen(name());
    self.storage().bumpVersion();
    return self;
  }

  private void checkHolds(Tensor self, Shape shape) {
    if (!shape.equals(self.shape())) {
      throw new ShapeException(name() + "_: " + self.shape() + " cannot hold a result of " + shape);
    }
  }

  private Tensor writeRecorded(
      Tensor[] inputs, DType compute, double parameter0, double parameter1) {
    Tensor self = inputs[0];
    for (Tensor input : inputs) {
      input.checkViewIsCurrent(name() + "_");
    }
    long saved = whyNoGradient() == null ? gradient(inputs, self.dtype()).savedInputs() : 0;
    if (Writes.replaces(self, inputs, saved)) {
      Tensor[] remembered = Writes.remembered(self, inputs, saved);
      writeRecorded(inputs, remembered, compute, parameter0, parameter1);
      Writes.closeCopies(remembered, inputs);
    } else {
      writeRecorded(inputs, inputs, compute, parameter0, parameter1);
    }
    return self;
  }

  private void writeRecorded(
      Tensor[] inputs, Tensor[] remembered, DType compute, double parameter0, double parameter1) {
    Tensor self = inputs[0];
    run(self, compute, Writes.separate(self, inputs), parameter0, parameter1);
    self.storage().bumpVersion();
    GradientEdge before = self.edge();
    if (whyNoGradient() == null) {
      record(remembered, self, parameter0, parameter1);
    } else {
      self.becomeConstant();
      before = null;
    }
    self.writeRecorded(before);
  }

  /**
   * Applies the operation and writes the result into a given tensor.
   *
   * @param out the tensor to write, of the result's shape; may be one of the inputs
   * @param inputs the inputs
   * @param parameter0 the first parameter of the formula
   * @param parameter1 the second parameter of the formula
   * @return {@code out}
   * @throws ShapeException when the common shape is not {@code out}'s
   * @throws DTypeException when the result's type cannot be stored in {@code out}
   * @throws GradientException when a tensor involved requires a gradient and this thread records
   * @throws InPlaceException when the memory cannot be written
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  public Tensor applyOut(Tensor out, Tensor[] inputs, double parameter0, double parameter1) {
    return applyOut(out, inputs, commonType(inputs), parameter0, parameter1);
  }

  /** As above, where a scalar operand has had a say in the common type. */
  Tensor applyOut(Tensor out, Tensor[] inputs, DType common, double parameter0, double parameter1) {
    if (Placement.devicesInUse() && (Devices.elsewhere(out) || Devices.anyElsewhere(inputs))) {
      return Devices.atJoined(
          name(),
          Writes.withOut(out, inputs),
          1,
          all -> {
            Tensor[] joined = Arrays.copyOfRange(all, 1, all.length);
            return applyOut(out, joined, common, parameter0, parameter1);
          });
    }
    DType compute = typeRule.compute(name(), common);
    out.checkOut(name(), commonShape(inputs), anyTracked(inputs));
    Writes.checkStorable(name(), typeRule.result(compute), out.dtype());
    Tensor[] read = comparable(Writes.separate(out, inputs), common);
    run(out, compute, read, parameter0, parameter1);
    out.storage().bumpVersion();
    return out;
  }

  // ---- common to all

  /**
   * Returns the inputs as they are to be compared: rounded to a common type of half precision,
   * where the kernels alone would compare them in float32.
   */
  private Tensor[] comparable(Tensor[] inputs, DType common) {
    if (typeRule != TypeRule.PREDICATE || !common.isHalfPrecision()) {
      return inputs;
    }
    Tensor[] rounded = new Tensor[inputs.length];
    try (NoGrad off = NoGrad.open()) {
      Arrays.setAll(rounded, i -> inputs[i].to(common));
    }
    return rounded;
  }

  private void checkArity(int given) {
    if (given != arity) {
      throw new ShapeException(name() + ": " + given + " inputs: there are " + arity);
    }
  }

  private DType commonType(Tensor[] inputs) {
    checkArity(inputs.length);
    for (Tensor input : inputs) {
      input.checkOpen(name());
    }
    DType common = resultType(inputs, isConditional() ? 1 : 0);
    if (checksOperands) {
      typeRule.checkOperands(name(), inputs, common);
    }
    return common;
  }

  private Shape commonShape(Tensor[] inputs) {
    Shape shape = inputs[0].shape();
    for (int i = 1; i < inputs.length; i++) {
      shape = Shape.broadcast(name(), shape, inputs[i].shape());
    }
    return shape;
  }

  private boolean recordable() {
    return whyNoGradient == null && GradientMode.isEnabled();
  }

  /**
   * Runs the kernel. The checks after it also keep a tensor outside every scope from being closed
   * by the cleaner while its elements are being read.
   */
  private void run(
      Tensor out, DType compute, Tensor[] inputs, double parameter0, double parameter1) {
    long key = PointwiseKernels.key(1, compute);
    for (Tensor input : inputs) {
      key = PointwiseKernels.key(key, input.dtype());
    }
    var kernel = kernels.get(PointwiseKernels.key(key, out.dtype()));
    switch (inputs.length) {
      case 1 -> kernel.run(out, inputs[0], parameter0, parameter1);
      case 2 -> kernel.run(out, inputs[0], inputs[1], parameter0, parameter1);
      case 3 -> kernel.run(out, inputs[0], inputs[1], inputs[2], parameter0, parameter1);
      default ->
          kernel.run(new StridedArray[] {out}, inputs, new double[] {parameter0, parameter1});
    }
    for (Tensor input : inputs) {
      input.checkStillOpen(name());
    }
  }

  private void record(Tensor[] inputs, Tensor out, double parameter0, double parameter1) {
    if (!out.dtype().isFloatingPoint()) {
      return;
    }
    for (Tensor input : inputs) {
      input.checkViewIsCurrent(name());
    }
    if (wanted(inputs) == 0) {
      return;
    }
    PointwiseGradient gradient = gradient(inputs, out.dtype());
    out.recordAs(
        Node.of(
            this,
            null,
            parameter0,
            parameter1,
            inputs,
            out,
            gradient.savedInputs(),
            gradient.savesOutput()));
  }

  private int wanted(Tensor[] inputs) {
    int wanted = 0;
    for (int i = isConditional() ? 1 : 0; i < inputs.length; i++) {
      if (inputs[i].edge() != null) {
        wanted |= 1 << i;
      }
    }
    return wanted;
  }

  private PointwiseGradient gradient(Tensor[] inputs, DType result) {
    boolean isCoarse = isSteep && result.isHalfPrecision();
    for (Tensor input : inputs) {
      isCoarse |= isNarrowed(input.dtype(), result);
    }
    return gradient(wanted(inputs), isCoarse);
  }

  /** Tells whether a write in place has rounded the result to less than an input's precision. */
  private static boolean isNarrowed(DType input, DType result) {
    return input != result && input.isFloatingPoint() && DType.promote(input, result) != result;
  }

  /** A result that is coarser than what it was computed from is not kept in the inputs' place. */
  private PointwiseGradient gradient(int wanted, boolean isCoarse) {
    int place = isCoarse ? wanted | 1 << arity : wanted;
    PointwiseGradient known = gradients[place];
    if (known == null) {
      // Racing threads make equal ones.
      known = new PointwiseGradient(this, wanted, !isCoarse);
      gradients[place] = known;
    }
    return known;
  }

  @Override
  @Nullable Tensor[] gradients(Node node, Tensor gradient, boolean recording) {
    int wanted = 0;
    boolean isCoarse = isSteep && node.outputDType.isHalfPrecision();
    for (int i = 0; i < arity; i++) {
      if (node.edge(i) != null && !(i == 0 && isConditional())) {
        wanted |= 1 << i;
      }
      isCoarse |= isNarrowed(node.dtype(i), node.outputDType);
    }
    return gradient(wanted, isCoarse).compute(node, gradient, recording);
  }
}
