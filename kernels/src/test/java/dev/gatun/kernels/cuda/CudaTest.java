package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gatun.kernels.cuda.CudaReport.Found;
import dev.gatun.kernels.cuda.CudaReport.Missing;
import dev.gatun.memory.DeviceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CudaTest {
  @Test
  void theReportSaysOfEveryPartWhereItIsOrWhyNot() {
    var report = Cuda.report();
    assertEquals(
        List.of("the NVIDIA driver", "NVRTC", "cublasLt", "cuBLAS", "cuDNN"),
        report.parts().stream().map(CudaReport.Part::name).toList());
    for (var part : report.parts()) {
      switch (part) {
        case Found found -> {
          assertFalse(found.path().isEmpty());
          assertTrue(found.version().matches("\\d+(\\.\\d+)+"), found::toString);
        }
        case Missing missing -> {
          assertFalse(missing.reason().isEmpty());
          assertFalse(missing.advice().isEmpty());
        }
      }
    }
    assertEquals(Cuda.isAvailable(), report.available());
    assertEquals(report.available(), report.reason().isEmpty());
    assertEquals(report, Cuda.report());
  }

  @Test
  void askingForCudaWithoutOneIsAnErrorWithTheReason() {
    assumeFalse(Cuda.isAvailable(), "this machine has a device");
    var thrown = assertThrows(DeviceException.class, Cuda::require);
    assertTrue(
        thrown.getMessage().startsWith("CUDA is unavailable: " + Cuda.report().reason()),
        thrown::getMessage);
  }
}
