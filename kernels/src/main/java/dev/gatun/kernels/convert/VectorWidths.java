package dev.gatun.kernels.convert;

import dev.gatun.kernels.specialize.ExactClass;
import dev.gatun.kernels.specialize.Specialization;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * In vectors, as many elements at a time as there are ints in one. A {@linkplain Specialization
 * template}; its constants are the shapes of vectors of that many ints, shorts and bytes.
 */
final class VectorWidths extends Widths {
  private static final VectorSpecies<Integer> INTS =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 0).withLanes(int.class);
  private static final VectorSpecies<Short> SHORTS =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 1).withLanes(short.class);
  private static final VectorSpecies<Byte> BYTES =
      Specialization.constant(MethodHandles.lookup(), VectorShape.class, 2).withLanes(byte.class);
  private static final int LANES = INTS.length();

  VectorWidths() {}

  @Override
  void bytesToInts(byte[] in, int[] out, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      var wide = ByteVector.fromArray(BYTES, in, i).convertShape(VectorOperators.B2I, INTS, 0);
      ExactClass.of(INTS, (IntVector) wide).intoArray(out, i);
    }
    for (; i < length; i++) {
      out[i] = in[i];
    }
  }

  @Override
  void shortsToInts(short[] in, int[] out, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      var wide = ShortVector.fromArray(SHORTS, in, i).convertShape(VectorOperators.S2I, INTS, 0);
      ExactClass.of(INTS, (IntVector) wide).intoArray(out, i);
    }
    for (; i < length; i++) {
      out[i] = in[i];
    }
  }

  @Override
  void intsToBytes(int[] in, byte[] out, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      var narrow = IntVector.fromArray(INTS, in, i).convertShape(VectorOperators.I2B, BYTES, 0);
      ExactClass.of(BYTES, (ByteVector) narrow).intoArray(out, i);
    }
    for (; i < length; i++) {
      out[i] = (byte) in[i];
    }
  }

  @Override
  void intsToShorts(int[] in, short[] out, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      var narrow = IntVector.fromArray(INTS, in, i).convertShape(VectorOperators.I2S, SHORTS, 0);
      ExactClass.of(SHORTS, (ShortVector) narrow).intoArray(out, i);
    }
    for (; i < length; i++) {
      out[i] = (short) in[i];
    }
  }
}
