package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DevicePointerTest {
  @Test
  void slicesLieWithin() {
    var piece = new DevicePointer(0x1000, 256);
    assertEquals(new DevicePointer(0x1040, 64), piece.slice(64, 64));
    assertEquals(new DevicePointer(0x1100, 0), piece.slice(256, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> piece.slice(200, 57));
    assertThrows(IndexOutOfBoundsException.class, () -> piece.slice(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new DevicePointer(0x1000, -1));
    assertEquals("0x1000[256]", piece.toString());
  }

  /** Nothing in it leads to memory that the host could read. */
  @Test
  void givesOutNoSegment() {
    assertFalse(
        Arrays.stream(DevicePointer.class.getDeclaredMethods())
            .anyMatch(method -> MemorySegment.class.isAssignableFrom(method.getReturnType())));
  }
}
