package dev.gatun.kernels.specialize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
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
