package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.memory.Storage;
import java.util.List;
import java.util.stream.Collectors;

/** Calls in words. */
final class Listing {
  private Listing() {}

  static String describe(RecordedCall call, Program program) {
    String formula =
        call instanceof PointwiseCall pointwise
            ? " " + pointwise.kernel().program().outputs()
            : call instanceof HostAction ? " (host)" : "";
    String epilogue =
        call instanceof KernelCall kernel && kernel.epilogue() != null
            ? " then " + kernel.epilogue().kernel().program().name()
            : "";
    return call.name()
        + epilogue
        + arrays(" -> ", call.writes(), program)
        + arrays(" of ", call.reads(), program)
        + formula;
  }

  private static String arrays(String lead, List<RecordedArray> arrays, Program program) {
    return arrays.isEmpty()
        ? ""
        : arrays.stream()
            .map(array -> array + place(array.storage(), program))
            .collect(Collectors.joining(", ", lead, ""));
  }

  private static String place(Storage storage, Program program) {
    if (program.slab().holds(storage)) {
      return "@" + program.slab().offset(storage);
    }
    if (program.hoistedSlab().holds(storage)) {
      return "@once" + program.hoistedSlab().offset(storage);
    }
    return switch (program.step().origins().get(storage)) {
      case CONSTANT -> "@constant";
      case SURVIVING -> "@result";
      case null, default -> "";
    };
  }
}
