package dev.gatun.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What CUDA C has for the threads of a block works when it runs on the host. */
class HostCompilerTest {
  @BeforeEach
  void requireGcc() {
    if (!HostCompiler.isAvailable()) {
      CudaEvidence.skip("CUDA C is not run on the host: there is no gcc");
    }
  }

  /** Runs a kernel of one pointer to int. */
  private static void run(
      String body, int[] blocks, int[] threads, int shared, MemorySegment values) {
    var program =
        new CudaText(
            List.of("tried"),
            """
            extern "C" __global__ void __launch_bounds__(1024) tried(int *values) {
              %s
            }
            """
                .formatted(body));
    try (var object = new HostObject(new HostCompiler().compile(program, 90));
        var arena = Arena.ofConfined()) {
      var arguments = arena.allocateFrom(ADDRESS, arena.allocateFrom(ADDRESS, values));
      object.launch(object.kernel("tried"), blocks, threads, shared, arguments);
    }
  }

  @Test
  void threadsOfABlockExchangeThroughSharedMemory() {
    try (var arena = Arena.ofConfined()) {
      var values = arena.allocate(JAVA_INT, 3 * 100);
      run(
          """
          __shared__ int fixed[100];
          extern __shared__ int dynamic[];
          const int me = threadIdx.y * blockDim.x + threadIdx.x;
          fixed[me] = me;
          dynamic[99 - me] = me + blockIdx.x;
          __syncthreads();
          values[blockIdx.x * 100 + me] = fixed[99 - me] * 1000 + dynamic[me];
          """,
          new int[] {3, 1, 1},
          new int[] {20, 5, 1},
          400,
          values);
      for (int i = 0; i < 300; i++) {
        int expected = (99 - i % 100) * 1001 + i / 100;
        assertEquals(expected, values.getAtIndex(JAVA_INT, i));
      }
    }
  }

  @Test
  void threadsOfAWarpExchangeWithoutMemory() {
    try (var arena = Arena.ofConfined()) {
      var values = arena.allocate(JAVA_INT, 4 * 64);
      run(
          """
          const int me = threadIdx.x;
          int sum = me;
          for (int by = 16; by > 0; by /= 2) {
            sum += __shfl_xor_sync(0xffffffffu, sum, by);
          }
          int before = __shfl_up_sync(0xffffffffu, me, 1);
          int after = __shfl_down_sync(0xffffffffu, me, 1);
          values[me] = sum;
          values[64 + me] = before * 100 + after;
          values[128 + me] = (int)__ballot_sync(0xffffffffu, me % 3 == 0);
          values[192 + me] = __shfl_sync(0xffffffffu, me * 10, 5);
          """,
          new int[] {1, 1, 1}, new int[] {64, 1, 1}, 0, values);
      for (int i = 0; i < 64; i++) {
        int warp = i / 32 * 32;
        int ballot = 0;
        for (int lane = 0; lane < 32; lane++) {
          ballot |= (warp + lane) % 3 == 0 ? 1 << lane : 0;
        }
        assertEquals(31 * 16 + warp * 32, values.getAtIndex(JAVA_INT, i));
        int before = i == warp ? i : i - 1;
        int after = i == warp + 31 ? i : i + 1;
        assertEquals(before * 100 + after, values.getAtIndex(JAVA_INT, 64 + i));
        assertEquals(ballot, values.getAtIndex(JAVA_INT, 128 + i));
        assertEquals((warp + 5) * 10, values.getAtIndex(JAVA_INT, 192 + i));
      }
    }
  }

  @Test
  void atomicsAndThreadsThatEndEarly() {
    try (var arena = Arena.ofConfined()) {
      var values = arena.allocate(JAVA_INT, 4);
      run(
          """
          if (threadIdx.x >= 70) {
            return;
          }
          atomicAdd(values, 2);
          atomicMax(values + 1, (int)threadIdx.x);
          __syncthreads();
          atomicCAS(values + 2, 0, values[0]);
          atomicOr(values + 3, 1 << blockIdx.y);
          """,
          new int[] {2, 3, 1},
          new int[] {100, 1, 1},
          0,
          values);
      assertEquals(2 * 70 * 6, values.getAtIndex(JAVA_INT, 0));
      assertEquals(69, values.getAtIndex(JAVA_INT, 1));
      assertEquals(140, values.getAtIndex(JAVA_INT, 2));
      assertEquals(7, values.getAtIndex(JAVA_INT, 3));
    }
  }

  @Test
  void whatWouldHangOrOverflowIsTold() {
    try (var arena = Arena.ofConfined()) {
      var values = arena.allocate(JAVA_INT, 4);
      int[] one = {1, 1, 1};
      var hung =
          assertThrows(
              AssertionError.class,
              () ->
                  run(
                      "if (threadIdx.x == 0) { __syncwarp(); } else { __syncthreads(); }",
                      one,
                      new int[] {32, 1, 1},
                      0,
                      values));
      assertTrue(hung.getMessage().contains("tried"), hung.getMessage());
      assertThrows(
          AssertionError.class,
          () ->
              run(
                  "extern __shared__ int dynamic[]; dynamic[4] = 1;",
                  one,
                  new int[] {1, 1, 1},
                  16,
                  values));
    }
  }
}
