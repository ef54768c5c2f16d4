package dev.gatun.bindings.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.Evidence;
import dev.gatun.bindings.RealLibraries;
import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.bindings.generated.cudnn.cudnn_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real libraries do on a machine that has them and no device. */
class WithoutDeviceTest {
  private static final String KERNEL =
      """
      extern "C" __global__ void scale(float *values, float factor, long long count) {
        long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
        if (i < count) {
          values[i] *= factor;
        }
      }
      """;

  private static void requireNoDevice() {
    if (CudaLibraries.system().driver().problem() == null) {
      Evidence.skip("this machine has a device: what fails without one is not tried");
    }
  }

  @Test
  void aHandleOfCublasNeedsADevice() {
    RealLibraries.require(CudaLibrary.CUBLAS);
    requireNoDevice();
    long live = OwnedHandle.live();
    var failed =
        assertThrows(CudaException.class, () -> CublasHandle.createInCurrent(null).close());
    assertEquals(cublas_h.CUBLAS_STATUS_NOT_INITIALIZED(), failed.code());
    assertEquals(CudaStatus.CUBLAS, failed.library());
    assertEquals("cublasCreate", failed.call());
    assertEquals(
        "cublasCreate() failed: CUBLAS_STATUS_NOT_INITIALIZED (1): the library was not initialized",
        failed.getMessage());
    assertFalse(failed.isOutOfMemory());
    assertFalse(failed.isFatal());
    assertEquals(live, OwnedHandle.live());
  }

  @Test
  void aHandleOfCudnnNeedsADevice() {
    RealLibraries.require(CudaLibrary.CUDNN);
    requireNoDevice();
    var failed = assertThrows(CudaException.class, () -> CudnnHandle.createInCurrent(null).close());
    assertEquals(CudaStatus.CUDNN, failed.library());
    assertEquals("cudnnCreate", failed.call());
    assertTrue(failed.getMessage().contains("CUDNN_STATUS_"), failed::getMessage);
  }

  @Test
  void aDeviceIsUnavailableWithReasonAndPlaces() {
    requireNoDevice();
    var problem = assertThrows(CudaUnavailableException.class, () -> CudaDevice.get(0));
    assertFalse(problem.reason().isEmpty());
    assertFalse(problem.advice().isEmpty());
    assertFalse(problem.attempts().isEmpty());
    assertThrows(CudaUnavailableException.class, CudaDevice::count);
  }

  @Test
  void statusStrings() {
    RealLibraries.require(CudaLibrary.CUBLAS);
    RealLibraries.require(CudaLibrary.CUBLAS_LT);
    RealLibraries.require(CudaLibrary.CUDNN);
    RealLibraries.require(CudaLibrary.NVRTC);
    assertEquals("CUBLAS_STATUS_ALLOC_FAILED", CudaStatus.CUBLAS.name(3));
    assertEquals("the resource allocation failed", CudaStatus.CUBLAS.description(3));
    assertEquals("CUBLAS_STATUS_INVALID_VALUE", CudaStatus.CUBLAS_LT.name(7));
    assertEquals("NVRTC_ERROR_COMPILATION", CudaStatus.NVRTC.name(6));
    assertEquals("CUDNN_STATUS_BAD_PARAM", CudaStatus.CUDNN.name(2000));
    assertTrue(CudaStatus.CUBLAS.failure(3, "cublasCreate").isOutOfMemory());
    var failure = CudaStatus.NVRTC.failure(6, "nvrtcCompileProgram", "a.cu", 90);
    assertEquals(
        "nvrtcCompileProgram(a.cu, 90) failed: NVRTC_ERROR_COMPILATION (6)", failure.getMessage());
  }

