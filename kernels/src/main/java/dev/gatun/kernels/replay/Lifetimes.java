package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.replay.SlabLayout.Block;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Which calls use a storage, from the first to the last. */
final class Lifetimes {
  private final Map<Storage, int[]> spans = new LinkedHashMap<>();

  /** Looks at the storages for which it is asked. */
  Lifetimes(List<RecordedCall> calls, Predicate<Storage> wanted) {
    for (int i = 0; i < calls.size(); i++) {
      RecordedCall call = calls.get(i);
      for (RecordedArray array : call.reads()) {
        use(array.storage(), i, wanted);
      }
      for (RecordedArray array : call.writes()) {
        use(array.storage(), i, wanted);
      }
    }
  }

  private void use(Storage storage, int call, Predicate<Storage> wanted) {
    if (wanted.test(storage)) {
      spans.computeIfAbsent(storage, first -> new int[] {call, call})[1] = call;
    }
  }

  /** Keeps a storage to the end, whatever the calls are. */
  void extend(Storage storage) {
    int[] span = spans.get(storage);
    if (span != null) {
      span[1] = Integer.MAX_VALUE;
    }
  }

  /** The bytes of all storages, each on its own. */
  long bytesWithoutReuse() {
    long sum = 0;
    for (Storage storage : spans.keySet()) {
      sum += SlabLayout.aligned(storage.byteSize());
    }
    return sum;
  }

  /**
   * Makes the blocks of a slab. An elementwise kernel's output takes over the block of an input
   * that nobody needs afterwards.
   */
  Map<Storage, Block> blocks(List<RecordedCall> calls) {
    Map<Storage, Storage> heirs = new HashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i) instanceof PointwiseCall call) {
        inherit(call, i, heirs);
      }
    }
    Map<Storage, Storage> ancestors = new LinkedHashMap<>();
    Map<Storage, Block> joined = new HashMap<>();
    spans.forEach((storage, span) -> {
      Storage ancestor = storage;
      for (Storage next = heirs.get(ancestor); next != null; next = heirs.get(ancestor)) {
        ancestor = next;
      }
      ancestors.put(storage, ancestor);
      Block own = new Block(SlabLayout.aligned(storage.byteSize()), span[0], span[1]);
      joined.merge(ancestor, own, Block::join);
    });
    Map<Storage, Block> result = new LinkedHashMap<>();
    ancestors.forEach(
        (storage, ancestor) -> result.put(storage, Objects.requireNonNull(joined.get(ancestor))));
    return result;
  }

  private void inherit(PointwiseCall call, int index, Map<Storage, Storage> heirs) {
    List<Storage> taken = new ArrayList<>();
    for (RecordedArray output : call.writes()) {
      if (!begins(output.storage(), index) || !isWhole(output)) {
        continue;
      }
      for (RecordedArray input : call.reads()) {
        if (ends(input.storage(), index)
            && !taken.contains(input.storage())
            && input.dtype() == output.dtype()
            && input.layout().equals(output.layout())
            && isWhole(input)
            && isReadOneWay(call, input)) {
          taken.add(input.storage());
          heirs.put(output.storage(), input.storage());
          break;
        }
      }
    }
  }

  private boolean begins(Storage storage, int call) {
    int[] span = spans.get(storage);
    return span != null && span[0] == call;
  }

  private boolean ends(Storage storage, int call) {
    int[] span = spans.get(storage);
    return span != null && span[1] == call && span[0] < call;
  }

  private static boolean isWhole(RecordedArray array) {
    Layout layout = array.layout();
    return layout.isContiguous()
        && layout.offset() == 0
        && layout.numel() << array.dtype().byteShift() == array.storage().byteSize();
  }

  private static boolean isReadOneWay(PointwiseCall call, RecordedArray input) {
    for (RecordedArray other : call.reads()) {
      if (other.storage() == input.storage() && !other.equals(input)) {
        return false;
      }
    }
    for (RecordedArray output : call.writes()) {
      if (output.storage() == input.storage()) {
        return false;
      }
    }
    return true;
  }
}
