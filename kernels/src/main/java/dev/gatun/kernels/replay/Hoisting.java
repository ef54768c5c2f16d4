package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes out the calls whose results do not change from replay to replay: they depend on constants,
 * and on storages from outside that the step does not write.
 */
final class Hoisting {
  private final List<RecordedCall> once = new ArrayList<>();
  private final List<RecordedCall> always = new ArrayList<>();
  private final Set<Storage> sources = new LinkedHashSet<>();
  private final Set<Storage> results;

  /**
   * Divides calls.
   *
   * @param calls the calls in order
   * @param origins where storages come from
   * @param inputs storages from outside whose elements change between replays
   */
  Hoisting(List<RecordedCall> calls, Map<Storage, Origin> origins, Set<Storage> inputs) {
    Set<Storage> written = new HashSet<>();
    for (RecordedCall call : calls) {
      call.writes().forEach(array -> written.add(array.storage()));
    }
    Set<Storage> steady = new HashSet<>();
    origins.forEach((storage, origin) -> {
      boolean changes =
          written.contains(storage) || inputs.contains(storage) || mayChangeUnseen(storage, origin);
      if (origin == Origin.TRANSIENT || !changes && origin != Origin.SURVIVING) {
        steady.add(storage);
      }
    });
    Map<Storage, Integer> lastWrites = new HashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      for (RecordedArray array : calls.get(i).writes()) {
        lastWrites.put(array.storage(), i);
      }
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < calls.size(); i++) {
        RecordedCall call = calls.get(i);
        if (!isSteady(call, steady)) {
          for (RecordedArray array : call.writes()) {
            changed |= steady.remove(array.storage());
          }
          // What is read between two writes is not the same at the end.
          for (RecordedArray array : call.reads()) {
            if (lastWrites.getOrDefault(array.storage(), -1) > i) {
              changed |= steady.remove(array.storage());
            }
          }
        }
      }
    }
    for (RecordedCall call : calls) {
      boolean hoisted = !call.writes().isEmpty() && isSteady(call, steady);
      (hoisted ? once : always).add(call);
      if (hoisted) {
        for (RecordedArray array : call.reads()) {
          if (origins.get(array.storage()) == Origin.EXTERNAL) {
            sources.add(array.storage());
          }
        }
      }
    }
    results = new HashSet<>();
    for (RecordedCall call : once) {
      call.writes().forEach(array -> results.add(array.storage()));
    }
  }

  /** Writes to memory of somebody else's are not counted in its version. */
  static boolean mayChangeUnseen(Storage storage, Origin origin) {
    return origin == Origin.EXTERNAL && !storage.isPooled() && !storage.isReadOnly();
  }

  private static boolean isSteady(RecordedCall call, Set<Storage> steady) {
    if (!call.isRepeatable()) {
      return false;
    }
    for (RecordedArray array : call.reads()) {
      if (!steady.contains(array.storage())) {
        return false;
      }
    }
    for (RecordedArray array : call.writes()) {
      if (!steady.contains(array.storage())) {
        return false;
      }
    }
    return true;
  }

  /** The calls that are made once. */
  List<RecordedCall> once() {
    return once;
  }

  /** The calls that are made at each replay. */
  List<RecordedCall> always() {
    return always;
  }

  /** The storages from outside on which the calls made once depend. */
  Set<Storage> sources() {
    return sources;
  }

  /** The storages that the calls made once write. */
  Set<Storage> results() {
    return results;
  }
}
