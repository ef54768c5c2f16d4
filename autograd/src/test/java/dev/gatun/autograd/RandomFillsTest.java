package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Shape;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random numbers in place: what they are like, where they come from, and what is refused. */
@ExtendWith(TestScope.class)
class RandomFillsTest {
  private static void assertElements(Tensor actual, double... expected) {
    assertArrayEquals(expected, actual.toDoubleArray(), 1e-5);
  }

  private static final long MANY = 20_000;

  private final Generator generator = new Generator(11);

  private static void assertMoments(Tensor x, double mean, double deviation) {
    assertEquals(mean, x.mean().item(), 0.05 * Math.max(1, deviation));
    assertEquals(deviation, x.std().item(), 0.05 * Math.max(1, deviation));
  }

  @Test
  void fillsAreDistributedAsTheyShould() {
    Tensor x = Gatun.empty(DType.FLOAT32, Shape.of(MANY));
    assertMoments(x.uniform_(-1, 3, generator), 1, 4 / Math.sqrt(12));
    assertMoments(x.normal_(2, 0.5, generator), 2, 0.5);
    assertMoments(x.exponential_(2, generator), 0.5, 0.5);
    assertMoments(x.bernoulli_(0.25, generator), 0.25, Math.sqrt(0.25 * 0.75));
    assertMoments(x.logNormal_(0, 0.25, generator), Math.exp(0.03125), 0.2622);
    assertMoments(x.random_(0, 10, generator), 4.5, Math.sqrt(99.0 / 12));
    Tensor chances = tensor(0.0, 1.0);
    assertElements(chances.bernoulli(generator), 0, 1);
    Tensor whole = Gatun.zeros(DType.INT8, Shape.of(3, 2));
    assertElements(whole.bernoulli_(chances), 0, 1, 0, 1, 0, 1);
    assertTrue(whole.random_().ge(0).all().item() != 0);
    assertTrue(x.random_(generator).lt((1L << 24) + 1).all().item() != 0);
  }

  @Test
  void theGeneratorDecides() {
    Tensor x = Gatun.zeros(3, 4);
    Tensor y = Gatun.zeros(4, 3).t();
    x.normal_(0, 1, new Generator(3));
    y.normal_(0, 1, new Generator(3));
    assertTrue(x.equal(y));
    Gatun.manualSeed(7);
    Tensor first = x.uniform_().clone();
    Gatun.manualSeed(7);
    assertTrue(first.equal(Gatun.rand(3, 4)));
  }

  @Test
  void nothingFlowsToWhatWasOverwritten() {
    Tensor leaf = tensor(1.0, 2.0).requiresGrad_();
    assertThrows(InPlaceException.class, leaf::uniform_);
    Tensor computed = leaf.mul(2.0);
    computed.select(0, 0).normal_();
    computed.sum().backward();
    assertElements(Objects.requireNonNull(leaf.grad()), 0, 2);
    Tensor kept = leaf.exp();
    Tensor product = kept.mul(kept);
    kept.exponential_();
    assertThrows(InPlaceException.class, () -> product.sum().backward());
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    Tensor x = Gatun.zeros(2);
    assertThrows(DTypeException.class, () -> Gatun.arange(2).uniform_());
    assertThrows(ArgumentException.class, () -> x.uniform_(1, 0));
    assertThrows(ArgumentException.class, () -> x.normal_(0, -1));
    assertThrows(ArgumentException.class, () -> x.exponential_(0));
    assertThrows(ArgumentException.class, () -> x.bernoulli_(1.5));
    assertThrows(ArgumentException.class, () -> x.bernoulli_(tensor(-1.0)));
    assertThrows(ArgumentException.class, () -> x.random_(2, 2));
    assertThrows(
        ArgumentException.class, () -> Gatun.zeros(DType.UINT8, Shape.of(1)).random_(0, 300));
    assertThrows(ArgumentException.class, () -> Gatun.zeros(DType.BOOL, Shape.of(1)).random_(0, 3));
  }
}
