package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DerivativeTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  /** Points that keep a distance from kinks and from the ends of the domains. */
  private static final double[] POINTS = {-2.3, -1.37, -0.71, -0.23, 0.19, 0.62, 0.83, 1.31, 2.74};

  static List<Formulas> reals() {
    return Formulas.reals();
  }

  static List<Formulas> composites() {
    return Formulas.composites();
  }

  @ParameterizedTest
  @MethodSource("reals")
  void matchesCentralDifferences(Formulas formula) {
    for (int input = 0; input < formula.inputs(); input++) {
      checkAgainstDifferences(
          formula.expression(), Derivative.of(formula.expression(), input), input, 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("reals")
  void secondDerivativeMatchesCentralDifferences(Formulas formula) {
    for (int input = 0; input < formula.inputs(); input++) {
      var first = Derivative.of(formula.expression(), input);
      checkAgainstDifferences(first, Derivative.of(first, input), input, 1e-5);
    }
  }

  private static void checkAgainstDifferences(
      Expression function, Expression derivative, int input, double tolerance) {
    double step = 1e-6;
    for (double a : POINTS) {
      for (double b : new double[] {0.45, 1.55}) {
        double[] at = {a, b, 0.4};
        double[] above = at.clone();
        above[input] += step;
        double[] below = at.clone();
        below[input] -= step;
        double difference =
            (Reference.evaluate(function, above) - Reference.evaluate(function, below))
                / (2 * step);
        if (Double.isNaN(difference)) {
          continue;
        }
        double exact = Reference.evaluate(derivative, at);
        assertEquals(
            difference,
            exact,
            tolerance * Math.max(1, Math.abs(difference)),
            () -> function + " at " + at[0] + ", " + at[1] + ": " + derivative);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("composites")
  void composedGradientsAreNumbersWhereTheFunctionHasALimit(Formulas formula) {
    if (formula.inputs() > 1 || List.of("frac", "tanhshrink", "user").contains(formula.name())) {
      return;
    }
    var derivative = Derivative.of(formula.expression(), 0);
    for (double x :
        new double[] {
          0,
          -0.0,
          1e-300,
          100,
          -100,
          1e5,
          -1e5,
          1e20,
          -1e20,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY
        }) {
      boolean outsideOfDomain = formula.name().equals("pow2.5") && x < 0;
      assertTrue(
          outsideOfDomain || !Double.isNaN(Reference.evaluate(derivative, x)),
          () -> "derivative of " + formula + " at " + x + ": " + derivative);
    }
  }

  @Test
  void kinksTakeTheConventionalGradient() {
    assertEquals(0, Reference.evaluate(Derivative.of(X.relu(), 0), 0));
    assertEquals(0, Reference.evaluate(Derivative.of(X.abs(), 0), 0));
    assertEquals(Double.POSITIVE_INFINITY, Reference.evaluate(Derivative.of(X.sqrt(), 0), 0));
    assertEquals(1, Reference.evaluate(Derivative.of(X.clamp(0, 1), 0), 0));
    assertEquals(0.5, Reference.evaluate(Derivative.of(X.maximum(Y), 0), 3, 3));
    assertEquals(0.5, Reference.evaluate(Derivative.of(X.minimum(Y), 1), 3, 3));
    assertEquals(0, Reference.evaluate(Derivative.of(X.pow(Y), 0), 0, 0));
    assertEquals(0, Reference.evaluate(Derivative.of(X.pow(Y), 1), 0, 2));
    assertEquals(0.5, Reference.evaluate(Derivative.of(X.softplus(), 0), 0));
    assertEquals(0.25, Reference.evaluate(Derivative.of(Derivative.of(X.softplus(), 0), 0), 0));
  }

  @Test
  void backwardReadsTheSavedResult() {
    var forward = X.tanh();
    var backward =
        Derivative.of(forward, 0, Expression.input(2)).substitute(forward, Expression.input(1));
    assertFalse(backward.uses(0));
    assertEquals(0b110, backward.inputsUsed());
    assertEquals("mul(x2, sub(1, mul(x1, x1)))", backward.toString());
  }

  @Test
  void inputsThatDoNotOccurHaveNoGradient() {
    assertSame(Expression.constant(0), Derivative.of(X.exp(), 1));
    assertSame(Expression.constant(0), Derivative.of(X.sign(), 0));
  }

  @Test
  void higherOrdersStaySmall() {
    var third = X.pow(3);
    for (int order = 0; order < 3; order++) {
      third = Derivative.of(third, 0);
    }
    assertEquals(6, Reference.evaluate(third, 17));
    assertTrue(ExpressionGraph.topologicalOrder(List.of(third)).size() <= 3, third::toString);
    assertSame(X.exp(), Derivative.of(Derivative.of(Derivative.of(X.exp(), 0), 0), 0));
  }
}
