package dev.gatun.kernels.pointwise;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Every primitive and composite function of reals, by name, for tests that run over all of them.
 */
public record Formulas(String name, int inputs, Expression expression) {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  public static List<Formulas> reals() {
    var all = new ArrayList<Formulas>();
    for (var operation : UnaryOperation.values()) {
      if (operation.domain() != Domain.INTEGER) {
        all.add(new Formulas(operation.symbol(), 1, Expression.unary(operation, X)));
      }
    }
    for (var operation : BinaryOperation.values()) {
      if (operation.domain() != Domain.INTEGER) {
        all.add(new Formulas(operation.symbol(), 2, Expression.binary(operation, X, Y)));
      }
    }
    all.addAll(composites());
    all.add(new Formulas("select", 3, Expression.select(X, Y, Expression.input(2))));
    all.add(new Formulas("fma", 3, X.fma(Y, Expression.input(2))));
    all.add(new Formulas("lerp", 3, X.lerp(Y, Expression.input(2))));
    all.add(new Formulas("clamp", 3, X.clampWithin(Y, Expression.input(2))));
    return all;
  }

  public static List<Formulas> integers() {
    var all = new ArrayList<Formulas>();
    for (var operation : UnaryOperation.values()) {
      if (operation.domain() != Domain.REAL) {
        all.add(new Formulas(operation.symbol(), 1, Expression.unary(operation, X)));
      }
    }
    for (var operation : BinaryOperation.values()) {
      if (operation.domain() != Domain.REAL) {
        all.add(new Formulas(operation.symbol(), 2, Expression.binary(operation, X, Y)));
      }
    }
    all.add(new Formulas("select", 3, Expression.select(X, Y, Expression.input(2))));
    all.add(new Formulas("fma", 3, X.fma(Y, Expression.input(2))));
    all.add(new Formulas("clamp", 3, X.clampWithin(Y, Expression.input(2))));
    return all;
  }

  public static List<Formulas> composites() {
    var all = new ArrayList<Formulas>();
    add(all, "square", Expression::square);
    add(all, "frac", Expression::frac);
    add(all, "isinf", Expression::isInfinite);
    add(all, "isfinite", Expression::isFinite);
    add(all, "clamp", x -> x.clamp(-1, 2));
    add(all, "relu", Expression::relu);
    add(all, "relu6", Expression::relu6);
    add(all, "leaky_relu", x -> x.leakyRelu(0.01));
    add(all, "log_sigmoid", Expression::logSigmoid);
    add(all, "softplus2", x -> x.softplus(2, 20));
    add(all, "softsign", Expression::softsign);
    add(all, "silu", Expression::silu);
    add(all, "mish", Expression::mish);
    add(all, "gelu", Expression::gelu);
    add(all, "gelu_tanh", Expression::geluTanh);
    add(all, "elu", x -> x.elu(1.5));
    add(all, "celu", x -> x.celu(1.5));
    add(all, "selu", Expression::selu);
    add(all, "hardtanh", x -> x.hardtanh(-1, 1));
    add(all, "hardsigmoid", Expression::hardsigmoid);
    add(all, "hardswish", Expression::hardswish);
    add(all, "tanhshrink", Expression::tanhshrink);
    add(all, "hardshrink", x -> x.hardshrink(0.5));
    add(all, "softshrink", x -> x.softshrink(0.5));
    add(all, "threshold", x -> x.threshold(0.1, 20));
    add(all, "pow2", x -> x.pow(2));
    add(all, "pow3", x -> x.pow(3));
    add(all, "pow2.5", x -> x.pow(2.5));
    add(all, "user", x -> x.mul(x.softplus().tanh()));
    all.add(new Formulas("xlogy", 2, X.xlogy(Y)));
    all.add(new Formulas("logaddexp", 2, X.logAddExp(Y)));
    all.add(new Formulas("logaddexp2", 2, X.logAddExp2(Y)));
    all.add(new Formulas("copysign", 2, X.copySign(Y)));
    all.add(new Formulas("heaviside", 2, X.heaviside(Y)));
    all.add(new Formulas("prelu", 2, X.prelu(Y)));
    return all;
  }

  private static void add(List<Formulas> all, String name, UnaryOperator<Expression> formula) {
    all.add(new Formulas(name, 1, formula.apply(X)));
  }

  @Override
  public String toString() {
    return name;
  }
}
