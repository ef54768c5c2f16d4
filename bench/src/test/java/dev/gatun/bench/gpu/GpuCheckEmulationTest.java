package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All that gpu-check does, on an emulated device. */
class GpuCheckEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  @Test
  void theCatalogueIsCountedAndComparedByOperation() {
    var told = new ArrayList<String>();
    var outcome = new CatalogueCheck(Pattern.compile("relu|sum|cholesky"), told::add).run(CUDA);
    assertEquals(List.of(), outcome.faults());
    assertEquals(Set.of("relu", "sum", "cholesky"), Set.copyOf(told));
    assertEquals(3, outcome.figures().get("ops"));
    assertEquals("", outcome.figures().get("absent_ops"));
    assertTrue((int) outcome.figures().get("cases") > 20, () -> outcome + "");
    assertEquals(0, outcome.figures().get("absent_cases"), () -> outcome + "");
  }

  @Test
  void networksLearnThereWhatTheyLearnHere() {
    var digits = TrainingCheck.digits(1).run(CUDA);
    assertEquals(List.of(), digits.faults());
    assertTrue((double) digits.figures().get("accuracy") > 0.5, () -> digits + "");
    var synthetic = TrainingCheck.ofMnistShape(512, 3).run(CUDA);
    assertEquals(List.of(), synthetic.faults());
    assertTrue((double) synthetic.figures().get("accuracy") > 0.4, () -> synthetic + "");
  }

  @Test
  void memoryStreamsAndItsEnd() throws Exception {
    for (var check :
        List.of(new SteadyMemoryCheck(60), new StreamsCheck(10), new OutOfMemoryCheck())) {
      assertEquals(List.of(), check.run(CUDA).faults(), check.name());
    }
    assertEquals(0, Cuda.memory(CUDA).inUseBytes());
  }

  @Test
  void activationsOfTheLibraryAreAllowedForTheCheckAlone() {
    var outcome = new ActivationsCheck().run(CUDA);
    assertEquals(List.of(), outcome.faults());
    assertEquals("NaN", outcome.figures().get("relu_of_nan"));
    for (var type : List.of("float32", "float16", "bfloat16")) {
      // The emulated device has no cublasLt beside it.
      assertEquals(0L, outcome.figures().get("relu " + type + " 128 fused"));
      assertTrue((double) outcome.figures().get("gelu_tanh " + type + " 100 difference") < 0.03);
    }
    assertFalse(Cuda.areFusedActivationsAllowed());
  }

  @Test
  void everyCaseIsTimed() throws Exception {
    var rows = new GpuContest(CUDA, null).run(GpuCases.all(512), _ -> {});
    assertTrue(rows.size() > 20);
    for (var row : rows) {
      assertEquals("", row.trouble());
      assertTrue(row.seconds() > 0, row::line);
    }
    assertEquals(0, Cuda.memory(CUDA).inUseBytes());
    var report = new GpuReport(Map.of(), Map.of(), rows);
    assertTrue(report.passed());
    assertTrue(report.summary().endsWith("gemm_bf16_ratio=unmeasured step_ratio=unmeasured"));
  }

  @Test
  void aMissingPythonIsNoPeer() {
    var problem = assertThrows(IOException.class, () -> TorchOnGpu.start("no-such-python", 0));
    assertFalse(String.valueOf(problem.getMessage()).isEmpty());
  }
}
