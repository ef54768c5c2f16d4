package dev.gatun.bench.gpu;

import dev.gatun.bench.timing.Averages;
import dev.gatun.memory.Device;
import dev.gatun.memory.GatunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Times cases: Gatun and PyTorch in turn, and of many such turns the medians. */
final class GpuContest {

  private static final int TURNS = 9;

  private final Device device;
  private final @Nullable TorchOnGpu torch;

  /**
   * Makes a contest.
   *
   * @param device where both compute
   * @param torch PyTorch there; null where there is none
   */
  GpuContest(Device device, @Nullable TorchOnGpu torch) {
    this.device = device;
    this.torch = torch;
  }

  /**
   * Times all cases.
   *
   * @param cases the cases
   * @param progress told of each row
   */
  List<GpuRow> run(List<GpuCase> cases, Consumer<GpuRow> progress) throws Exception {
    var rows = new ArrayList<GpuRow>();
    for (var work : cases) {
      var row = run(work);
      rows.add(row);
      progress.accept(row);
    }
    return rows;
  }

  private GpuRow run(GpuCase work) throws Exception {
    var trouble = new StringBuilder();
    boolean torchIsReady = prepare(work, trouble);
    var own = new ArrayList<Double>();
    var theirs = new ArrayList<Double>();
    try (var resources = new Resources()) {
      var clock = new DeviceClock(device, work.maker().make(device, resources));
      clock.warmUp();
      for (int turn = 0; turn < TURNS; turn++) {
        own.add(clock.batch());
        if (torch != null && torchIsReady) {
          theirs.add(torch.batch());
        }
      }
    } catch (GatunException refused) {
      trouble.append("Gatun: ").append(refused.getMessage());
    }
    return new GpuRow(
        work.name(), median(own), median(theirs), work.operations(), work.bytes(), trouble + "");
  }

  private boolean prepare(GpuCase work, StringBuilder trouble) {
    if (torch == null) {
      return false;
    }
    try {
      torch.prepare(work.settings());
      return true;
    } catch (IOException refused) {
      trouble.append("PyTorch: ").append(refused.getMessage()).append(' ');
      return false;
    }
  }

  private static double median(List<Double> seconds) {
    return seconds.isEmpty() ? Double.NaN : Averages.median(seconds);
  }
}
