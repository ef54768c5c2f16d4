package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.Inlined;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums over the lanes of a vector in a fixed order, a balanced tree, which {@code reduceLanes} does
 * not promise.
 */
final class LaneSums {
  static final VectorShuffle<Float> FLOAT_16_BY_8 = rotation16(8);
  static final VectorShuffle<Float> FLOAT_16_BY_4 = rotation16(4);
  static final VectorShuffle<Float> FLOAT_16_BY_2 = rotation16(2);
  static final VectorShuffle<Float> FLOAT_16_BY_1 = rotation16(1);
  static final VectorShuffle<Float> FLOAT_8_BY_4 =
      VectorCombination.rotation(FloatVector.SPECIES_256, 2);
  static final VectorShuffle<Float> FLOAT_8_BY_2 =
      VectorCombination.rotation(FloatVector.SPECIES_256, 4);
  static final VectorShuffle<Float> FLOAT_8_BY_1 =
      VectorCombination.rotation(FloatVector.SPECIES_256, 8);
  static final VectorShuffle<Float> FLOAT_4_BY_2 =
      VectorCombination.rotation(FloatVector.SPECIES_128, 2);
  static final VectorShuffle<Float> FLOAT_4_BY_1 =
      VectorCombination.rotation(FloatVector.SPECIES_128, 4);

  static final VectorShuffle<Double> DOUBLE_8_BY_4 =
      VectorCombination.rotation(DoubleVector.SPECIES_512, 2);
  static final VectorShuffle<Double> DOUBLE_8_BY_2 =
      VectorCombination.rotation(DoubleVector.SPECIES_512, 4);
  static final VectorShuffle<Double> DOUBLE_8_BY_1 =
      VectorCombination.rotation(DoubleVector.SPECIES_512, 8);
  static final VectorShuffle<Double> DOUBLE_4_BY_2 =
      VectorCombination.rotation(DoubleVector.SPECIES_256, 2);
  static final VectorShuffle<Double> DOUBLE_4_BY_1 =
      VectorCombination.rotation(DoubleVector.SPECIES_256, 4);
  static final VectorShuffle<Double> DOUBLE_2_BY_1 =
      VectorCombination.rotation(DoubleVector.SPECIES_128, 2);

  private LaneSums() {}

  private static VectorShuffle<Float> rotation16(int by) {
    return VectorCombination.rotation(FloatVector.SPECIES_512, 16 / by);
  }

  @Inlined
  static float sum(FloatVector x) {
    if (x.length() == 16) {
      return sum16(x);
    }
    return x.length() == 8 ? sum8(x) : sum4(x);
  }

  @Inlined
  static float sum16(FloatVector x) {
    var sum = x.add(x.rearrange(FLOAT_16_BY_8));
    sum = sum.add(sum.rearrange(FLOAT_16_BY_4));
    sum = sum.add(sum.rearrange(FLOAT_16_BY_2));
    return sum.add(sum.rearrange(FLOAT_16_BY_1)).lane(0);
  }

  @Inlined
  static float sum8(FloatVector x) {
    var sum = x.add(x.rearrange(FLOAT_8_BY_4));
    sum = sum.add(sum.rearrange(FLOAT_8_BY_2));
    return sum.add(sum.rearrange(FLOAT_8_BY_1)).lane(0);
  }

  @Inlined
  static float sum4(FloatVector x) {
    var sum = x.add(x.rearrange(FLOAT_4_BY_2));
    return sum.add(sum.rearrange(FLOAT_4_BY_1)).lane(0);
  }

  @Inlined
  static double sum(DoubleVector x) {
    if (x.length() == 8) {
      return sum8(x);
    }
    return x.length() == 4 ? sum4(x) : x.add(x.rearrange(DOUBLE_2_BY_1)).lane(0);
  }

  @Inlined
  static double sum8(DoubleVector x) {
    var sum = x.add(x.rearrange(DOUBLE_8_BY_4));
    sum = sum.add(sum.rearrange(DOUBLE_8_BY_2));
    return sum.add(sum.rearrange(DOUBLE_8_BY_1)).lane(0);
  }

  @Inlined
  static double sum4(DoubleVector x) {
    var sum = x.add(x.rearrange(DOUBLE_4_BY_2));
    return sum.add(sum.rearrange(DOUBLE_4_BY_1)).lane(0);
  }
}
