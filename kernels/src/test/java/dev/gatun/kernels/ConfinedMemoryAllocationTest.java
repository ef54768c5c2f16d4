package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/**
 * An application's own loops over memory that is confined to a thread do not keep kernels from
 * being compiled: until they are, vectors are objects on the heap.
 */
class ConfinedMemoryAllocationTest {
  private static final int ROWS = 8;
  private static final int COLUMNS = 1000;
  private static final int CALLS_OF_THE_APPLICATION = 200_000;
  private static final int CALLS_IN_A_ROUND = 100;

  /** Compiling takes a tenth of these; giving up compiling for a wrong guess takes more. */
  private static final int MOST_ROUNDS = 100;

  @Test
  void layerNormIsCompiledAllTheSame() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported());
    runLoopsOfAnApplication();
    try (var _ = Scope.open()) {
      var reductions = Kernels.provider().reductions();
      var x = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, ROWS, COLUMNS);
      var weight = Layouts.gaussian(Kind.CONTIGUOUS, DType.FLOAT32, COLUMNS);
      var out = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, ROWS, COLUMNS);
      var means = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, ROWS);
      var rstds = Layouts.allocate(Kind.CONTIGUOUS, DType.FLOAT32, ROWS);
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && allocated > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int call = 0; call < CALLS_IN_A_ROUND; call++) {
          reductions.layerNorm(out, means, rstds, x, weight, weight, 1e-5);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertEquals(0, allocated);
    }
  }

  private static void runLoopsOfAnApplication() {
    try (var arena = Arena.ofConfined()) {
      var from = arena.allocate(COLUMNS * 8L);
      var to = arena.allocate(COLUMNS * 8L);
      for (int call = 0; call < CALLS_OF_THE_APPLICATION; call++) {
        copy(from, to);
      }
    }
  }

  private static void copy(MemorySegment from, MemorySegment to) {
    var species = FloatVector.SPECIES_PREFERRED;
    long end = from.byteSize() - species.vectorByteSize();
    for (long at = 0; at <= end; at += species.vectorByteSize()) {
      FloatVector.fromMemorySegment(species, from, at, ByteOrder.nativeOrder())
          .intoMemorySegment(to, at, ByteOrder.nativeOrder());
    }
  }
}
