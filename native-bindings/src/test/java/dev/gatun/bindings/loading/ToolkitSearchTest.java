package dev.gatun.bindings.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.CCompiler;
import dev.gatun.bindings.loading.CudaUnavailableException.Kind;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Toolkits that are missing, mixed, of another version, or in unusual places. */
@EnabledOnOs(OS.LINUX)
class ToolkitSearchTest {
  private static final Set<CudaLibrary> NEEDED =
      Set.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS, CudaLibrary.CUBLAS_LT);

  @TempDir private Path root;
  private FakeHost host;

  @BeforeEach
  void emptyHost() {
    host = new FakeHost(root);
  }

  @Test
  void nothingAnywhere() {
    var libraries = host.libraries();
    assertEquals(Set.of(), libraries.toolkit().libraries().keySet());
    var problem =
        assertThrows(CudaUnavailableException.class, () -> libraries.require(CudaLibrary.CUBLAS));
    assertEquals(Kind.MISSING, problem.kind());
    for (String place : Set.of("-Dgatun.cuda.path", "GATUN_CUDA_PATH", "CUDA_HOME", "CUDA_PATH")) {
      assertTrue(problem.getMessage().contains(place + ": not set"), problem::getMessage);
    }
    assertTrue(problem.getMessage().contains("/usr/local/cuda*"), problem::getMessage);
    assertTrue(problem.getMessage().contains("site-packages/nvidia"), problem::getMessage);
  }

  @Test
  void theNewestIsTakenWhereThereIsNoDriver() {
    CCompiler.require();
    host.toolkit("usr/local/cuda-12.8/lib64", 12, 8);
    host.toolkit("usr/local/cuda-13.0/lib64", 13, 0);
    var state = host.libraries().toolkit();
    assertEquals(13, state.cudaMajor());
    assertEquals(NEEDED, state.libraries().keySet());
    assertEquals("13.0.5", state.libraries().get(CudaLibrary.CUBLAS).version());
    assertEquals("13.0", state.libraries().get(CudaLibrary.NVRTC).version());
  }

  @Test
  void theDriverDecidesOnTheVersion() {
    CCompiler.require();
    host.driver("usr/lib/wsl/lib", 0, 12_040, 1);
    host.toolkit("usr/local/cuda-12.8/lib64", 12, 8);
    host.toolkit("usr/local/cuda-13.0/lib64", 13, 0);
    var libraries = host.libraries();
    assertEquals(12, libraries.toolkit().cudaMajor());
    libraries.requireDevice();
  }

  @Test
  void aNewDriverRunsTheOlderVersionWhereThatIsAllThereIs() {
    CCompiler.require();
    host.driver("usr/lib/wsl/lib", 0, 13_000, 1);
    host.toolkit("usr/local/cuda-12.8/lib64", 12, 8);
    assertEquals(12, host.libraries().toolkit().cudaMajor());
  }

  @Test
  void aVersionThatTheDriverDoesNotRunIsNamed() {
    CCompiler.require();
    host.driver("usr/lib/wsl/lib", 0, 12_040, 1);
    host.toolkit("usr/local/cuda/lib64", 13, 0);
    var libraries = host.libraries();
    var problem = assertThrows(CudaUnavailableException.class, libraries::requireDevice);
    assertEquals(Kind.MISMATCH, problem.kind());
    assertTrue(problem.reason().contains("libnvrtc.so.13"), problem::getMessage);
    assertTrue(problem.reason().contains("versions are not mixed"), problem::getMessage);
  }

  /** One library of each version, and no version whole: neither is filled up from the other. */
  @Test
  void versionsAreNotMixed() {
    CCompiler.require();
    host.toolkit("usr/local/cuda-12.8/lib64", 12, 8);
    host.nvrtc("usr/local/cuda-13.0/lib64", 13, 13, 0);
    var state = host.libraries().toolkit();
    assertEquals(12, state.cudaMajor());
    assertEquals(NEEDED, state.libraries().keySet());

    var other = new FakeHost(root.resolve("other"));
    other.nvrtc("usr/local/cuda-12.8/lib64", 12, 12, 8);
    other.blas("usr/local/cuda-13.0/lib64", "libcublasLt.so.13", "cublasLtGetProperty", 13, 0);
    other.blas("usr/local/cuda-13.0/lib64", "libcublas.so.13", "cublasGetProperty", 13, 0);
    var halves = other.libraries();
    assertEquals(13, halves.toolkit().cudaMajor());
    var problem =
        assertThrows(CudaUnavailableException.class, () -> halves.require(CudaLibrary.NVRTC));
    assertEquals(Kind.MISMATCH, problem.kind());
  }

  @Test
  void theUsersFolderDecidesOnTheVersion() {
    CCompiler.require();
    host.property(host.toolkit("user/lib64", 12, 8).getParent());
    host.toolkit("usr/local/cuda-13.0/lib64", 13, 0);
    assertEquals(12, host.libraries().toolkit().cudaMajor());
  }

  @Test
  void aLibraryUnderAnothersNameIsPassedOver() {
    CCompiler.require();
    host.property(root.resolve("user"));
    host.nvrtc("user", 13, 12, 8);
    host.toolkit("usr/local/cuda/lib64", 13, 0);
    var nvrtc = host.libraries().require(CudaLibrary.NVRTC);
    assertEquals(root.resolve("usr/local/cuda/lib64/libnvrtc.so.13").toString(), nvrtc.path());

    var alone = new FakeHost(root.resolve("alone"));
    alone.property(alone.folder("user"));
    alone.nvrtc("user", 13, 12, 8);
    var problem =
        assertThrows(
            CudaUnavailableException.class, () -> alone.libraries().require(CudaLibrary.NVRTC));
    assertEquals(Kind.MISMATCH, problem.kind());
    assertTrue(problem.getMessage().contains("NVRTC 12.8 of CUDA 12"), problem::getMessage);
  }

  @Test
  void cublasAndCublasLtAreOfOneRelease() {
    CCompiler.require();
    host.toolkit("user", 13, 0);
    host.blas("user", "libcublasLt.so.13", "cublasLtGetProperty", 13, 2);
    host.property(root.resolve("user"));
    var problem =
        assertThrows(
            CudaUnavailableException.class, () -> host.libraries().require(CudaLibrary.CUBLAS));
    assertTrue(
        problem.getMessage().contains("cuBLAS is 13.0.5 and cublasLt is 13.2.5"),
        problem::getMessage);
  }

  @Test
  void cublasWithoutCublasLtIsPassedOver() {
    CCompiler.require();
    host.blas("user", "libcublas.so.13", "cublasGetProperty", 13, 0);
    host.property(root.resolve("user"));
    host.toolkit("usr/local/cuda/lib64", 13, 1);
    var cublas = host.libraries().require(CudaLibrary.CUBLAS);
    assertEquals("13.1.5", cublas.version());
    assertEquals("toolkits", cublas.place());
  }

  /** Its file has the same name for every version of CUDA: it is asked which it was built for. */
  @Test
  void aCudnnForAnotherCudaIsRefusedAndTheRestWorks() {
    CCompiler.require();
    host.toolkit("usr/local/cuda/lib64", 13, 0);
    host.cudnn("usr/local/cuda/lib64", 12);
    var libraries = host.libraries();
    assertEquals(NEEDED, libraries.toolkit().libraries().keySet());
    var problem =
        assertThrows(CudaUnavailableException.class, () -> libraries.require(CudaLibrary.CUDNN));
    assertEquals(Kind.MISMATCH, problem.kind());
    assertTrue(
        problem.getMessage().contains("cuDNN 9.12.3 of CUDA 12, and CUDA 13 is wanted"),
        problem::getMessage);
    assertTrue(problem.advice().contains("nvidia-cudnn-cu13"), problem::advice);
  }

  @Test
  void pythonPackagesOfBothShapes() {
    CCompiler.require();
    String packages = "usr/local/lib/python3.12/site-packages/nvidia/";
    host.toolkit(packages + "cu13/lib", 13, 0);
    host.cudnn(packages + "cudnn/lib", 13);
    var state = host.libraries().toolkit();
    assertEquals(4, state.libraries().size());
    assertEquals("Python packages", state.libraries().get(CudaLibrary.CUDNN).place());

    var older = new FakeHost(root.resolve("older"));
    older.nvrtc("venv/lib/python3.11/site-packages/nvidia/cuda_nvrtc/lib", 12, 12, 4);
    String blas = "venv/lib/python3.11/site-packages/nvidia/cublas/lib";
    older.blas(blas, "libcublasLt.so.12", "cublasLtGetProperty", 12, 4);
    older.blas(blas, "libcublas.so.12", "cublasGetProperty", 12, 4);
    older.variable("VIRTUAL_ENV", root.resolve("older/venv"));
    assertEquals(NEEDED, older.libraries().toolkit().libraries().keySet());
  }

  @Test
  void placesComeInTheirOrder() {
    CCompiler.require();
    host.toolkit("property", 13, 1);
    host.toolkit("variable", 13, 2);
    host.toolkit("home/lib64", 13, 3);
    host.toolkit("path/targets/x86_64-linux/lib", 13, 4);
    host.toolkit("usr/local/cuda/lib64", 13, 5);
    String[][] order = {
      {"13.5", ""},
      {"13.4", "CUDA_PATH", "path"},
      {"13.3", "CUDA_HOME", "home"},
      {"13.2", "GATUN_CUDA_PATH", "variable"}
    };
    for (String[] step : order) {
      if (step.length == 3 && !System.getProperty("os.arch").equals("aarch64")) {
        host.variable(step[1], root.resolve(step[2]));
      }
      if (step.length == 2 || !System.getProperty("os.arch").equals("aarch64")) {
        assertEquals(step[0], host.libraries().require(CudaLibrary.NVRTC).version());
      }
    }
    host.property(root.resolve("property"));
    assertEquals("13.1", host.libraries().require(CudaLibrary.NVRTC).version());
  }

  /** NVRTC loads it by its bare name, which no path of the loader's need hold. */
  @Test
  void nvrtcsBuiltinsAreOpenBeforeIt() {
    CCompiler.require();
    host.property(host.folder("user"));
    String builtins = "libnvrtc-builtins.so.13.77";
    CCompiler.library(
        root.resolve("user").resolve(builtins),
        """
        #include <stdlib.h>
        __attribute__((constructor)) static void opened(void) { setenv("GATUN_FAKE", "77", 1); }
        """);
    CCompiler.library(
        root.resolve("user/libnvrtc.so.13"),
        """
        #include <stdlib.h>
        int nvrtcVersion(int *major, int *minor) {
          const char *builtins = getenv("GATUN_FAKE");
          *major = 13;
          *minor = builtins ? atoi(builtins) : 0;
          return 0;
        }
        """);
    assertEquals("13.77", host.libraries().require(CudaLibrary.NVRTC).version());
  }

  @Test
  void whatIsNoLibraryIsToldInTheLoadersWords() {
    host.property(host.folder("user"));
    host.file("user", "libnvrtc.so.13", "");
    var problem =
        assertThrows(
            CudaUnavailableException.class, () -> host.libraries().require(CudaLibrary.NVRTC));
    assertTrue(problem.getMessage().contains("file too short"), problem::getMessage);
  }
}
