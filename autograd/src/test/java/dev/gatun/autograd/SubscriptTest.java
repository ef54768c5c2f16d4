package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.arange;
import static dev.gatun.autograd.Gatun.tensor;
import static dev.gatun.autograd.Index.all;
import static dev.gatun.autograd.Index.at;
import static dev.gatun.autograd.Index.ellipsis;
import static dev.gatun.autograd.Index.every;
import static dev.gatun.autograd.Index.from;
import static dev.gatun.autograd.Index.mask;
import static dev.gatun.autograd.Index.newAxis;
import static dev.gatun.autograd.Index.positions;
import static dev.gatun.autograd.Index.range;
import static dev.gatun.autograd.Index.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.ScatterReduction.Fold;
import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** The grammar of indices: what is read, what is written, what is refused, what has a gradient. */
@ExtendWith(TestScope.class)
class SubscriptTest {
  private static final int ROUNDS = 2000;

  private static Tensor counted(long... sizes) {
    Shape shape = Shape.of(sizes);
    return arange(shape.numel()).to(DType.FLOAT64).reshape(shape);
  }

  private static void assertTensor(Tensor actual, long[] shape, double... values) {
    assertEquals(Shape.of(shape), actual.shape());
    assertArrayEquals(values, actual.toDoubleArray());
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  @Test
  void whatTheBookAssigns() {
    Tensor x = counted(3, 4);
    assertTensor(x.get(at(-1)), shape(4), 8, 9, 10, 11);
    assertTensor(x.get(range(1, 3)), shape(2, 4), 4, 5, 6, 7, 8, 9, 10, 11);
    x.set(17, at(1), at(2));
    assertEquals(17, x.get(1, 2));
    x.set(12, to(2), all());
    assertTensor(x, shape(3, 4), 12, 12, 12, 12, 12, 12, 12, 12, 8, 9, 10, 11);
  }

  @Test
  void basicIndicesGiveViews() {
    Tensor x = counted(2, 3, 4);
    assertTensor(x.get(at(1), range(0, 3), at(0)), shape(3), 12, 16, 20);
    assertTensor(x.get(ellipsis(), at(-1)), shape(2, 3), 3, 7, 11, 15, 19, 23);
    assertTensor(x.get(at(0), all(), every(3)), shape(3, 2), 0, 3, 4, 7, 8, 11);
    assertTensor(x.get(at(0), at(0), from(2)), shape(2), 2, 3);
    assertTensor(x.get(at(0), at(0), range(-3, 100, 2)), shape(2), 1, 3);
    assertEquals(Shape.of(2, 1, 3, 4), x.get(all(), newAxis()).shape());
    assertEquals(Shape.of(2, 3, 4, 1), x.get(ellipsis(), newAxis()).shape());
    assertEquals(Shape.of(2, 0, 4), x.get(all(), range(2, 1)).shape());
    Tensor whole = x.get(ellipsis());
    assertNotSame(x, whole);
    for (Tensor view : List.of(whole, x.get(at(0)), x.get(all(), newAxis(), at(1)))) {
      assertSame(x.storage(), view.storage());
    }
    whole.fill_(1);
    assertEquals(24, x.sum().item());
  }

  @Test
  void advancedIndicesGiveCopies() {
    Tensor x = counted(3, 4);
    Tensor picked = x.get(positions(2, 0), all());
    assertTensor(picked, shape(2, 4), 8, 9, 10, 11, 0, 1, 2, 3);
    assertNotSame(x.storage(), picked.storage());
    assertTensor(x.get(positions(0, -1), positions(1, 2)), shape(2), 1, 10);
    assertTensor(x.get(mask(x.gt(8.0))), shape(3), 9, 10, 11);
    assertTensor(x.get(mask(tensor(true, false, true)), at(1)), shape(2), 1, 9);
    assertTensor(x.get(positions(tensor(2).to(DType.INT32))), shape(1, 4), 8, 9, 10, 11);
    assertTensor(x.get(positions(tensor(2).reshape())), shape(4), 8, 9, 10, 11);
    assertEquals(Shape.of(1, 3, 4), x.get(mask(tensor(true).reshape())).shape());
    assertEquals(Shape.of(0, 3, 4), x.get(mask(tensor(false).reshape())).shape());
  }

  @Test
  void commonAxesStandWhereTheAxesWereOrFirst() {
    Tensor x = zeros(2, 3, 4, 5);
    Tensor two = tensor(new long[] {0, 1});
    assertEquals(Shape.of(2, 2, 5), x.get(all(), positions(two), positions(two)).shape());
    assertEquals(Shape.of(2, 2, 4), x.get(all(), positions(two), all(), positions(two)).shape());
    assertEquals(
        Shape.of(2, 2, 5), x.get(positions(two), all(), at(0)).transpose(0, 1).get(to(2)).shape());
    assertEquals(
        Shape.of(2, 1, 3, 5), x.get(positions(two), newAxis(), all(), positions(0)).shape());
  }

  @Test
  void emptyTensorsAndScalarsAreIndexed() {
    Tensor x = counted(3, 4);
    Tensor none = tensor(new long[0]);
    assertEquals(Shape.of(0, 4), x.get(positions(none)).shape());
    assertEquals(Shape.of(3, 0), x.get(all(), positions(none)).shape());
    assertEquals(Shape.of(0, 4), zeros(0, 4).get(positions(none)).shape());
    assertEquals(Shape.of(2, 0), zeros(3, 0).get(positions(0, 2)).shape());
    assertEquals(Shape.of(0), x.get(mask(x.gt(100.0))).shape());
    assertEquals(Shape.of(0), x.get(mask(tensor(false, false, false)), positions(1)).shape());
    assertTensor(x.set(3, positions(none)).set(zeros(0, 4), positions(none)).sum(), shape(), 66);
    Tensor scalar = tensor(5.0).reshape();
    assertTensor(scalar.get(newAxis(), ellipsis()), shape(1), 5);
    assertTensor(scalar.clone().set(7, ellipsis()), shape(), 7);
    Tensor first = tensor(0L).reshape();
    assertTensor(scalar.gather(0, first), shape(), 5);
    assertTensor(scalar.scatterAdd(0, first, scalar), shape(), 10);
    Fold sum = Fold.SUM;
    assertTensor(scalar.scatterReduce(0, first, scalar, sum, true), shape(), 10);
    assertTensor(scalar.clone().scatterReduce_(0, first, scalar, sum, true), shape(), 10);
    assertTensor(x.indexSelect(1, tensor(3).to(DType.INT32)), shape(3, 1), 3, 7, 11);
    assertEquals(Shape.of(3, 4), Gatun.cat(0, zeros(0), x).shape());
  }

  @Test
  void assignmentBroadcastsAndConverts() {
    Tensor x = zeros(2, 3);
    x.set(tensor(new long[] {1, 2, 3}), all());
    assertTensor(x, shape(2, 3), 1, 2, 3, 1, 2, 3);
    x.set(tensor(7.0, 8.0).reshape(1, 1, 2), at(0), positions(0, 2));
    assertTensor(x, shape(2, 3), 7, 2, 8, 1, 2, 3);
    x.set(0, mask(x.gt(2.5)));
    assertTensor(x, shape(2, 3), 0, 2, 0, 1, 2, 0);
    x.set(x.get(at(1)), at(0));
    assertTensor(x, shape(2, 3), 1, 2, 0, 1, 2, 0);
    Tensor count = zeros(3);
    count.indexPut_(tensor(1.0), true, positions(0, 2, 0));
    assertTensor(count, shape(3), 2, 0, 1);
    assertTensor(count.indexPut(tensor(5.0).reshape(), false, at(1)), shape(3), 2, 5, 1);
    assertTensor(count, shape(3), 2, 0, 1);
    Tensor large = tensor(new long[] {0, 0});
    large.set(Long.MAX_VALUE, at(1));
    assertArrayEquals(new long[] {0, Long.MAX_VALUE}, large.toLongArray());
  }

  private static void assertRefused(
      Class<? extends GatunException> type, String rule, Executable call) {
    String message = String.valueOf(assertThrows(type, call).getMessage());
    assertTrue(message.contains(rule), message);
  }

  @Test
  void refusalsNameTheShapeTheIndexAndTheRule() {
    Tensor x = zeros(2, 3);
    assertRefused(
        IndexRangeException.class,
        "get: [2, 3] at [0, 3]: index 3 is outside an axis of size 3",
        () -> x.get(at(0), at(3)));
    assertRefused(
        ShapeException.class,
        "at [0, :, 1:2]: 3 axes are named, there are 2",
        () -> x.get(at(0), all(), range(1, 2)));
    assertRefused(
        ShapeException.class, "may stand once", () -> x.get(ellipsis(), at(0), ellipsis()));
    assertRefused(IndexRangeException.class, "step 0", () -> x.get(every(0)));
    assertRefused(
        ShapeException.class,
        "a mask of [3] for axes of sizes [2]: the sizes agree",
        () -> x.get(mask(tensor(true, true, false))));
    assertRefused(
        IndexRangeException.class,
        "get: [2, 3]: index 5 (number 1) is outside axis 1 of size 3",
        () -> x.get(all(), positions(0, 5)));
    assertRefused(
        IndexRangeException.class,
        "set: [2, 3]: index -3 (number 0) is outside axis 0 of size 2",
        () -> x.set(1, positions(-3), positions(0)));
    assertRefused(
        ShapeException.class,
        "values of [4] for places of [2]",
        () -> x.set(zeros(4), at(0), positions(0, 1)));
    assertRefused(ShapeException.class, "copy_", () -> x.set(zeros(4), at(0)));
    assertRefused(DTypeException.class, "a mask is of bool", () -> mask(x));
    assertRefused(DTypeException.class, "int64 or int32", () -> positions(x));
    assertRefused(
        DTypeException.class,
        "the types agree",
        () -> x.indexPut(tensor(new long[] {1}), true, at(0)));
    assertRefused(
        InPlaceException.class, "share one address", () -> zeros(1).expand(3).set(1, all()));
    assertEquals(0, x.sum().item());
  }

  @Test
  void gradientsFlowThroughReadingAndAssigning() {
    Tensor chosen = tensor(new long[] {2, 0, 2});
    Tensor odd = tensor(true, false, true);
    List<GradientCheck.Function> functions =
        List.of(
            x -> x[0].get(at(1), range(0, 3), newAxis()),
            x -> x[0].get(positions(chosen), all(), positions(1)),
            x -> x[0].get(mask(odd), positions(0, 1)),
            x -> x[0].get(mask(x[0].detach().gt(0.0))),
            x -> x[0].mul(1.0).set(x[1], ellipsis(), at(-1)),
            x -> x[0].mul(1.0).set(x[1], mask(odd), positions(0, 1), at(3)),
            x -> x[0].mul(1.0).set(3, to(2), all()),
            x -> x[0].mul(1.0).set(x[1].get(at(0), at(1)), positions(0, 1), positions(1, 1)),
            x -> x[0].indexPut(x[1].get(at(0), at(0)), true, positions(chosen), at(0)));
    for (GradientCheck.Function function : functions) {
      Tensor[] inputs = {leaf(3, 2, 4), leaf(1, 2)};
      GradientCheck.Function square = x -> function.apply(x).mul(function.apply(x));
      GradientCheck.first(square, inputs);
      GradientCheck.second(square, inputs);
    }
  }

  private static Tensor leaf(long... sizes) {
    return counted(sizes).sin().add(0.1).requiresGrad_();
  }

  @Test
  void randomIndicesDoAsTheNaiveOnes() {
    Draw draw = new Draw(7);
    for (int round = 0; round < ROUNDS; round++) {
      try (Scope inner = Scope.open()) {
        long[] sizes = new long[draw.pick(1, 4)];
        Arrays.setAll(sizes, i -> draw.between(1, 4));
        Tensor x = counted(sizes);
        if (draw.oneIn(3) && sizes.length > 1) {
          long[] turned = sizes.clone();
          turned[0] = sizes[1];
          turned[1] = sizes[0];
          Tensor other = zeros(DType.FLOAT64, turned).transpose(0, 1);
          x = other.copy_(x);
        }
        compare(x, sizes, items(draw, sizes), "round " + round);
      }
    }
  }

  private static Tensor zeros(DType dtype, long[] sizes) {
    return Gatun.zeros(dtype, Shape.of(sizes));
  }

  private static Tensor zeros(long... sizes) {
    return Gatun.zeros(sizes);
  }

  private static List<Index> items(Draw draw, long[] sizes) {
    List<Index> items = new ArrayList<>();
    long[] common = new long[draw.pick(1, 2)];
    Arrays.setAll(common, i -> draw.between(1, 3));
    boolean masked = false;
    boolean positioned = false;
    int axis = 0;
    while (axis < sizes.length && !draw.oneIn(6)) {
      if (draw.oneIn(6)) {
        items.add(newAxis());
      }
      long size = sizes[axis];
      switch (draw.pick(0, 4)) {
        case 0 -> items.add(at(draw.between(-size, size - 1)));
        case 1 -> items.add(range(draw.between(-5, 5), draw.between(-5, 5), draw.between(1, 3)));
        case 2 -> items.add(all());
        case 3 -> {
          if (masked) {
            items.add(all());
            break;
          }
          positioned = true;
          Shape shape = Shape.of(draw.broadcastable(common));
          long[] chosen = new long[(int) Math.max(shape.numel(), 1)];
          Arrays.setAll(chosen, i -> draw.between(-size, size - 1));
          Shape atLeastOne = shape.rank() == 0 ? Shape.of(1) : shape;
          items.add(positions(tensor(chosen).reshape(atLeastOne)));
        }
        default -> {
          if (masked || positioned) {
            items.add(all());
            break;
          }
          masked = true;
          int rank = draw.pick(1, sizes.length - axis);
          Shape shape = Shape.of(Arrays.copyOfRange(sizes, axis, axis + rank));
          boolean[] truth = new boolean[(int) shape.numel()];
          for (int i = 0; i < truth.length; i++) {
            truth[i] = draw.coin();
          }
          items.add(mask(tensor(truth).reshape(shape)));
          axis += rank - 1;
        }
      }
      axis++;
    }
    if (items.isEmpty() || draw.oneIn(4)) {
      int place = draw.pick(0, items.size());
      if (axis < sizes.length) {
        // Items behind an ellipsis would be for the last axes, whose sizes may differ.
        items.subList(place, items.size()).clear();
      }
      items.add(place, ellipsis());
    }
    return items;
  }

  private static void compare(Tensor x, long[] sizes, List<Index> items, String round) {
    String what = round + ": " + Arrays.toString(sizes) + " at " + items;
    NaiveIndexing naive = new NaiveIndexing(sizes, items);
    Index first = items.getFirst();
    Index[] rest = items.subList(1, items.size()).toArray(new Index[0]);
    double[] values = x.toDoubleArray();
    Tensor read = x.get(first, rest);
    assertEquals(Shape.of(naive.shape), read.shape(), what);
    double[] expected = new double[naive.positions.length];
    Arrays.setAll(expected, i -> values[naive.positions[i]]);
    assertArrayEquals(expected, read.toDoubleArray(), what);
    Tensor written = counted(naive.shape).add(100.0);
    double[] source = written.toDoubleArray();
    for (int i = 0; i < source.length; i++) {
      values[naive.positions[i]] = source[i];
    }
    x.set(written, first, rest);
    assertArrayEquals(values, x.toDoubleArray(), what);
  }
}
