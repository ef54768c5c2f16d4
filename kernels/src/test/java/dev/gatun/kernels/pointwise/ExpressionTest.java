package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  @Test
  void equalExpressionsAreTheSameObject() {
    assertSame(X.mul(Y.tanh()), Expression.input(0).mul(Expression.input(1).tanh()));
    assertSame(Expression.constant(0.1), Expression.constant(0.1));
    assertNotSame(Expression.constant(0.0), Expression.constant(-0.0));
    assertNotSame(X.sub(Y), Y.sub(X));
  }

  @Test
  void simplificationsKeepWhatTheyMust() {
    assertSame(X, X.mul(1));
    assertSame(X, X.add(0));
    assertSame(X, X.div(1));
    assertSame(X, X.neg().neg());
    assertSame(X.sub(Y), X.add(Y.neg()));
    assertSame(X.mul(X), X.pow(2));
    assertSame(X.sqrt(), X.pow(0.5));
    assertSame(X.rsqrt(), X.pow(-0.5));
    // Of integers too, which have no reciprocal.
    assertEquals("pow(x0, -1)", X.pow(-1).toString());
    assertSame(Expression.constant(5), Expression.constant(2).add(3));
    assertSame(Y, Expression.select(Expression.constant(1), Y, X));
    assertTrue(Double.isNaN(Reference.evaluate(X.mul(0), Double.POSITIVE_INFINITY)));
  }

  @Test
  void knowsWhatItReads() {
    var expression = X.mul(Expression.input(5)).add(Expression.parameter(1));
    assertEquals(0b100001, expression.inputsUsed());
    assertTrue(expression.uses(5));
    assertEquals(2, expression.parameterCount());
    assertEquals("add(mul(x0, x5), p1)", expression.toString());
  }

  @Test
  void substitutionReplacesEveryOccurrence() {
    var inner = X.exp();
    var expression = inner.mul(inner.add(Y));
    assertEquals(
        "mul(x2, add(x2, x1))", expression.substitute(inner, Expression.input(2)).toString());
    assertSame(expression, expression.substitute(X.log(), Y));
    assertSame(Y, inner.substitute(inner, Y));
  }

  @Test
  void badIndicesAreRefused() {
    assertThrows(ArgumentException.class, () -> Expression.input(-1));
    assertThrows(ArgumentException.class, () -> Expression.input(Expression.MAX_INPUTS));
    assertThrows(ArgumentException.class, () -> Expression.parameter(-1));
  }

  @Test
  void deepExpressionsDoNotOverflowTheStack() {
    var deep = X;
    for (int i = 0; i < 100_000; i++) {
      deep = deep.sin().add(Y);
    }
    assertEquals(200_002, ExpressionGraph.topologicalOrder(List.of(deep)).size());
    assertTrue(deep.substitute(Y, X).inputsUsed() == 1);
    assertTrue(deep.toString().length() < 10_000);
  }

  /** Random trees: what building simplifies must not change the value. */
  @Property(tries = 300)
  void simplifiedTreesHaveTheValueOfTheOriginal(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -4, max = 4) double x,
      @ForAll @DoubleRange(min = -4, max = 4) double y) {
    var random = new Random(seed);
    var tree = new Tree(random, x, y);
    var built = tree.grow(6);
    double value = Reference.evaluate(built.expression(), x, y);
    if (Double.isNaN(built.value()) || Double.isInfinite(built.value())) {
      return;
    }
    assertEquals(
        built.value(),
        value,
        1e-9 * Math.max(1, Math.abs(value)),
        () -> built.expression().toString());
  }

  /** An expression, and its value computed beside it without any simplification. */
  private record Valued(Expression expression, double value) {}

  private record Tree(Random random, double x, double y) {
    Valued grow(int depth) {
      if (depth == 0 || random.nextInt(6) == 0) {
        return switch (random.nextInt(4)) {
          case 0 -> new Valued(X, x);
          case 1 -> new Valued(Y, y);
          default -> {
            double constant = random.nextInt(5) - 2;
            yield new Valued(Expression.constant(constant), constant);
          }
        };
      }
      var a = grow(depth - 1);
      if (random.nextInt(3) == 0) {
        return new Valued(a.expression().neg(), -a.value());
      }
      var b = grow(depth - 1);
      var operation =
          List.of(
                  BinaryOperation.ADD,
                  BinaryOperation.SUB,
                  BinaryOperation.MUL,
                  BinaryOperation.DIV,
                  BinaryOperation.MAX,
                  BinaryOperation.MIN)
              .get(random.nextInt(6));
      return new Valued(
          Expression.binary(operation, a.expression(), b.expression()),
          operation.apply(a.value(), b.value()));
    }
  }
}
