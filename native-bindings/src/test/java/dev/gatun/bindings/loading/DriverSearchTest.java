package dev.gatun.bindings.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.CCompiler;
import dev.gatun.bindings.loading.CudaUnavailableException.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that are missing, stubs, broken, too old, or without a device. */
@EnabledOnOs(OS.LINUX)
class DriverSearchTest {
  @TempDir private Path root;
  private FakeHost host;

  @BeforeEach
  void emptyHost() {
    host = new FakeHost(root);
  }

  @Test
  void noDriverAnywhere() {
    var libraries = host.libraries();
    var problem = problem(libraries);
    assertEquals(Kind.NO_DRIVER, problem.kind());
    assertEquals("no NVIDIA driver", problem.reason());
    assertTrue(problem.getMessage().contains("GATUN_CUDA_PATH: not set"), problem::getMessage);
    var thrown =
        assertThrows(CudaUnavailableException.class, () -> libraries.require(CudaLibrary.DRIVER));
    assertEquals(problem.getMessage(), thrown.getMessage());
    assertThrows(CudaUnavailableException.class, libraries::requireDevice);
  }

  @Test
  void whatIsNoLibraryIsToldInTheLoadersWords() {
    host.property(host.folder("user"));
    host.file("user", "libcuda.so.1", "This is no library.\n".repeat(100));
    var problem = problem(host.libraries());
    assertEquals(Kind.NO_DRIVER, problem.kind());
    var said = problem.attempts().getFirst();
    assertEquals(root.resolve("user/libcuda.so.1").toString(), said.file());
    assertTrue(said.said().contains("invalid ELF header"), said::toString);
    assertEquals("-D" + Places.PROPERTY, said.place());
  }

  @Test
  void aNamedFolderThatIsMissingIsSaid() {
    host.variable(Places.VARIABLE, root.resolve("nowhere"));
    CCompiler.require();
    host.driver("usr/local/nvidia/lib64", 0, 13_000, 1);
    var state = host.libraries().driver();
    assertNull(state.problem());
    assertEquals(13_000, state.version());
    assertEquals(1, state.devices());
    assertNotNull(state.library());
    assertEquals("13.0", state.library().version());
  }

  @Test
  void aStubIsKnownByItsFolder() {
    CCompiler.require();
    host.driver("toolkit/stubs", 0, 13_000, 1);
    host.property(root.resolve("toolkit/stubs"));
    assertEquals(Kind.STUB, problem(host.libraries()).kind());
  }

  @Test
  void aStubIsKnownByWhatItReturns() {
    CCompiler.require();
    host.driver("user", 34, 13_000, 1);
    host.property(root.resolve("user"));
    var problem = problem(host.libraries());
    assertEquals(Kind.STUB, problem.kind());
    assertTrue(problem.attempts().getFirst().said().contains("stub"), problem::getMessage);
  }

  @Test
  void aDriverBehindAStubIsFound() {
    CCompiler.require();
    host.driver("user", 34, 13_000, 1);
    host.property(root.resolve("user"));
    host.driver("usr/lib/wsl/lib", 0, 12_040, 2);
    var state = host.libraries().driver();
    assertNull(state.problem());
    assertEquals(2, state.devices());
  }

  @Test
  void aDriverWithoutDevice() {
    CCompiler.require();
    host.driver("user", 100, 12_080, 0);
    host.property(root.resolve("user"));
    var libraries = host.libraries();
    assertEquals(Kind.NO_DEVICE, problem(libraries).kind());
    assertEquals("12.8", libraries.require(CudaLibrary.DRIVER).version());
    assertThrows(CudaUnavailableException.class, libraries::requireDriverWithDevice);
  }

  @Test
  void aDriverWhoseDevicesAreHidden() {
    CCompiler.require();
    host.driver("user", 0, 12_080, 0);
    host.property(root.resolve("user"));
    assertEquals(Kind.NO_DEVICE, problem(host.libraries()).kind());
  }

  @Test
  void aDriverThatIsTooOld() {
    CCompiler.require();
    host.driver("user", 0, 11_080, 1);
    host.property(root.resolve("user"));
    var problem = problem(host.libraries());
    assertEquals(Kind.DRIVER_TOO_OLD, problem.kind());
    assertTrue(problem.reason().contains("CUDA 11.8"), problem::getMessage);
  }

  @Test
  void aDriverThatDoesNotStart() {
    CCompiler.require();
    host.driver("user", 803, 13_000, 1);
    host.property(root.resolve("user"));
    var problem = problem(host.libraries());
    assertEquals(Kind.DRIVER_FAILED, problem.kind());
    assertTrue(problem.reason().contains("CUDA_ERROR_FAKE (803)"), problem::getMessage);
  }

  @Test
  void aLibraryThatIsNoDriver() {
    CCompiler.require();
    CCompiler.library(host.folder("user").resolve("libcuda.so.1"), "int unrelated;");
    host.property(root.resolve("user"));
    var problem = problem(host.libraries());
    assertEquals(Kind.NO_DRIVER, problem.kind());
    assertEquals("it has no cuInit", problem.attempts().getFirst().said());
  }

  /** What was found out stays so: the exception is new each time, with the caller's stack. */
  @Test
  void theSearchIsMadeOnce() {
    var libraries = host.libraries();
    var first = libraries.driver();
    CCompiler.require();
    host.driver("usr/lib/wsl/lib", 0, 13_000, 1);
    assertEquals(first, libraries.driver());
    var one = assertThrows(CudaUnavailableException.class, libraries::requireDriverWithDevice);
    var two = assertThrows(CudaUnavailableException.class, libraries::requireDriverWithDevice);
    assertFalse(one == two);
  }

  private static CudaUnavailableException problem(CudaLibraries libraries) {
    var problem = libraries.driver().problem();
    assertNotNull(problem);
    return problem;
  }
}
