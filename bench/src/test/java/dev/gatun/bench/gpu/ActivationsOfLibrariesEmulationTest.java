package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.Device;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The check of activations beside an emulated cublasLt, which computes them. */
class ActivationsOfLibrariesEmulationTest {
  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.requireWithLibraries();
  }

  @Test
  void theLibraryComputesThemInEveryType() {
    var outcome = new ActivationsCheck().run(Device.cuda(0));
    assertEquals(List.of(), outcome.faults());
    for (var type : List.of("float32", "float16", "bfloat16")) {
      for (var activation : List.of("relu", "gelu_tanh")) {
        var fused = outcome.figures().get(activation + " " + type + " fused");
        assertTrue((long) fused >= 2, () -> outcome + "");
      }
    }
  }
}
