package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gatun.memory.DType;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Powers that are products and roots, to the last bit. */
@ExtendWith(TestScope.class)
class ConstantPowersTest {
  private static final double[] NUMBERS = {
    0,
    -0.0,
    0.1f,
    -0.1f,
    1,
    -1,
    1.7f,
    -1.7f,
    3,
    -3,
    1e20f,
    -1e20f,
    1e-20f,
    1e-40f,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private static Tensor numbers() {
    return tensor(NUMBERS).to(DType.FLOAT32);
  }

  private static double[] each(DoubleUnaryOperator function) {
    double[] results = new double[NUMBERS.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = function.applyAsDouble(NUMBERS[i]);
    }
    return results;
  }

  private static double[] gradient(UnaryOperator<Tensor> function) {
    Tensor x = numbers().requiresGrad_();
    function.apply(x).sum().backward();
    return x.grad().toDoubleArray();
  }

  private static float square(double x) {
    return (float) x * (float) x;
  }

  private static float root(double x) {
    return (float) Math.sqrt((float) x);
  }

  @Test
  void powersAreProducts() {
    assertArrayEquals(each(x -> 1), numbers().pow(0.0).toDoubleArray());
    assertArrayEquals(each(x -> x), numbers().pow(1.0).toDoubleArray());
    assertArrayEquals(each(ConstantPowersTest::square), numbers().pow(2.0).toDoubleArray());
    assertArrayEquals(each(x -> square(x) * (float) x), numbers().pow(3L).toDoubleArray());
  }

  @Test
  void powersAreRoots() {
    assertArrayEquals(each(ConstantPowersTest::root), numbers().pow(0.5).toDoubleArray());
    assertArrayEquals(each(x -> 1 / root(x)), numbers().pow(-0.5).toDoubleArray());
    assertArrayEquals(each(x -> 1 / root(x)), numbers().pow_(-0.5).toDoubleArray());
  }

  @Test
  void slopesAreTheExponentTimesAPower() {
    assertArrayEquals(each(x -> 0), gradient(x -> x.pow(0.0)));
    assertArrayEquals(each(x -> 1), gradient(x -> x.pow(1.0)));
    assertArrayEquals(each(x -> 2 * (float) x), gradient(x -> x.pow(2.0)));
    assertArrayEquals(each(x -> 3 * square(x)), gradient(x -> x.pow(3.0)));
    assertArrayEquals(each(x -> 0.5f * (1 / root(x))), gradient(x -> x.pow(0.5)));
  }

  @Test
  void slopesOfSlopes() {
    Tensor x = tensor(-1.5, 2.0, 0.5).requiresGrad_();
    Tensor slope = Gatun.grad(x.pow(3.0).sum(), null, false, true, x)[0];
    slope.sum().backward();
    assertArrayEquals(new double[] {-9, 12, 3}, x.grad().toDoubleArray());
  }

  @Test
  void integersAreMultiplied() {
    Tensor x = tensor(-3L, 0L, 5_000_000_000L);
    assertArrayEquals(new double[] {9, 0, 6.553255926290448e18}, x.pow(2L).toDoubleArray());
    assertEquals(-27, x.pow(3L).get(0));
    assertEquals(1, x.pow(0L).get(1));
    assertEquals(DType.INT64, x.pow(1L).dtype());
    assertEquals(DType.FLOAT32, x.pow(2.0).dtype());
    assertSame(x, x.pow_(2.0));
    assertEquals(9, x.get(0));
  }
}
