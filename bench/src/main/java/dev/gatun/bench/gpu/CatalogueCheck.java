package dev.gatun.bench.gpu;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.check.Check;
import dev.gatun.autograd.check.OpChecks;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.memory.AbsentKernelException;
import dev.gatun.memory.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Every declared operation on the device beside the host: values, gradients, writes in place and
 * refusals, in every type, over the samples of the declaration.
 */
final class CatalogueCheck implements DeviceCheck {

  /** A device that has failed for good fails everything afterwards. */
  private static final int MOST_FAULTS_IN_A_ROW = 50;

  private final Pattern operations;
  private final Consumer<String> progress;

  /**
   * Makes the check.
   *
   * @param operations the names of operations to be checked, whole
   * @param progress told of each operation that is done with
   */
  CatalogueCheck(Pattern operations, Consumer<String> progress) {
    this.operations = operations;
    this.progress = progress;
  }

  @Override
  public String name() {
    return "catalogue";
  }

  @Override
  public CheckOutcome run(Device device) {
    long before = Cuda.memory(device).inUseBytes();
    var computed = new TreeSet<String>();
    var absent = new TreeSet<String>();
    var faults = new ArrayList<String>();
    int cases = 0;
    int absentCases = 0;
    int inARow = 0;
    var ops = Catalogue.all().stream().filter(op -> operations.matcher(op.name()).matches());
    for (Op op : ops.toList()) {
      int faultsBefore = faults.size();
      for (Check check : OpChecks.of(op, device)) {
        if (inARow >= MOST_FAULTS_IN_A_ROW) {
          faults.add("given up after " + inARow + " faults in a row");
          return outcome(computed, absent, cases, absentCases, faults);
        }
        try {
          check.run();
          cases++;
          inARow = 0;
          computed.add(op.name());
        } catch (AbsentKernelException refused) {
          absentCases++;
          absent.add(op.name());
        } catch (RuntimeException | AssertionError wrong) {
          inARow++;
          cases++;
          faults.add(op.name() + ", " + check + ": " + wrong);
        }
      }
      int found = faults.size() - faultsBefore;
      progress.accept(op.name() + (found == 0 ? "" : ": " + found + " faults"));
    }
    long after = Cuda.memory(device).inUseBytes();
    if (after != before) {
      faults.add("memory: " + (after - before) + " bytes more in use than before");
    }
    return outcome(computed, absent, cases, absentCases, faults);
  }

  private static CheckOutcome outcome(
      TreeSet<String> computed,
      TreeSet<String> absent,
      int cases,
      int absentCases,
      List<String> faults) {
    var whole = new TreeSet<String>(computed);
    whole.removeAll(absent);
    return CheckOutcome.of(
        Map.of(
            "ops", whole.size(),
            "cases", cases,
            "mismatches", faults.size(),
            "absent_cases", absentCases,
            "absent_ops", String.join(" ", absent)),
        faults);
  }
}