  @Test
  void aDescriptionOfAProductKeepsItsEpilogue() {
    RealLibraries.require(CudaLibrary.CUBLAS_LT);
    long live = OwnedHandle.live();
    var description =
        CublasLtDescriptor.matmul(cublas_h.CUBLAS_COMPUTE_32F(), cublas_h.CUDA_R_32F());
    try (description) {
      assertEquals(live + 1, OwnedHandle.live());
      for (int epilogue :
          new int[] {
            cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS(),
            cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX_BIAS(),
            cublasLt_h.CUBLASLT_EPILOGUE_DGELU_BGRAD(),
            cublasLt_h.CUBLASLT_EPILOGUE_BGRADB()
          }) {
        description.setInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE(), epilogue);
        assertEquals(epilogue, description.getInt(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE()));
      }
      description.setPointer(
          cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER(), new DevicePointer(0x7f00_0000_1000L, 64));
      assertEquals(
          0x7f00_0000_1000L, description.getLong(cublasLt_h.CUBLASLT_MATMUL_DESC_BIAS_POINTER()));
      var failed =
          assertThrows(
              CudaException.class,
              () -> description.setLong(cublasLt_h.CUBLASLT_MATMUL_DESC_EPILOGUE(), 1));
      assertEquals("cublasLtMatmulDescSetAttribute", failed.call());
    }
    assertEquals(live, OwnedHandle.live());
    assertTrue(description.isClosed());
    assertThrows(IllegalStateException.class, description::handle);
    description.close();
    assertEquals(live, OwnedHandle.live());
  }

  @Test
  void layoutsAndPreferences() {
    RealLibraries.require(CudaLibrary.CUBLAS_LT);
    try (var layout = CublasLtDescriptor.layout(cublas_h.CUDA_R_16BF(), 300, 200, 304);
        var preference = CublasLtDescriptor.preference()) {
      assertEquals(300, layout.getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_ROWS()));
      assertEquals(304, layout.getLong(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_LD()));
      layout.setInt(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_ORDER(), cublasLt_h.CUBLASLT_ORDER_ROW());
      assertEquals(
          cublasLt_h.CUBLASLT_ORDER_ROW(),
          layout.getInt(cublasLt_h.CUBLASLT_MATRIX_LAYOUT_ORDER()));
      preference.setLong(cublasLt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES(), 32L << 20);
      assertEquals(
          32L << 20, preference.getLong(cublasLt_h.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES()));
    }
  }

  @Test
  void aTensorOfCudnnIsDescribed() {
    RealLibraries.require(CudaLibrary.CUDNN);
    try (var tensor = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_TENSOR_DESCRIPTOR());
        var arena = Arena.ofConfined()) {
      tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_UNIQUE_ID(), 'x');
      tensor.setEnum(
          cudnn_h.CUDNN_ATTR_TENSOR_DATA_TYPE(),
          cudnn_h.CUDNN_TYPE_DATA_TYPE(),
          cudnn_h.CUDNN_DATA_BFLOAT16());
      tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT(), 16);
      tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_DIMENSIONS(), 8, 64, 56, 56);
      tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_STRIDES(), 64 * 56 * 56, 1, 64 * 56, 64);
      tensor.finish();
      var sizes = arena.allocate(ValueLayout.JAVA_LONG, 4);
      assertEquals(
          4,
          tensor.get(cudnn_h.CUDNN_ATTR_TENSOR_DIMENSIONS(), cudnn_h.CUDNN_TYPE_INT64(), 4, sizes));
      assertArrayEquals(new long[] {8, 64, 56, 56}, sizes.toArray(ValueLayout.JAVA_LONG));
      var failed =
          assertThrows(
              CudaException.class,
              () -> tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_UNIQUE_ID(), 'y'));
      assertTrue(failed.getMessage().contains("CUDNN_STATUS_BAD_PARAM"), failed::getMessage);
    }
  }

  @Test
  void aTensorOfCudnnWithoutSizesIsNotFinished() {
    RealLibraries.require(CudaLibrary.CUDNN);
    try (var tensor = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_TENSOR_DESCRIPTOR())) {
      var failed = assertThrows(CudaException.class, tensor::finish);
      assertEquals("cudnnBackendFinalize", failed.call());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100})
  void nvrtcCompilesForADeviceThatIsNotThere(int capability) {
    RealLibraries.require(CudaLibrary.NVRTC);
    if (Arrays.stream(Nvrtc.architectures()).noneMatch(each -> each == capability)) {
      Evidence.skip("this NVRTC does not compile for sm_" + capability);
    }
    var cubin = Nvrtc.toCubin("scale.cu", KERNEL, capability, List.of("--fmad=true"));
    assertEquals("\u007fELF", new String(cubin.image(), 0, 4, StandardCharsets.ISO_8859_1));
    var ptx = Nvrtc.toPtx("scale.cu", KERNEL, capability, List.of());
    String text = new String(ptx.image(), StandardCharsets.UTF_8);
    assertTrue(text.contains(".target sm_" + capability), text);
    assertTrue(text.contains(".entry scale("), text);
    Evidence.count("cuda_sources", "scale_" + capability, 1);
  }

  @Test
  void errorsInASourceAreToldInTheCompilersWords() {
    RealLibraries.require(CudaLibrary.NVRTC);
    var failed =
        assertThrows(
            CudaException.class,
            () -> Nvrtc.toCubin("wrong.cu", "__global__ void f() { return 1; }", 90, List.of()));
    assertEquals(CudaStatus.NVRTC, failed.library());
    assertTrue(failed.getMessage().contains("wrong.cu(1): error"), failed::getMessage);
  }

  @Test
  void warningsComeWithTheImage() {
    RealLibraries.require(CudaLibrary.NVRTC);
    var compiled = Nvrtc.toCubin("unused.cu", "__global__ void f() { int never; }", 80, List.of());
    assertTrue(compiled.log().contains("never"), compiled::log);
  }
}
