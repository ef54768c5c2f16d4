package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds calls whose results nobody looks at. */
final class DeadCalls {
  private DeadCalls() {}

  /** Returns the calls without those that only write storages which are not read afterwards. */
  static List<RecordedCall> remove(List<RecordedCall> calls, Map<Storage, Origin> origins) {
    List<RecordedCall> kept = new ArrayList<>();
    Set<Storage> needed = new HashSet<>();
    for (int i = calls.size() - 1; i >= 0; i--) {
      RecordedCall call = calls.get(i);
      boolean alive = !call.isRepeatable();
      for (RecordedArray array : call.writes()) {
        alive |=
            origins.get(array.storage()) != Origin.TRANSIENT || needed.contains(array.storage());
      }
      if (alive) {
        kept.add(call);
        call.reads().forEach(array -> needed.add(array.storage()));
      }
    }
    Collections.reverse(kept);
    return kept;
  }
}
