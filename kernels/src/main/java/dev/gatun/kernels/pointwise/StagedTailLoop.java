package dev.gatun.kernels.pointwise;

import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A loop that takes whole vectors, made to take any number of elements: the rest is copied to a
 * vector's room of its own for each operand, computed there and copied back.
 *
 * <p>For programs with so many operands that the JIT compiler would give up on a tail under a mask.
 * A copy and not a vector that overlaps its predecessor, because outputs may be inputs as well.
 */
final class StagedTailLoop extends VectorLoop {
  /** One vector of the widest kind, and the alignment of it. */
  private static final int ROOM_BYTES = 64;

  private static final ThreadLocal<Room> ROOM_OF_THREAD = ThreadLocal.withInitial(Room::new);

  private final VectorLoop whole;
  private final int lanes;
  private final int outputs;
  private final int[] byteShifts;
  private final boolean[] single;

  /**
   * Wraps a loop.
   *
   * @param whole runs on multiples of the number of lanes
   * @param lanes the number of elements in a vector
   * @param outputs the number of outputs
   * @param byteShifts the sizes of the operands' elements, as powers of 2; outputs come first
   * @param single which operands are single elements
   */
  StagedTailLoop(VectorLoop whole, int lanes, int outputs, int[] byteShifts, boolean[] single) {
    this.whole = whole;
    this.lanes = lanes;
    this.outputs = outputs;
    this.byteShifts = byteShifts;
    this.single = single;
  }

  @Override
  void run(StridedArray[] outs, StridedArray[] ins, double[] parameters, int count) {
    int bound = count & -lanes;
    if (bound > 0) {
      whole.run(outs, ins, parameters, bound);
    }
    if (bound == count) {
      return;
    }
    var room = ROOM_OF_THREAD.get();
    room.reserve(byteShifts.length);
    for (int operand = outputs; operand < byteShifts.length; operand++) {
      var in = ins[operand - outputs];
      copyIn(room, operand, in.segment(), in.byteOffset(), bound, count - bound);
    }
    whole.run(room.segments, room.offsets, parameters, lanes);
    for (int output = 0; output < outputs; output++) {
      copyOut(room, output, outs[output].segment(), outs[output].byteOffset(), bound, count);
    }
  }

  @Override
  void run(MemorySegment[] segments, long[] offsets, double[] parameters, int count) {
    int bound = count & -lanes;
    if (bound > 0) {
      whole.run(segments, offsets, parameters, bound);
    }
    if (bound == count) {
      return;
    }
    var room = ROOM_OF_THREAD.get();
    room.reserve(byteShifts.length);
    for (int operand = outputs; operand < byteShifts.length; operand++) {
      copyIn(room, operand, segments[operand], offsets[operand], bound, count - bound);
    }
    whole.run(room.segments, room.offsets, parameters, lanes);
    for (int output = 0; output < outputs; output++) {
      copyOut(room, output, segments[output], offsets[output], bound, count);
    }
  }

  /** What lies behind the rest does not matter: what comes of it is not copied back. */
  private void copyIn(
      Room room, int operand, MemorySegment segment, long offset, int start, int rest) {
    int shift = byteShifts[operand];
    long from = single[operand] ? offset : offset + ((long) start << shift);
    long bytes = (single[operand] ? 1L : rest) << shift;
    MemorySegment.copy(segment, from, room.memory, room.offsets[operand], bytes);
  }

  private void copyOut(
      Room room, int output, MemorySegment segment, long offset, int start, int count) {
    int shift = byteShifts[output];
    long to = offset + ((long) start << shift);
    long bytes = (long) (count - start) << shift;
    MemorySegment.copy(room.memory, room.offsets[output], segment, to, bytes);
  }

  /** Room for one vector of each operand, on one thread. */
  private static final class Room {
    private MemorySegment memory = MemorySegment.NULL;
    private MemorySegment[] segments = {};
    private long[] offsets = {};

    void reserve(int operands) {
      if (segments.length >= operands) {
        return;
      }
      memory = Arena.ofAuto().allocate((long) operands * ROOM_BYTES, ROOM_BYTES);
      segments = new MemorySegment[operands];
      offsets = new long[operands];
      for (int operand = 0; operand < operands; operand++) {
        segments[operand] = memory;
        offsets[operand] = (long) operand * ROOM_BYTES;
      }
    }
  }
}
