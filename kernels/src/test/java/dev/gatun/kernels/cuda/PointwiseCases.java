package dev.gatun.kernels.cuda;

import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.Formulas;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.TernaryOperation;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Programs for tests: every operation, fused chains, and all conversions. */
final class PointwiseCases {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);
  private static final Expression Z = Expression.input(2);

  private PointwiseCases() {}

  /** Every operation that is defined for a type, each a program whose name is its own. */
  static List<PointwiseProgram> operations(DType type) {
    var formulas = new ArrayList<>(type.isFloatingPoint() ? Formulas.reals() : Formulas.integers());
    formulas.add(new Formulas("limits", 3, Expression.ternary(TernaryOperation.HARDTANH, X, Y, Z)));
    if (type.isFloatingPoint()) {
      for (int order = 1; order <= 4; order++) {
        formulas.add(new Formulas("polygamma" + order, 1, X.polygamma(order)));
      }
    }
    var programs = new ArrayList<PointwiseProgram>();
    for (int i = 0; i < formulas.size(); i++) {
      var formula = formulas.get(i);
      String name = type + "_" + i + "_" + formula.name();
      programs.add(PointwiseProgram.of(name, type, formula.inputs(), formula.expression()));
    }
    return programs;
  }

  /** Formulas of several operations, of several outputs, and with parameters. */
  static List<PointwiseProgram> chains(DType type) {
    var programs = new ArrayList<PointwiseProgram>();
    var compute = PointwiseProgram.computeType(type);
    var line = X.mul(Expression.parameter(0)).add(Expression.parameter(1));
    programs.add(PointwiseProgram.of(type + "_line", type, 1, line));
    var comparison = X.mul(Y).gt(Expression.parameter(0));
    programs.add(
        new PointwiseProgram(
            type + "_two",
            List.of(X.add(Y), comparison, Expression.select(Z, X, Y)),
            List.of(type, DType.BOOL, type),
            List.of(type, type, DType.BOOL),
            compute));
    if (type.isFloatingPoint()) {
      var mish = X.mul(X.softplus().tanh());
      programs.add(PointwiseProgram.of(type + "_mish_slope", type, 1, Derivative.of(mish, 0)));
      var chain = X.add(Y).gelu().mul(Z).add(X).silu().exp().log1p().sub(Y).tanh();
      programs.add(PointwiseProgram.of(type + "_chain", type, 3, chain));
    }
    return programs;
  }

  /** Every conversion of a type to another, through each type that is computed in. */
  static List<PointwiseProgram> conversions(DType from) {
    var programs = new ArrayList<PointwiseProgram>();
    for (var to : DType.values()) {
      for (var compute : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64)) {
        programs.add(
            new PointwiseProgram(
                from + "_to_" + to + "_in_" + compute,
                List.of(X),
                List.of(to),
                Collections.nCopies(1, from),
                compute));
      }
    }
    return programs;
  }
}
