package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions as an emulated cuDNN computes them: whose streams they go to, and for how long. */
@ExtendWith(TestScope.class)
class ConvolutionsOfLibrariesEmulationTest {
  private static final Device CUDA = Device.cuda(0);
  private static final ConvolutionGeometry PLAIN = ConvolutionGeometry.DEFAULT;

  @BeforeAll
  static void emulate() {
    EmulatedCuda.requireWithLibraries();
  }

  @AfterEach
  void workIsDoneAtOnceAgain() {
    EmulatedCuda.order(EmulatedCuda.Order.AT_ONCE);
    EmulatedCuda.refusePlans(0);
  }

  private static DeviceProvider device() {
    return Kernels.provider(CUDA);
  }

  private static StridedArray host(Random random, long... sizes) {
    return Layouts.filled(Layouts.Kind.CONTIGUOUS, DType.FLOAT32, random::nextGaussian, sizes);
  }

  private static StridedArray empty(long... sizes) {
    var shape = Shape.of(sizes);
    return new StridedArray(
        device().allocate(StridedArray.byteSize(DType.FLOAT32, shape)),
        DType.FLOAT32,
        Layout.contiguous(shape));
  }

  private static StridedArray there(StridedArray host) {
    var copy = empty(host.layout().shape().toArray());
    Transfers.copy(copy, host);
    return copy;
  }

  private static double[] back(StridedArray array) {
    var host = StridedArray.allocate(DType.FLOAT32, array.layout().shape());
    Transfers.copy(host, array);
    return Layouts.values(host);
  }

  /** One convolution on both, in this thread's stream; the images are as large as asked for. */
  private static void check(Random random, int size) {
    try (var _ = Scope.open()) {
      var images = host(random, 2, 3, size, size);
      var weights = host(random, 4, 3, 2, 2);
      var expected = StridedArray.allocate(DType.FLOAT32, Shape.of(2, 4, size - 1, size - 1));
      Kernels.provider().convolutions().convolve(expected, images, weights, null, PLAIN);
      var out = empty(2, 4, size - 1, size - 1);
      device().convolutions().convolve(out, there(images), there(weights), null, PLAIN);
      assertArrayEquals(Layouts.values(expected), back(out), 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyStreamHasItsOwnHandle(EmulatedCuda.Order order) throws Exception {
    check(new Random(1), 5);
    long kernels = EmulatedCuda.launches();
    check(new Random(2), 5);
    assertEquals(kernels, EmulatedCuda.launches(), "convolutions are not cuDNN's");
    long handles = EmulatedCuda.handles();
    EmulatedCuda.order(order);
    int streams = 4;
    int threads = 8;
    var all = new ArrayList<DeviceStream>();
    for (int i = 0; i < streams; i++) {
      all.add(DeviceStream.create(CUDA));
    }
    try (var executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        var stream = all.get(i % streams);
        var random = new Random(i);
        tasks.add(() -> {
          for (int round = 0; round < 10; round++) {
            try (var use = stream.use()) {
              // Some problems are the same for all, and some are new.
              check(random, 4 + round % 3);
              check(random, 5 + random.nextInt(20));
            }
          }
          return null;
        });
      }
      for (Future<Void> each : executor.invokeAll(tasks)) {
        each.get();
      }
    }
    assertEquals(handles + streams, EmulatedCuda.handles());
    assertEquals(0, EmulatedCuda.conflicts());
    all.forEach(DeviceStream::close);
    assertEquals(handles, EmulatedCuda.handles());
  }

  @Test
  void whatIsPushedOutIsClosedWhenItsStreamIsDone() {
    EmulatedCuda.order(EmulatedCuda.Order.LATE);
    var random = new Random(3);
    var images = there(host(random, 1, 1, 4, 4));
    var weights = there(host(random, 1, 1, 2, 2));
    Cuda.synchronize(CUDA);
    var first = empty(1, 1, 3, 3);
    try (var stream = DeviceStream.create(CUDA)) {
      try (var use = stream.use()) {
        // Not done before somebody waits for this stream.
        device().convolutions().convolve(first, images, weights, null, PLAIN);
      }
      int most = LibraryConvolutions.MOST_PROBLEMS;
      for (int size = 5; size < most + 60; size++) {
        try (var _ = Scope.open()) {
          var wide = empty(1, 1, 2, size);
          var out = empty(1, 1, 1, size - 1);
          device().convolutions().convolve(out, wide, weights, null, PLAIN);
        }
        Cuda.synchronize(CUDA);
      }
      assertTrue(EmulatedCuda.plans() <= most + 2, () -> EmulatedCuda.plans() + " plans are open");
      double[] late;
      try (var use = stream.use()) {
        late = back(first);
      }
      assertEquals(0, EmulatedCuda.tooLate());
      var again = empty(1, 1, 3, 3);
      device().convolutions().convolve(again, images, weights, null, PLAIN);
      assertArrayEquals(back(again), late);
      Cuda.synchronize(CUDA);
      check(random, 9);
      assertTrue(EmulatedCuda.plans() <= most + 2, () -> EmulatedCuda.plans() + " plans are open");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCudnnHadNoMemoryForIsAskedForAgain(boolean passing) {
    int status =
        passing
            ? cudnn_h.CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED()
            : cudnn_h.CUDNN_STATUS_NOT_SUPPORTED();
    int size = passing ? 41 : 42;
    EmulatedCuda.refusePlans(status);
    long kernels = EmulatedCuda.launches();
    check(new Random(5), size);
    assertNotEquals(kernels, EmulatedCuda.launches());
    EmulatedCuda.refusePlans(0);
    kernels = EmulatedCuda.launches();
    check(new Random(6), size);
    assertEquals(passing, kernels == EmulatedCuda.launches());
  }

  @Test
  void whatWasRecordedStaysAsLongAsTheGraph() {
    var random = new Random(4);
    var images = there(host(random, 1, 1, 3, 70));
    var weights = there(host(random, 1, 1, 3, 3));
    var out = empty(1, 1, 1, 68);
    var zero = empty(1);
    long graphs = EmulatedCuda.graphLaunches();
    try (var work =
        device()
            .repetition(
                () -> {
                  device().indexing().fill(zero, 0.0);
                  device().convolutions().convolve(out, images, weights, null, PLAIN);
                },
                List.of(images, weights, out, zero))) {
      work.run();
      double[] expected = back(out);
      for (int size = 5; size < LibraryConvolutions.MOST_PROBLEMS + 60; size++) {
        try (var _ = Scope.open()) {
          device()
              .convolutions()
              .convolve(empty(1, 1, 1, size - 2), empty(1, 1, 3, size), weights, null, PLAIN);
        }
      }
      device().indexing().fill(out, -1.0);
      work.run();
      assertArrayEquals(expected, back(out));
      assertEquals(0, EmulatedCuda.tooLate());
      assertEquals(graphs + 1, EmulatedCuda.graphLaunches());
    }
    check(random, 11);
    assertTrue(EmulatedCuda.plans() <= LibraryConvolutions.MOST_PROBLEMS);
  }
}
