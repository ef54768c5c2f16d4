package dev.gatun.bench.gpu;

import dev.gatun.autograd.Gatun;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.Device;
import dev.gatun.memory.PoolStatistics;
import dev.gatun.memory.Scope;
import dev.gatun.nn.GELU;
import dev.gatun.nn.Linear;
import dev.gatun.nn.Sequential;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.optim.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A long loop of training steps leaves the device's memory as it was after the first few. */
final class SteadyMemoryCheck implements DeviceCheck {

  private static final int FIRST_STEPS = 20;
  private static final int BATCH = 32;
  private static final int WIDTH = 64;
  private static final double LEARNING_RATE = 1e-3;

  private final int steps;

  /**
   * Makes the check.
   *
   * @param steps how long the loop is
   */
  SteadyMemoryCheck(int steps) {
    this.steps = Math.max(steps, FIRST_STEPS + 1);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public CheckOutcome run(Device device) {
    long before = Cuda.memory(device).inUseBytes();
    PoolStatistics early;
    PoolStatistics late;
    try (var _ = Scope.open();
        var _ = Gatun.on(device);
        var model =
            new Sequential(new Linear(WIDTH, WIDTH), new GELU(), new Linear(WIDTH, 1)).to(device);
        var optimizer = new Adam(model.parameters(), LEARNING_RATE)) {
      var inputs = Gatun.randn(BATCH, WIDTH);
      var targets = Gatun.randn(BATCH, 1);
      Runnable step =
          () -> {
            try (var _ = Scope.open()) {
              optimizer.zeroGrad();
              new MSELoss().forward(model.forward(inputs), targets).backward();
              optimizer.step();
            }
          };
      run(step, FIRST_STEPS);
      Cuda.synchronize(device);
      early = Cuda.memory(device);
      run(step, steps - FIRST_STEPS);
      Cuda.synchronize(device);
      late = Cuda.memory(device);
    }
    long after = Cuda.memory(device).inUseBytes();
    return CheckOutcome.of(
        Map.of(
            "steps",
            steps,
            "in_use_bytes",
            late.inUseBytes(),
            "reserved_growth_bytes",
            late.reservedBytes() - early.reservedBytes()),
        faults(early, late, after - before));
  }

  private static void run(Runnable step, int times) {
    for (int i = 0; i < times; i++) {
      step.run();
    }
  }

  private static List<String> faults(PoolStatistics early, PoolStatistics late, long left) {
    var faults = new ArrayList<String>();
    if (late.inUseBytes() != early.inUseBytes()) {
      faults.add(
          "in use after "
              + FIRST_STEPS
              + " steps "
              + early.inUseBytes()
              + " bytes, at the end "
              + late.inUseBytes());
    }
    if (late.reservedBytes() > early.reservedBytes()) {
      faults.add("reserved: grown by " + (late.reservedBytes() - early.reservedBytes()) + " bytes");
    }
    if (left != 0) {
      faults.add("everything is closed, and " + left + " bytes are still in use");
    }
    return faults;
  }
}
