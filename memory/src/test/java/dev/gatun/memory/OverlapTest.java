package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OverlapTest {
  private static final long BYTES = 1 << 20;

  private static StridedArray array(Storage storage, DType dtype, Layout layout) {
    return new StridedArray(storage.retain(), dtype, layout);
  }

  @Test
  void partsOfAMatrix() {
    try (Scope scope = Scope.open()) {
      var whole = StridedArray.allocate(DType.FLOAT32, Shape.of(6, 8));
      Layout layout = whole.layout();
      var left = array(whole.storage(), DType.FLOAT32, layout.narrow(1, 0, 3));
      var right = array(whole.storage(), DType.FLOAT32, layout.narrow(1, 3, 5));
      var even = array(whole.storage(), DType.FLOAT32, layout.slice(1, 0, 8, 2));
      var odd = array(whole.storage(), DType.FLOAT32, layout.slice(1, 1, 8, 2));
      var rows = array(whole.storage(), DType.FLOAT32, layout.narrow(0, 2, 2));
      assertEquals(Overlap.NONE, left.overlap(right));
      assertEquals(Overlap.NONE, even.overlap(odd));
      assertEquals(Overlap.SOME, left.overlap(even));
      assertEquals(Overlap.SOME, rows.overlap(right));
      assertEquals(Overlap.SOME, whole.overlap(whole));
      var nothing = array(whole.storage(), DType.FLOAT32, layout.narrow(0, 2, 0));
      assertEquals(Overlap.NONE, nothing.overlap(whole));
      var bytes =
          array(whole.storage(), DType.INT8, Layout.strided(Shape.of(3), new long[] {1}, 12));
      assertEquals(Overlap.SOME, right.overlap(bytes));
      assertEquals(Overlap.NONE, bytes.overlap(left));
    }
  }

  @Test
  void wrapsOfOneSegment() {
    try (Arena arena = Arena.ofShared();
        Scope scope = Scope.open()) {
      MemorySegment segment = arena.allocate(64, 8);
      var first = array(Storage.wrap(segment), DType.INT64, Layout.contiguous(Shape.of(5)));
      var second =
          array(Storage.wrap(segment.asSlice(32)), DType.INT64, Layout.contiguous(Shape.of(4)));
      var third =
          array(Storage.wrap(segment.asSlice(40)), DType.INT64, Layout.contiguous(Shape.of(3)));
      assertEquals(Overlap.SOME, first.overlap(second));
      assertEquals(Overlap.SOME, second.overlap(first));
      assertEquals(Overlap.NONE, first.overlap(third));
      assertEquals(Overlap.NONE, third.overlap(first));
    }
  }

  /** Which bytes an array's elements take, one by one. */
  private static Set<Long> bytes(StridedArray array) {
    Layout layout = array.layout();
    Set<Long> bytes = new HashSet<>();
    for (long i = 0; i < layout.numel(); i++) {
      long rest = i;
      long at = layout.offset();
      for (int axis = layout.rank() - 1; axis >= 0; axis--) {
        at += rest % layout.size(axis) * layout.stride(axis);
        rest /= layout.size(axis);
      }
      for (int b = 0; b < array.dtype().byteSize(); b++) {
        bytes.add(at * array.dtype().byteSize() + b);
      }
    }
    return bytes;
  }

  private static StridedArray any(Random random, Storage storage) {
    DType[] types = {DType.INT8, DType.FLOAT16, DType.FLOAT32, DType.INT64};
    int rank = random.nextInt(4);
    long[] sizes = new long[rank];
    long[] strides = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = 1 + random.nextInt(4);
      strides[axis] = random.nextInt(random.nextBoolean() ? 5 : 40);
    }
    Layout layout = Layout.strided(Shape.of(sizes), strides, random.nextInt(60));
    return array(storage, types[random.nextInt(types.length)], layout);
  }

  @Test
  void theAnswerIsThatOfAllBytes() {
    Random random = new Random(1);
    Map<Overlap, Integer> answers = new EnumMap<>(Overlap.class);
    try (Scope scope = Scope.open()) {
      Storage storage = StridedArray.allocate(DType.INT8, Shape.of(BYTES)).storage();
      for (int i = 0; i < 20_000; i++) {
        var first = any(random, storage);
        var second = any(random, storage);
        Set<Long> common = bytes(first);
        common.retainAll(bytes(second));
        Overlap answer = first.overlap(second);
        assertEquals(common.isEmpty() ? Overlap.NONE : Overlap.SOME, answer);
        answers.merge(answer, 1, Integer::sum);
        first.close();
        second.close();
      }
    }
    assertTrue(answers.values().stream().allMatch(count -> count > 1000), answers.toString());
  }

  @Test
  void aLongSearchIsGivenUp() {
    try (Scope scope = Scope.open()) {
      Storage storage = StridedArray.allocate(DType.INT8, Shape.of(BYTES)).storage();
      // Windows upon windows, in steps that have no divisor in common and leave the odd bytes out.
      long[] sizes = {40, 40, 40, 40};
      long[] strides = {2 * 101, 2 * 103, 2 * 107, 2 * 109};
      var first = array(storage, DType.INT8, Layout.strided(Shape.of(sizes), strides, 0));
      long[] odd = {2 * 127, 2 * 131, 2 * 137, 2 * 139};
      var second = array(storage, DType.INT8, Layout.strided(Shape.of(sizes), odd, 0));
      assertNotEquals(Overlap.NONE, first.overlap(second));
      long[] far = {3001, 3011, 3019, 3023, 3037};
      Layout sparse = Layout.strided(Shape.of(30, 30, 30, 30, 30), far, 0);
      Layout point = Layout.strided(Shape.scalar(), new long[0], 200_011);
      assertEquals(
          Overlap.UNDECIDED,
          array(storage, DType.INT8, sparse).overlap(array(storage, DType.INT8, point)));
    }
  }
}
