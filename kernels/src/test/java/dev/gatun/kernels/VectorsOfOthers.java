package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;

/**
 * What another library may do beside Gatun: use vectors of some widths until the methods that they
 * share are compiled, so that the profiles of these are not about Gatun's vectors. Apart from the
 * tests, whose classes are read by a process that may lack the module of vectors.
 */
final class VectorsOfOthers {
  private static final int CALLS = 10_000;
  private static final MemorySegment MEMORY = Arena.global().allocate(64, 64);

  private VectorsOfOthers() {}

  static void use(int... widths) {
    double sum = 0;
    for (int i = 0; i < CALLS; i++) {
      for (int bits : widths) {
        var shape = VectorShape.forBitSize(bits);
        sum += useFloats(shape, i) + useDoubles(shape, i) + useInts(shape, i);
      }
    }
    assertTrue(Double.isFinite(sum));
  }

  private static double useFloats(VectorShape shape, int i) {
    var species = shape.withLanes(float.class);
    var array = new float[16];
    var v = FloatVector.broadcast(species, i);
    for (int k = 0; k < 2; k++) {
      v = v.add(v).mul(v).sub(v).max(v).min(v).div(v.add(1)).fma(v, v).abs().neg();
      v = v.lanewise(VectorOperators.MAX, v).add(1f).mul(2f).sub(1f).div(3f).max(0f).min(1f);
      v = v.lanewise(VectorOperators.ADD, v, v.compare(VectorOperators.GT, v));
      v =
          v.blend(v, v.compare(VectorOperators.LT, 0f).and(v.lt(1f)))
              .reinterpretAsInts()
              .reinterpretAsFloats();
      v = v.rearrange(v.toShuffle());
      v.intoArray(array, 0);
      v.intoMemorySegment(MEMORY, 0, ByteOrder.nativeOrder());
    }
    return v.reduceLanes(VectorOperators.MAX)
        + v.reduceLanes(VectorOperators.ADD)
        + v.lane(0)
        + array[0]
        + v.length();
  }

  private static double useDoubles(VectorShape shape, int i) {
    var species = shape.withLanes(double.class);
    var array = new double[8];
    var v = DoubleVector.broadcast(species, i);
    for (int k = 0; k < 2; k++) {
      v = v.add(v).mul(v).sub(v).max(v).min(v).div(v.add(1)).fma(v, v).abs().neg();
      v = v.lanewise(VectorOperators.MAX, v).add(1).mul(2).sub(1).div(3).max(0).min(1);
      v = v.lanewise(VectorOperators.ADD, v, v.compare(VectorOperators.GT, v));
      v =
          v.blend(v, v.compare(VectorOperators.LT, 0).and(v.lt(1)))
              .reinterpretAsLongs()
              .reinterpretAsDoubles();
      v = v.rearrange(v.toShuffle());
      v.intoArray(array, 0);
      v.intoMemorySegment(MEMORY, 0, ByteOrder.nativeOrder());
    }
    return v.reduceLanes(VectorOperators.MAX)
        + v.reduceLanes(VectorOperators.ADD)
        + v.lane(0)
        + array[0]
        + v.length();
  }

  private static double useInts(VectorShape shape, int i) {
    var species = shape.withLanes(int.class);
    var v = IntVector.broadcast(species, i);
    for (int k = 0; k < 2; k++) {
      v = v.add(v).mul(v).sub(v).max(v).min(v).and(v).or(v).abs().neg();
      v = v.add(1).and(7).lanewise(VectorOperators.LSHL, 1).lanewise(VectorOperators.ASHR, 1);
      v = v.blend(v, v.compare(VectorOperators.LT, 0)).reinterpretAsFloats().reinterpretAsInts();
      v = v.selectFrom(v, v);
    }
    return v.reduceLanes(VectorOperators.MAX) + v.lane(0);
  }
}
