package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedEpilogue;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which calls may change places: those that do not depend on each other. */
final class CallOrder {
  private CallOrder() {}

  /** Tells whether a call may be made just before a later one instead of where it is. */
  static boolean canSink(List<RecordedCall> calls, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (depend(calls.get(from), calls.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Tells whether a call may be made just after an earlier one instead of where it is. */
  static boolean canRise(List<RecordedCall> calls, int from, int to) {
    for (int i = to + 1; i < from; i++) {
      if (depend(calls.get(i), calls.get(from))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Moves the actions that only fill arrays of numbers to the front, but not past an action that
   * does something else, so that kernels which use the numbers may move as well.
   */
  static List<RecordedCall> numbersFirst(List<RecordedCall> calls) {
    List<RecordedCall> result = new ArrayList<>();
    int front = 0;
    for (RecordedCall call : calls) {
      if (call instanceof HostAction action) {
        if (action.numbers() != null && isFilledOnce(calls, action)) {
          result.add(front++, call);
          continue;
        }
        front = result.size() + 1;
      }
      result.add(call);
    }
    return result;
  }

  @SuppressWarnings("ArrayEquals") // one and the same array is meant
  private static boolean isFilledOnce(List<RecordedCall> calls, HostAction action) {
    int count = 0;
    for (RecordedCall call : calls) {
      count += call instanceof HostAction other && other.numbers() == action.numbers() ? 1 : 0;
    }
    return count == 1;
  }

  private static boolean depend(RecordedCall first, RecordedCall second) {
    if (first instanceof HostAction action) {
      return dependsOnHost(second, action);
    }
    if (second instanceof HostAction action) {
      return dependsOnHost(first, action);
    }
    return touches(second, first.writes(), true) || touches(second, first.reads(), false);
  }

  private static boolean dependsOnHost(RecordedCall call, HostAction action) {
    return action.numbers() == null || numbers(call) == action.numbers();
  }

  /** The array of numbers that the host changes; null where there is none. */
  static double @Nullable [] numbers(RecordedCall call) {
    if (call instanceof PointwiseCall pointwise && pointwise.live()) {
      return pointwise.parameters();
    }
    if (call instanceof KernelCall kernel
        && kernel.epilogue() instanceof RecordedEpilogue epilogue
        && epilogue.live()) {
      return epilogue.parameters();
    }
    return null;
  }

  /** Whether a call writes some arrays, or reads them where that counts. */
  private static boolean touches(RecordedCall call, List<RecordedArray> arrays, boolean reading) {
    for (RecordedArray array : arrays) {
      if (uses(call.writes(), array.storage()) || reading && uses(call.reads(), array.storage())) {
        return true;
      }
    }
    return false;
  }

  /** Whether some of the arrays look into a storage. */
  static boolean uses(List<RecordedArray> arrays, Storage storage) {
    for (RecordedArray array : arrays) {
      if (array.storage() == storage) {
        return true;
      }
    }
    return false;
  }
}
