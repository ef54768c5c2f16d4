package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Constant;
import dev.gatun.kernels.pointwise.Expression.Input;
import dev.gatun.kernels.pointwise.Expression.Parameter;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;

/** Prefix notation of an expression, cut off when it is long. */
final class ExpressionPrinter {
  private static final int MAX_LENGTH = 2000;

  private final StringBuilder text = new StringBuilder();

  private ExpressionPrinter() {}

  static String print(Expression expression) {
    var printer = new ExpressionPrinter();
    printer.append(expression);
    return printer.text.toString();
  }

  private void append(Expression expression) {
    if (text.length() > MAX_LENGTH) {
      text.append("...");
      return;
    }
    switch (expression) {
      case Constant constant -> text.append(number(constant.value()));
      case Input input -> text.append('x').append(input.index());
      case Parameter parameter -> text.append('p').append(parameter.index());
      case Unary unary -> call(unary.operation().symbol(), expression);
      case Binary binary -> call(binary.operation().symbol(), expression);
      case Ternary ternary -> call(ternary.operation().symbol(), expression);
    }
  }

  private void call(String symbol, Expression expression) {
    text.append(symbol).append('(');
    String separator = "";
    for (var argument : expression.arguments()) {
      text.append(separator);
      append(argument);
      separator = ", ";
    }
    text.append(')');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
