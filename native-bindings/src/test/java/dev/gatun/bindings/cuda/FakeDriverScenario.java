package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.generated.cuda.cuda_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** What the handles do, with a driver whose memory is the host's. */
final class FakeDriverScenario {
  private FakeDriverScenario() {}

  public static void main(String[] arguments) throws Exception {
    devices();
    try (var context = CudaContext.retain(CudaDevice.get(0));
        var other = CudaContext.retain(CudaDevice.get(1))) {
      assertEquals(1, fake("fakeRetained", 0));
      contexts(context, other);
      copies(context);
      outOfMemory(context);
      eventsAndErrors(context);
      modules(context);
      graphs(context);
      virtualThreads(context, other);
      leaks(context);
      assertEquals(2, OwnedHandle.live());
    }
    assertEquals(0, OwnedHandle.live());
    assertEquals(0, fake("fakeLive"));
    assertEquals(0, fake("fakeRetained", 0));
    assertEquals(0, fake("fakeRetained", 1));
    assertEquals(0, fake("fakeDepth"));
  }

  private static void devices() {
    assertEquals(2, CudaDevice.count());
    var device = CudaDevice.get(1);
    assertEquals("cuda:1", device.toString());
    assertEquals("Fake 1", device.name());
    assertEquals(90, device.computeCapability());
    assertEquals(1L << 40, device.totalBytes());
    assertEquals("02".repeat(16), device.uuid());
    assertThrows(IndexOutOfBoundsException.class, () -> CudaDevice.get(2));
    var failed = assertThrows(CudaException.class, () -> device.attribute(-1));
    assertEquals("cuDeviceGetAttribute(-1, cuda:1) failed: status 1 (1)", failed.getMessage());
  }

  private static void contexts(CudaContext context, CudaContext other) {
    try (var outer = context.enter()) {
      try (var inner = other.enter()) {
        assertEquals(2, fake("fakeDepth"));
      }
      assertEquals(1, fake("fakeDepth"));
    }
    assertEquals(0, fake("fakeDepth"));
    assertEquals(1000, context.freeBytes());
    context.synchronize();
  }

  private static void copies(CudaContext context) {
    var data = new byte[] {1, 2, 3, 4, 5, 6, 7, 8};
    try (var stream = CudaStream.create(context);
        var pinned = PinnedMemory.allocate(context, 64)) {
      var memory = stream.allocate(8);
      var copy = stream.allocate(8);
      var segment = pinned.segment();
      assertEquals(64, segment.byteSize());
      MemorySegment.copy(data, 0, segment, ValueLayout.JAVA_BYTE, 0, 8);
      stream.upload(memory, segment.asSlice(0, 8));
      stream.copy(copy, memory);
      stream.fill(copy.slice(0, 2), (byte) 9);
      stream.download(segment.asSlice(32), copy);
      stream.synchronize();
      assertArrayEquals(
          new byte[] {9, 9, 3, 4, 5, 6, 7, 8},
          segment.asSlice(32, 8).toArray(ValueLayout.JAVA_BYTE));
      assertThrows(IllegalArgumentException.class, () -> stream.upload(memory, segment));
      assertThrows(
          IllegalArgumentException.class, () -> stream.upload(memory, MemorySegment.ofArray(data)));
      assertThrows(IllegalArgumentException.class, () -> stream.copy(memory.slice(0, 4), copy));
      assertEquals(DevicePointer.NULL, stream.allocate(0));
      stream.free(DevicePointer.NULL);
      stream.free(memory);
      stream.free(copy);
    }
    assertEquals(0, fake("fakeLive"));
  }

  private static void outOfMemory(CudaContext context) {
    try (var stream = CudaStream.create(context)) {
      var failed = assertThrows(CudaException.class, () -> stream.allocate(1L << 40));
      assertTrue(failed.isOutOfMemory());
      assertFalse(failed.isFatal());
      assertEquals(
          "cuMemAllocAsync(1099511627776 bytes, a stream of cuda:0) failed:"
              + " CUDA_ERROR_OUT_OF_MEMORY (2): out of memory",
          failed.getMessage());
      assertEquals(0, fake("fakeDepth"));
    }
  }

