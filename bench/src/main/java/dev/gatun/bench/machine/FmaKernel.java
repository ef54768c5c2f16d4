package dev.gatun.bench.machine;

import dev.gatun.memory.DType;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Twelve independent chains of fused multiply-adds in registers, at the preferred lane width: no
 * memory is touched, so the speed is that of the arithmetic units. Twelve chains cover latency
 * times issue width on current processors and leave room in sixteen registers.
 */
final class FmaKernel {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;

  /** Each chain converges to {@code ADDEND / (1 - FACTOR)}: no overflow, no denormals. */
  private static final float FACTOR = 0.5f;

  private static final float ADDEND = 0.75f;

  private FmaKernel() {}

  /**
   * Floating-point operations of one repetition.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @return a multiply-add counts as two
   */
  static long operationsPerRepetition(DType dtype) {
    return 2L * CHAINS * (dtype == DType.FLOAT32 ? FLOATS.length() : DOUBLES.length());
  }

  /**
   * Runs the chains.
   *
   * @param dtype {@code FLOAT32} or {@code FLOAT64}
   * @param repetitions multiply-adds in each chain
   * @param start where the chains start
   * @return the sum of the chains' ends, so that none is optimised away
   */
  static double run(DType dtype, int repetitions, double start) {
    return dtype == DType.FLOAT32
        ? runFloats(repetitions, (float) start)
        : runDoubles(repetitions, start);
  }

  private static float runFloats(int repetitions, float start) {
    var factor = FloatVector.broadcast(FLOATS, FACTOR);
    var addend = FloatVector.broadcast(FLOATS, ADDEND);
    var v0 = FloatVector.broadcast(FLOATS, start);
    var v1 = FloatVector.broadcast(FLOATS, start + 1);
    var v2 = FloatVector.broadcast(FLOATS, start + 2);
    var v3 = FloatVector.broadcast(FLOATS, start + 3);
    var v4 = FloatVector.broadcast(FLOATS, start + 4);
    var v5 = FloatVector.broadcast(FLOATS, start + 5);
    var v6 = FloatVector.broadcast(FLOATS, start + 6);
    var v7 = FloatVector.broadcast(FLOATS, start + 7);
    var v8 = FloatVector.broadcast(FLOATS, start + 8);
    var v9 = FloatVector.broadcast(FLOATS, start + 9);
    var v10 = FloatVector.broadcast(FLOATS, start + 10);
    var v11 = FloatVector.broadcast(FLOATS, start + 11);
    for (int i = 0; i < repetitions; i++) {
      v0 = v0.fma(factor, addend);
      v1 = v1.fma(factor, addend);
      v2 = v2.fma(factor, addend);
      v3 = v3.fma(factor, addend);
      v4 = v4.fma(factor, addend);
      v5 = v5.fma(factor, addend);
      v6 = v6.fma(factor, addend);
      v7 = v7.fma(factor, addend);
      v8 = v8.fma(factor, addend);
      v9 = v9.fma(factor, addend);
      v10 = v10.fma(factor, addend);
      v11 = v11.fma(factor, addend);
    }
    var low = v0.add(v1).add(v2).add(v3).add(v4).add(v5);
    var high = v6.add(v7).add(v8).add(v9).add(v10).add(v11);
    var all = low.add(high);
    float sum = 0;
    for (int lane = 0; lane < FLOATS.length(); lane++) {
      sum += all.lane(lane);
    }
    return sum;
  }

  private static double runDoubles(int repetitions, double start) {
    var factor = DoubleVector.broadcast(DOUBLES, FACTOR);
    var addend = DoubleVector.broadcast(DOUBLES, ADDEND);
    var v0 = DoubleVector.broadcast(DOUBLES, start);
    var v1 = DoubleVector.broadcast(DOUBLES, start + 1);
    var v2 = DoubleVector.broadcast(DOUBLES, start + 2);
    var v3 = DoubleVector.broadcast(DOUBLES, start + 3);
    var v4 = DoubleVector.broadcast(DOUBLES, start + 4);
    var v5 = DoubleVector.broadcast(DOUBLES, start + 5);
    var v6 = DoubleVector.broadcast(DOUBLES, start + 6);
    var v7 = DoubleVector.broadcast(DOUBLES, start + 7);
    var v8 = DoubleVector.broadcast(DOUBLES, start + 8);
    var v9 = DoubleVector.broadcast(DOUBLES, start + 9);
    var v10 = DoubleVector.broadcast(DOUBLES, start + 10);
    var v11 = DoubleVector.broadcast(DOUBLES, start + 11);
    for (int i = 0; i < repetitions; i++) {
      v0 = v0.fma(factor, addend);
      v1 = v1.fma(factor, addend);
      v2 = v2.fma(factor, addend);
      v3 = v3.fma(factor, addend);
      v4 = v4.fma(factor, addend);
      v5 = v5.fma(factor, addend);
      v6 = v6.fma(factor, addend);
      v7 = v7.fma(factor, addend);
      v8 = v8.fma(factor, addend);
      v9 = v9.fma(factor, addend);
      v10 = v10.fma(factor, addend);
      v11 = v11.fma(factor, addend);
    }
    var low = v0.add(v1).add(v2).add(v3).add(v4).add(v5);
    var high = v6.add(v7).add(v8).add(v9).add(v10).add(v11);
    var all = low.add(high);
    double sum = 0;
    for (int lane = 0; lane < DOUBLES.length(); lane++) {
      sum += all.lane(lane);
    }
    return sum;
  }
}
