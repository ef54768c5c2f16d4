package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
      // The activation, its gradient, and the sums of two layers: run, and recorded as a graph.
      assertEquals(8L, outcome.figures().get("relu " + type + " 128 fused"));
      assertEquals(8L, outcome.figures().get("relu " + type + " 100 fused"));
      assertEquals(8L, outcome.figures().get("gelu_tanh " + type + " 128 fused"));
      // What GELU is taken of has to lie by eights: the sums alone.
      assertEquals(4L, outcome.figures().get("gelu_tanh " + type + " 100 fused"));
    }
  }
}
