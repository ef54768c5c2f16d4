package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Chains of views agree with {@link IndexModel}. */
class LayoutAlgebraTest {
  private static final int LARGEST = 2000;

  /** A view with the model that it must agree with; makes the next of both from drawn numbers. */
  private static final class Pair {
    private Layout layout;
    private IndexModel model;
    private int[] draws = new int[0];
    private int next;

    Pair(long[] sizes) {
      layout = Layout.contiguous(Shape.of(sizes));
      model = IndexModel.contiguous(sizes);
    }

    private int draw(int bound) {
      return bound <= 1 ? 0 : Math.floorMod(draws[next++ % draws.length], bound);
    }

    private int rank() {
      return model.sizes().length;
    }

    private int size(int axis) {
      return Math.toIntExact(model.sizes()[axis]);
    }

    void step(int[] numbers) {
      draws = numbers;
      next = 0;
      switch (draw(10)) {
        case 0 -> permute();
        case 1 -> narrow();
        case 2 -> slice();
        case 3 -> select();
        case 4 -> expand();
        case 5 -> unsqueeze();
        case 6 -> diagonal();
        case 7 -> unfold();
        case 8 -> squeeze();
        default -> reshape();
      }
      model.assertDescribes(layout);
    }

    private void permute() {
      List<Long> order = new ArrayList<>(LongStream.range(0, rank()).boxed().toList());
      int[] axes = new int[rank()];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = order.remove(draw(order.size())).intValue();
      }
      IndexModel before = model;
      long[] sizes = Arrays.stream(axes).mapToLong(a -> before.sizes()[a]).toArray();
      model =
          before.view(
              sizes,
              index -> {
                long[] source = new long[axes.length];
                for (int i = 0; i < axes.length; i++) {
                  source[axes[i]] = index[i];
                }
                return source;
              });
      if (axes.length >= 2) {
        Layout swapped = layout.transpose(axes[0], axes[1]);
        assertEquals(layout, swapped.transpose(axes[1] - axes.length, axes[0]));
      }
      layout = layout.permute(axes);
    }

    private void narrow() {
      if (rank() == 0) {
        return;
      }
      int axis = draw(rank());
      int start = draw(size(axis) + 1);
      int length = draw(size(axis) - start + 1);
      boolean fromEnd = start < size(axis) && draw(2) == 1;
      pick(axis, start, 1, length);
      layout = layout.narrow(axis, fromEnd ? start - sizeBefore : start, length);
    }

    private int sizeBefore;

    /** Takes every {@code step}-th of an axis in the model. */
    private void pick(int axis, long start, long step, long length) {
      sizeBefore = size(axis);
      long[] sizes = model.sizes().clone();
      sizes[axis] = length;
      model =
          model.view(
              sizes,
              index -> {
                long[] source = index.clone();
                source[axis] = start + step * index[axis];
                return source;
              });
    }

    private void slice() {
      if (rank() == 0) {
        return;
      }
      int axis = draw(rank());
      int size = size(axis);
      int start = draw(4 * size + 4) - 2 * size - 2;
      int end = draw(4 * size + 4) - 2 * size - 2;
      int step = 1 + draw(size + 2);
      int from = Math.clamp(start < 0 ? start + size : start, 0, size);
      int to = Math.clamp(end < 0 ? end + size : end, 0, size);
      pick(axis, from, step, Math.max(0, Math.ceilDiv(to - from, step)));
      layout = layout.slice(axis - (step % 2) * rank(), start, end, step);
    }

    private void select() {
      if (rank() == 0 || Arrays.stream(model.sizes()).anyMatch(s -> s == 0)) {
        return;
      }
      int axis = draw(rank());
      int at = draw(size(axis));
      long[] sizes =
          IntStream.range(0, rank()).filter(i -> i != axis).mapToLong(this::size).toArray();
      IndexModel before = model;
      model =
          before.view(
              sizes,
              index -> {
                long[] source = new long[before.sizes().length];
                for (int i = 0; i < source.length; i++) {
                  source[i] = i == axis ? at : index[i < axis ? i : i - 1];
                }
                return source;
              });
      layout = layout.select(axis, draw(2) == 0 ? at : at - before.sizes()[axis]);
    }

    private void expand() {
      int more = draw(2);
      long[] sizes = new long[rank() + more];
      for (int i = 0; i < sizes.length; i++) {
        boolean repeated = i < more || model.sizes()[i - more] == 1;
        sizes[i] = repeated ? 1 + draw(3) : model.sizes()[i - more];
      }
      if (Arrays.stream(sizes).reduce(1, (a, b) -> a * b) > LARGEST) {
        return;
      }
      IndexModel before = model;
      model =
          before.view(
              sizes,
              index -> {
                long[] source = Arrays.copyOfRange(index, more, index.length);
                for (int i = 0; i < source.length; i++) {
                  source[i] = before.sizes()[i] == 1 ? 0 : source[i];
                }
                return source;
              });
      layout = layout.expand(Shape.of(sizes));
    }