  private static void eventsAndErrors(CudaContext context) {
    var stream = CudaStream.create(context);
    try (stream;
        var event = CudaEvent.create(context, true)) {
      event.record(stream);
      stream.waitFor(event);
      assertTrue(event.isDone());
      assertFalse(stream.isDone());
      assertEquals(1.5f, event.millisecondsUntil(event));
      var failed = assertThrows(CudaException.class, event::synchronize);
      assertTrue(failed.isFatal());
      assertEquals(cuda_h.CUDA_ERROR_ILLEGAL_ADDRESS(), failed.code());
    }
    assertTrue(stream.isClosed());
    assertThrows(IllegalStateException.class, stream::synchronize);
    assertEquals(0, fake("fakeDepth"));
    stream.close();
    assertEquals("a stream of cuda:0 (closed)", stream.toString());
  }

  private static void modules(CudaContext context) {
    CudaFunction kept;
    try (var stream = CudaStream.create(context);
        var module = CudaModule.load(context, "image".getBytes(StandardCharsets.US_ASCII));
        var arena = Arena.ofConfined()) {
      var function = module.function("kernel");
      kept = function;
      var argument = arena.allocateFrom(ValueLayout.JAVA_INT, 7);
      var parameters = arena.allocateFrom(ValueLayout.ADDRESS, argument);
      function.launch(stream, 4, 1, 1, 256, 1, 1, 0, parameters);
      assertEquals(7, fake("fakeLaunches"));
      assertEquals(8, function.blocksPerMultiprocessor(256, 0));
      assertEquals(41, function.attribute(1));
      function.setAttribute(1, 2);
      var failed =
          assertThrows(
              CudaException.class,
              () -> function.launch(stream, 1, 1, 1, 2048, 1, 1, 0, parameters));
      assertTrue(failed.getMessage().contains("kernel, grid 1x1x1, block 2048x1x1"));
      assertThrows(CudaException.class, () -> module.function("absent"));
    }
    assertThrows(IllegalStateException.class, () -> kept.attribute(1));
    var failed =
        assertThrows(
            CudaException.class,
            () -> CudaModule.load(context, "!wrong".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(failed.getMessage().contains("line 1: !wrong"), failed::getMessage);
  }

  private static void graphs(CudaContext context) {
    long before = fake("fakeLaunches");
    try (var stream = CudaStream.create(context)) {
      stream.beginCapture();
      try (var graph = stream.endCapture();
          var executable = graph.instantiate()) {
        assertEquals(3, graph.nodes());
        executable.launch(stream);
        executable.launch(stream);
      }
      assertThrows(CudaException.class, stream::endCapture);
    }
    assertEquals(before + 2, fake("fakeLaunches"));
    assertEquals(0, fake("fakeLive"));
  }

  /** What happens to a virtual thread that blocks and goes on elsewhere: another one is current. */
  private static void virtualThreads(CudaContext context, CudaContext other) throws Exception {
    var thrown = new AtomicReference<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              context.synchronize();
              try (var entered = context.enter()) {
                int status = cuda_h.cuCtxPushCurrent_v2(other.handle());
                assertEquals(0, status);
              } catch (IllegalStateException expected) {
                thrown.set(expected);
              }
              assertEquals(0, cuda_h.cuCtxPopCurrent_v2(MemorySegment.NULL));
            });
    thread.join();
    assertTrue(thrown.get() instanceof IllegalStateException, String.valueOf(thrown.get()));
  }

  private static void leaks(CudaContext context) throws InterruptedException {
    drop(context);
    for (int i = 0; i < 100 && fake("fakeLive") > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertEquals(0, fake("fakeLive"));
  }

  private static void drop(CudaContext context) {
    assertFalse(CudaStream.create(context).isClosed());
  }

  /** A function of the fake driver that the real one does not have. */
  private static long fake(String name, int... argument) {
    var library = CudaLibraries.system().require(CudaLibrary.DRIVER);
    var linker = Linker.nativeLinker();
    try {
      var address = library.find(name).orElseThrow();
      if (argument.length == 0) {
        return (long)
            linker
                .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                .invokeExact();
      }
      return (int)
          linker
              .downcallHandle(
                  address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
              .invokeExact(argument[0]);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }
}
