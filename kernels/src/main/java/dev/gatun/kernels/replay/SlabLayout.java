package dev.gatun.kernels.replay;

import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where blocks lie in one slab: two blocks that are in use at the same time lie apart, others may
 * share bytes.
 *
 * <p>Blocks are placed from the largest to the smallest, each into the smallest gap that takes it
 * among those blocks it may not share bytes with.
 */
final class SlabLayout {
  static final long ALIGNMENT = 128;

  /** A block, and the calls from the first to the last that uses it. */
  record Block(long bytes, int first, int last) {
    boolean meets(Block other) {
      return first <= other.last && other.first <= last;
    }

    /** The block that serves both, one after the other. */
    Block join(Block other) {
      return new Block(
          Math.max(bytes, other.bytes), Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  private record Placed(Block block, long offset) {
    long end() {
      return offset + block.bytes;
    }
  }

  private final Map<Storage, Long> offsets = new HashMap<>();
  private final long bytes;

  private SlabLayout(Map<Storage, Block> blocks) {
    Map<Block, Long> placed = place(new ArrayList<>(blocks.values()));
    long end = 0;
    for (Map.Entry<Storage, Block> entry : blocks.entrySet()) {
      long offset = placed.getOrDefault(entry.getValue(), 0L);
      offsets.put(entry.getKey(), offset);
      end = Math.max(end, offset + entry.getValue().bytes);
    }
    this.bytes = end;
  }

  /** Lays blocks out; storages with the very same block share its bytes. */
  static SlabLayout of(Map<Storage, Block> blocks) {
    return new SlabLayout(blocks);
  }

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private static Map<Block, Long> place(List<Block> blocks) {
    Map<Block, Long> offsets = new IdentityHashMap<>();
    List<Block> order = new ArrayList<>(blocks);
    order.sort(Comparator.comparingLong(Block::bytes).reversed().thenComparingInt(Block::first));
    List<Placed> taken = new ArrayList<>();
    for (Block block : order) {
      if (!offsets.containsKey(block)) {
        long offset = gap(block, taken);
        offsets.put(block, offset);
        taken.add(new Placed(block, offset));
        taken.sort(Comparator.comparingLong(Placed::offset));
      }
    }
    return offsets;
  }

  /** The start of the smallest gap between blocks in use at the same time; else behind them all. */
  private static long gap(Block block, List<Placed> taken) {
    long best = -1;
    long smallest = Long.MAX_VALUE;
    long end = 0;
    for (Placed other : taken) {
      if (other.block.meets(block)) {
        long room = other.offset - end;
        if (room >= block.bytes && room < smallest) {
          smallest = room;
          best = end;
        }
        end = Math.max(end, other.end());
      }
    }
    return best >= 0 ? best : end;
  }

  /** The offset of a storage's block, in bytes. */
  long offset(Storage storage) {
    return offsets.getOrDefault(storage, 0L);
  }

  boolean holds(Storage storage) {
    return offsets.containsKey(storage);
  }

  /** Tells whether two storages that one call uses have the same bytes. */
  boolean overlap(Storage one, Storage other) {
    return one == other || (holds(one) && holds(other) && offset(one) == offset(other));
  }

  /** The size of the slab. */
  long bytes() {
    return bytes;
  }
}