    private void unsqueeze() {
      int at = draw(rank() + 1);
      long[] sizes = new long[rank() + 1];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = i == at ? 1 : model.sizes()[i < at ? i : i - 1];
      }
      model = model.reshape(sizes);
      layout = layout.unsqueeze(draw(2) == 0 ? at : at - sizes.length);
    }

    private void squeeze() {
      model = model.reshape(Arrays.stream(model.sizes()).filter(s -> s != 1).toArray());
      layout = layout.squeeze();
    }

    private void diagonal() {
      if (rank() < 2) {
        return;
      }
      int rows = draw(rank());
      int columns = (rows + 1 + draw(rank() - 1)) % rank();
      int which = draw(size(rows) + size(columns) + 3) - size(rows) - 1;
      int down = Math.max(-which, 0);
      int right = Math.max(which, 0);
      int length = Math.max(0, Math.min(size(rows) - down, size(columns) - right));
      long[] sizes =
          IntStream.concat(
                  IntStream.range(0, rank()).filter(i -> i != rows && i != columns).map(this::size),
                  IntStream.of(length))
              .mapToLong(i -> i)
              .toArray();
      IndexModel before = model;
      model =
          before.view(
              sizes,
              index -> {
                long[] source = new long[before.sizes().length];
                int from = 0;
                for (int i = 0; i < source.length; i++) {
                  if (i != rows && i != columns) {
                    source[i] = index[from++];
                  }
                }
                source[rows] = index[from] + down;
                source[columns] = index[from] + right;
                return source;
              });
      layout = layout.diagonal(which, rows, columns);
    }

    private void unfold() {
      if (rank() == 0) {
        return;
      }
      int axis = draw(rank());
      int length = draw(size(axis) + 1);
      int step = 1 + draw(3);
      long[] sizes = Arrays.copyOf(model.sizes(), rank() + 1);
      sizes[axis] = (size(axis) - length) / step + 1L;
      sizes[rank()] = length;
      if (Arrays.stream(sizes).reduce(1, (a, b) -> a * b) > LARGEST) {
        return;
      }
      IndexModel before = model;
      model =
          before.view(
              sizes,
              index -> {
                long[] source = Arrays.copyOf(index, index.length - 1);
                source[axis] = index[axis] * step + index[index.length - 1];
                return source;
              });
      layout = layout.unfold(axis, length, step);
    }

    private void reshape() {
      int rest = model.positions().length;
      List<Long> sizes = new ArrayList<>();
      if (rest == 0) {
        sizes.addAll(List.of(0L, 1L + draw(3)));
      }
      while (rest > 1) {
        int left = rest;
        long[] divisors =
            IntStream.rangeClosed(1, rest).filter(d -> left % d == 0).mapToLong(d -> d).toArray();
        long size = divisors[draw(divisors.length)];
        sizes.add(size);
        rest /= (int) size;
        if (sizes.size() > 5) {
          sizes.add((long) rest);
          rest = 1;
        }
      }
      long[] target = sizes.stream().mapToLong(s -> s).toArray();
      IndexModel wanted = model.reshape(target);
      Layout reshaped = layout.reshape(Shape.of(target));
      if (wanted.isStrided()) {
        assertNotNull(reshaped, layout + " to " + Arrays.toString(target));
      } else {
        assertEquals(null, reshaped);
      }
      if (reshaped != null) {
        model = wanted;
        layout = reshaped;
      }
    }
  }

  @Provide
  Arbitrary<long[]> sizes() {
    return Arbitraries.integers()
        .between(0, 5)
        .edgeCases(edges -> edges.add(1))
        .list()
        .ofMaxSize(4)
        .map(list -> list.stream().mapToLong(i -> i).toArray());
  }

  @Property(tries = 3000)
  void chainsOfViews(
      @ForAll("sizes") long[] sizes,
      @ForAll @Size(max = 6)
          List<@Size(value = 12) List<@IntRange(min = 0, max = 5039) Integer>> steps) {
    Pair pair = new Pair(sizes);
    pair.model.assertDescribes(pair.layout);
    for (List<Integer> numbers : steps) {
      pair.step(numbers.stream().mapToInt(i -> i).toArray());
    }
  }

  @Property(tries = 1000)
  void stridedLayouts(
      @ForAll("sizes") long[] sizes,
      @ForAll @Size(4) List<@IntRange(min = 0, max = 30) Integer> strides,
      @ForAll @IntRange(min = 0, max = 9) int offset) {
    long[] chosen = new long[sizes.length];
    Arrays.setAll(chosen, i -> strides.get(i));
    IndexModel positions = IndexModel.contiguous(sizes);
    for (int i = 0; i < positions.positions().length; i++) {
      long[] index = IndexModel.index(sizes, i);
      long position = offset;
      for (int axis = 0; axis < sizes.length; axis++) {
        position += index[axis] * chosen[axis];
      }
      positions.positions()[i] = position;
    }
    positions.assertDescribes(Layout.strided(Shape.of(sizes), chosen, offset));
  }

  @Property(tries = 1000)
  void broadcastingAgreesWithExpanding(@ForAll("sizes") long[] a, @ForAll("sizes") long[] b) {
    Shape first = Shape.of(a);
    Shape second = Shape.of(b);
    Shape common;
    try {
      common = Shape.broadcast("add", first, second);
    } catch (ShapeException e) {
      assertEquals(true, clash(a, b), e.getMessage());
      return;
    }
    assertEquals(false, clash(a, b));
    assertEquals(common, Layout.contiguous(first).expand(common).shape());
    assertEquals(common, Layout.contiguous(second).expand(common).shape());
    assertEquals(common, Shape.broadcast("add", second, first));
  }

  private static boolean clash(long[] a, long[] b) {
    for (int i = 1; i <= Math.min(a.length, b.length); i++) {
      long x = a[a.length - i];
      long y = b[b.length - i];
      if (x != y && x != 1 && y != 1) {
        return true;
      }
    }
    return false;
  }
}
