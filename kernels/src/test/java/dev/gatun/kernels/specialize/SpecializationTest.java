package dev.gatun.kernels.specialize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class SpecializationTest {
  private static IntUnaryOperator addition(int summand) {
    return Specialization.instantiate(
        MethodHandles.lookup(), AdditionTemplate.class, IntUnaryOperator.class, summand);
  }

  @Test
  void copiesHaveTheirOwnConstants() {
    var two = addition(2);
    var five = addition(5);
    assertEquals(12, two.applyAsInt(10));
    assertEquals(15, five.applyAsInt(10));
    assertNotSame(two.getClass(), five.getClass());
  }

  @Test
  void templatesThemselvesHaveNoConstants() {
    assertThrows(ExceptionInInitializerError.class, AdditionTemplate::new);
  }

  /** The helpers add the number of their frames on the stack, which is 0 when they are inlined. */
  @Test
  void markedHelpersTakeThePlaceOfTheirCalls() {
    var copy =
        Specialization.instantiate(
            MethodHandles.lookup(), InliningTemplate.class, IntToDoubleFunction.class, 3);
    assertEquals((1 + 2) * 3 + (3 + 2) + (5 + 2) * 3, copy.applyAsDouble(2));
    assertEquals(100 * 3 + 101 + 102 * 3, copy.applyAsDouble(-7));
    assertEquals(-3 - 1 - 3, copy.applyAsDouble(0));
    assertEquals(3 + 1, InlinedArithmetic.twice(1.5));
  }

  /** Vectors of the element type with two species are not taken for either. */
  @Test
  void templatesMayHaveTwoSpecies() {
    var copy =
        Specialization.instantiate(
            MethodHandles.lookup(), TwoSpeciesTemplate.class, IntToDoubleFunction.class);
    assertEquals((4 + 8 + 4) * 3 + 4, copy.applyAsDouble(3));
    assertEquals((4 + 8 + 4) * -3 + 8, copy.applyAsDouble(-3));
  }

  @Test
  void nativeSegmentsStayTheSame() {
    try (var arena = Arena.ofConfined()) {
      var segment = arena.allocate(8);
      assertSame(segment, NativeMemory.of(segment));
    }
    var heap = MemorySegment.ofArray(new byte[8]);
    assertThrows(ClassCastException.class, () -> NativeMemory.of(heap));
  }
}
