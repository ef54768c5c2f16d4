package dev.gatun.kernels.index;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * In vectors, since runs are often too short for the loops that the compiler makes of plain Java. A
 * {@linkplain Specialization template}; its constant is the shape of vectors.
 */
final class VectorRunAddition extends RunAddition {
  private static final VectorSpecies<Float> SPECIES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(float.class);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LANES = SPECIES.length();

  VectorRunAddition() {}

  @Override
  void add(MemorySegment out, long outOffset, MemorySegment in, long inOffset, int count) {
    out = NativeMemory.of(out);
    in = NativeMemory.of(in);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long along = (long) i * Float.BYTES;
      FloatVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER)
          .add(FloatVector.fromMemorySegment(SPECIES, in, inOffset + along, ORDER))
          .intoMemorySegment(out, outOffset + along, ORDER);
    }
    if (i < count) {
      long along = (long) i * Float.BYTES;
      var mask = SPECIES.indexInRange(i, count);
      FloatVector.fromMemorySegment(SPECIES, out, outOffset + along, ORDER, mask)
          .add(FloatVector.fromMemorySegment(SPECIES, in, inOffset + along, ORDER, mask))
          .intoMemorySegment(out, outOffset + along, ORDER, mask);
    }
  }
}
