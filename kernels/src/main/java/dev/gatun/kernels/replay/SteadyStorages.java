package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which storages from outside hold the same from replay to replay: weights that are only read. */
final class SteadyStorages {
  private final Map<Storage, Origin> origins;
  private final Set<Storage> changing;

  /**
   * Looks what is written.
   *
   * @param origins where storages come from
   * @param calls all calls of the step
   * @param inputs storages from outside whose elements change between replays
   */
  SteadyStorages(Map<Storage, Origin> origins, List<RecordedCall> calls, Set<Storage> inputs) {
    this.origins = origins;
    changing = new HashSet<>(inputs);
    for (RecordedCall call : calls) {
      call.writes().forEach(array -> changing.add(array.storage()));
    }
  }

  /** Tells whether a storage is one, unless somebody writes it between replays. */
  boolean contains(Storage storage) {
    Origin origin = origins.get(storage);
    return (origin == Origin.EXTERNAL || origin == Origin.CONSTANT)
        && !changing.contains(storage)
        && !Hoisting.mayChangeUnseen(storage, origin);
  }
}
