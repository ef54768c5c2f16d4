package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.MemoryLimitException;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A device whose memory is full says so with an exception that has a type, and goes on working with
 * what there is; once memory is given back there is room again.
 */
final class OutOfMemoryCheck implements DeviceCheck {

  /** What is asked for at once, as a share of all memory. */
  private static final int SHARES = 10;

  private static final int SMALL = 1000;

  @Override
  public String name() {
    return "out-of-memory";
  }

  @Override
  public CheckOutcome run(Device device) {
    long before = Cuda.memory(device).inUseBytes();
    long total =
        Cuda.report().devices().stream()
            .filter(info -> info.device().equals(device.toString()))
            .findFirst()
            .orElseThrow()
            .totalBytes();
    var faults = new ArrayList<String>();
    var taken = new ArrayList<Tensor>();
    String refusal = "";
    try (var _ = Gatun.on(device)) {
      var small = Gatun.ones(SMALL);
      taken.add(small);
      while (refusal.isEmpty() && taken.size() <= SHARES + 1) {
        try {
          taken.add(Gatun.empty(DType.UINT8, Shape.of(total / SHARES)));
        } catch (MemoryLimitException full) {
          refusal = String.valueOf(full.getMessage());
        }
      }
      if (refusal.isEmpty()) {
        faults.add("more memory was handed out than the device has");
      }
      checkWorks(small, "with memory full", faults);
      taken.subList(1, taken.size()).forEach(Tensor::close);
      try (var again = Gatun.empty(DType.UINT8, Shape.of(total / SHARES))) {
        again.fill_(1);
        checkWorks(small, "with memory given back", faults);
      } catch (MemoryLimitException full) {
        faults.add("memory was given back, and is refused: " + full.getMessage());
      }
      small.close();
    }
    Cuda.trimMemory(device);
    long left = Cuda.memory(device).inUseBytes() - before;
    if (left != 0) {
      faults.add("everything is closed, and " + left + " bytes are still in use");
    }
    return CheckOutcome.of(Map.of("refusal", refusal), faults);
  }

  private static void checkWorks(Tensor small, String when, List<String> faults) {
    try (var sum = small.sum()) {
      if (sum.item() != SMALL) {
        faults.add(when + ": a sum is " + sum.item() + ", not " + SMALL);
      }
    } catch (MemoryLimitException full) {
      faults.add(when + ": no room for a sum: " + full.getMessage());
    }
  }
}
