package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DrawTest {
  private static final int DRAWS = 3;

  private static final long DIGEST = -5_463_182_698_100_709_088L;

  /** A call of real work has so many elements at least, in all of its inputs. */
  private static final long LEAST_ELEMENTS = 4096;

  private static final long MOST_ELEMENTS = 1 << 24;

  /** What seeds have always given: cases of tests are found again by their seeds. */
  @Test
  void seedsGiveTheSameSizesForTestsAsEver() {
    var draw = new Draw(7);
    long digest = 0;
    for (int i = 0; i < 1000; i++) {
      digest = 31 * digest + Arrays.hashCode(draw.sizes());
      digest = 31 * digest + Arrays.hashCode(draw.sizes(1, 3));
      digest = 31 * digest + draw.size();
      digest = 31 * digest + draw.positiveSize();
      digest = 31 * digest + Arrays.hashCode(draw.broadcastable(draw.sizes(0, 2)));
      digest = 31 * digest + Arrays.hashCode(draw.axes(4));
      digest = 31 * digest + draw.axis(3);
      digest = 31 * digest + (draw.oneIn(8) ? 1 : 0);
    }
    assertEquals(DIGEST, digest);
  }

  @Test
  void forTestsTheWordsOfRealWorkChangeNothing() {
    var plain = new Draw(3);
    var worded = new Draw(3);
    for (int i = 0; i < 100; i++) {
      assertEquals(plain.size(), worded.size(100, 200));
      assertEquals(plain.size(), worded.sizeBeside(50));
      assertArrayEquals(plain.sizes(0, 3), worded.sizes(0, 3, 1000));
      assertArrayEquals(plain.sizes(0, 2), worded.batch(0, 2));
      assertEquals(plain.oneIn(5), worded.seldom(5));
      assertEquals(9, worded.scaled(9, 100));
    }
  }

  @Test
  void sizesOfRealWorkShareTheElements() {
    var draw = Draw.ofWork(1);
    for (int i = 0; i < 100; i++) {
      for (int rank = 1; rank <= 4; rank++) {
        long[] sizes = draw.sizes(rank, rank);
        assertEquals(rank, sizes.length);
        assertTrue(Arrays.stream(sizes).min().orElse(0) > 1, Arrays.toString(sizes));
        double elements = Shape.of(sizes).numel();
        assertEquals(1, elements / (1 << 19), 0.1, Arrays.toString(sizes));
      }
      long besides = draw.sizeBeside(50);
      assertTrue(besides >= 25 && besides <= 50, besides + "");
      assertTrue(Shape.of(draw.batch(0, 2)).numel() <= 9);
      assertFalse(draw.seldom(1));
      assertEquals(100, draw.scaled(9, 100));
    }
  }

  @Test
  void realWorkIsTheSameForTheSameSeed() {
    for (var op : drawn()) {
      assertEquals(
          op.sample(Draw.ofWork(5)).operands(), op.sample(Draw.ofWork(5)).operands(), op.name());
    }
  }

  @TestFactory
  Stream<DynamicTest> everyDrawnCallOfRealWorkIsLargeAndWorks() {
    return drawn().stream().map(op -> dynamicTest(op.name(), () -> assertWorks(op)));
  }

  private static List<StructuralOp<?>> drawn() {
    return Catalogue.all().stream()
        .filter(StructuralOp.class::isInstance)
        .<StructuralOp<?>>map(op -> (StructuralOp<?>) op)
        .filter(StructuralOp::isDrawn)
        .toList();
  }

  private static <A> void assertWorks(StructuralOp<A> op) {
    for (int seed = 0; seed < DRAWS; seed++) {
      Sample<A> call = op.sample(Draw.ofWork(seed));
      assertEquals(null, call.refusal());
      long elements = 0;
      for (var operand : call.operands()) {
        assertTrue(operand.shape().numel() > 0, call + "");
        elements += operand.shape().numel();
      }
      assertTrue(elements >= LEAST_ELEMENTS && elements <= MOST_ELEMENTS, call + "");
      if (seed == 0) {
        try (var _ = Scope.open()) {
          var inputs = call.operands().stream().map(DrawTest::random).toArray(Tensor[]::new);
          assertFalse(op.apply(call.attributes(), inputs).isClosed(), call + "");
        }
      }
    }
  }

  private static Tensor random(Operand operand) {
    var random = new SplittableRandom(1);
    double[] values = new double[(int) operand.shape().numel()];
    long last = operand.shape().rank() == 0 ? 1 : operand.shape().size(-1);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (operand.kind()) {
            case REAL, BFLOAT16 -> random.nextDouble(operand.low(), operand.high());
            case DISTINCT, ASCENDING -> i;
            case DEFINITE -> i / last % last == i % last ? 2 * last : 1;
            case INDEX -> random.nextLong((long) operand.high());
            case PLACES -> i;
            case INT8 -> random.nextLong(-128, 128);
            case CONDITION -> random.nextInt(2);
          };
    }
    var dtype =
        Stream.of(DType.FLOAT32, DType.INT64, DType.BOOL, DType.BFLOAT16, DType.INT8)
            .filter(operand::accepts)
            .findFirst()
            .orElseThrow();
    return Gatun.tensor(dtype, operand.shape(), values);
  }
}
