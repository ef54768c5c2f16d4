package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.Evidence;
import dev.gatun.bindings.RealLibraries;
import dev.gatun.bindings.cuda.CudnnConvolution.Array;
import dev.gatun.bindings.cuda.CudnnConvolution.Pass;
import dev.gatun.bindings.cuda.CudnnConvolution.Problem;
import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.bindings.loading.CudaLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real cuDNN is told of convolutions what it has to know, and agrees. It needs no device. */
class CudnnConvolutionTest {
  private static final long MOST_WORKSPACE = 256L << 20;

  @BeforeEach
  void requireLibrary() {
    RealLibraries.require(CudaLibrary.CUDNN);
  }

  private static Array planes(long n, long c, long h, long w) {
    return new Array(n, c, h, w, c * h * w, h * w, w, 1);
  }

  private static Array channelsLast(long n, long c, long h, long w) {
    return new Array(n, c, h, w, c * h * w, 1, w * c, c);
  }

  /** A kernel of 3 by 5 on images of 12 by 13, in two groups. */
  private static Problem problem(Pass pass, int type, boolean biased, boolean last) {
    return new Problem(
        pass,
        type,
        false,
        last ? channelsLast(2, 8, 12, 13) : planes(2, 8, 12, 13),
        last ? channelsLast(16, 4, 3, 5) : planes(16, 4, 3, 5),
        last ? channelsLast(2, 16, 6, 9) : planes(2, 16, 6, 9),
        biased,
        2,
        1,
        1,
        2,
        1,
        2,
        16);
  }

  static Stream<Problem> problems() {
    int[] types = {
      cudnn_h.CUDNN_DATA_FLOAT(),
      cudnn_h.CUDNN_DATA_DOUBLE(),
      cudnn_h.CUDNN_DATA_HALF(),
      cudnn_h.CUDNN_DATA_BFLOAT16()
    };
    return Arrays.stream(types)
        .boxed()
        .flatMap(type ->
            Stream.of(false, true)
                .flatMap(last ->
                    Stream.of(
                        problem(Pass.FORWARD, type, false, last),
                        problem(Pass.FORWARD, type, true, last),
                        problem(Pass.IMAGE_GRADIENT, type, false, last),
                        problem(Pass.WEIGHT_GRADIENT, type, false, last))));
  }

  private static String name(Problem problem) {
    String order = problem.results().strideC() == 1 ? "channels_last" : "planes";
    return problem.pass() + "_" + problem.type() + "_" + order + (problem.biased() ? "_bias" : "");
  }

  @ParameterizedTest
  @MethodSource("problems")
  void cudnnAgreesWithTheDescription(Problem problem) {
    long live = OwnedHandle.live();
    try (var convolution = new CudnnConvolution(problem)) {
      assertEquals(problem.biased() ? 2 : 1, convolution.operations().size());
      assertEquals(-1, convolution.workspaceBytes());
      Evidence.count("cudnn_operations", name(problem), convolution.operations().size());
    }
    assertEquals(live, OwnedHandle.live());
  }

  /** What an H200 says of itself, as cuDNN writes it down. */
  private static final String H200 =
      """
      {"maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
       "regsPerBlock": 65536, "multiProcessorCount": 132, "warpSize": 32,
       "maxSharedMemoryPerBlock": 49152, "maxSharedMemoryPerBlockOptin": 232448,
       "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536, "maxCtasPerSM": 32,
       "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048, "pciDeviceId": 0,
       "isTccDriver": 0, "supportCoopLaunch": 1, "totalGlobalMem": 150000000000,
       "smClockRateKHz": 1980000, "memClockRateKHz": 3201000, "l2CacheSize": 62914560,
       "cudaDeviceId": 0, "deviceVer": 900, "driverVer": 13000, "deviceName": "NVIDIA H200"}
      """;

  private static CudnnDescriptor device() {
    var device = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR());
    try (var arena = Arena.ofConfined()) {
      var text = arena.allocateFrom(H200);
      device.set(
          cudnn_h.CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION(),
          cudnn_h.CUDNN_TYPE_CHAR(),
          text.byteSize(),
          text);
      device.finish();
    }
    return device;
  }

  @ParameterizedTest
  @MethodSource("problems")
  void cudnnPlansForADeviceThatIsNotThere(Problem problem) {
    long live = OwnedHandle.live();
    try (var device = device();
        var convolution = new CudnnConvolution(problem)) {
      assertTrue(convolution.chooseFor(device, MOST_WORKSPACE));
      assertTrue(convolution.workspaceBytes() >= 0);
      assertTrue(convolution.workspaceBytes() <= MOST_WORKSPACE);
      Evidence.count("cudnn_plans", name(problem), 1);
    }
    assertEquals(live, OwnedHandle.live());
  }

  @Test
  void aPlanThatNeedsMoreMemoryThanThereIsIsNotTaken() {
    var problem = problem(Pass.IMAGE_GRADIENT, cudnn_h.CUDNN_DATA_FLOAT(), false, false);
    long bytes;
    try (var device = device();
        var convolution = new CudnnConvolution(problem)) {
      assertTrue(convolution.chooseFor(device, MOST_WORKSPACE));
      bytes = convolution.workspaceBytes();
    }
    try (var device = device();
        var convolution = new CudnnConvolution(problem)) {
      assertTrue(!convolution.chooseFor(device, bytes - 1) || convolution.workspaceBytes() < bytes);
    }
  }

  @Test
  void whatCudnnKeepsIsWhatItWasTold() {
    var problem = problem(Pass.FORWARD, cudnn_h.CUDNN_DATA_FLOAT(), false, false);
    try (var convolution = new CudnnConvolution(problem);
        var tensor = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_TENSOR_DESCRIPTOR());
        var arena = Arena.ofConfined()) {
      var operation = convolution.operations().get(0);
      operation.getDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y(), tensor);
      // It has understood that there are two groups.
      var sizes = arena.allocate(ValueLayout.JAVA_LONG, 5);
      tensor.get(cudnn_h.CUDNN_ATTR_TENSOR_DIMENSIONS(), cudnn_h.CUDNN_TYPE_INT64(), 5, sizes);
      assertArrayEquals(new long[] {2, 2, 8, 6, 9}, sizes.toArray(ValueLayout.JAVA_LONG));
      var alpha = arena.allocate(ValueLayout.JAVA_FLOAT);
      operation.get(
          cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA(),
          cudnn_h.CUDNN_TYPE_FLOAT(),
          1,
          alpha);
      assertEquals(1, alpha.get(ValueLayout.JAVA_FLOAT, 0));
    }
  }

  @Test
  void resultsOfTheWrongSizeAreRefused() {
    var right = problem(Pass.FORWARD, cudnn_h.CUDNN_DATA_FLOAT(), false, false);
    var wrong =
        new Problem(
            right.pass(),
            right.type(),
            false,
            right.images(),
            right.weights(),
            planes(2, 16, 7, 9),
            false,
            2,
            1,
            1,
            2,
            1,
            2,
            16);
    long live = OwnedHandle.live();
    var failed = assertThrows(CudaException.class, () -> new CudnnConvolution(wrong).close());
    assertEquals(CudaStatus.CUDNN, failed.library());
    assertEquals("cudnnBackendFinalize", failed.call());
    assertEquals(live, OwnedHandle.live());
  }
}
