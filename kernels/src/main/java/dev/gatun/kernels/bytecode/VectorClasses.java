package dev.gatun.kernels.bytecode;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/**
 * The classes of vectors of one element type and width, which are not public: written code casts to
 * them, see {@link VectorCode#exact}. The name of a field is that of the element type and the width
 * in bits.
 */
public final class VectorClasses {
  public static final Class<?> FLOAT_128 = FloatVector.SPECIES_128.vectorType();
  public static final Class<?> FLOAT_256 = FloatVector.SPECIES_256.vectorType();
  public static final Class<?> FLOAT_512 = FloatVector.SPECIES_512.vectorType();
  public static final Class<?> DOUBLE_128 = DoubleVector.SPECIES_128.vectorType();
  public static final Class<?> DOUBLE_256 = DoubleVector.SPECIES_256.vectorType();
  public static final Class<?> DOUBLE_512 = DoubleVector.SPECIES_512.vectorType();
  public static final Class<?> INT_128 = IntVector.SPECIES_128.vectorType();
  public static final Class<?> INT_256 = IntVector.SPECIES_256.vectorType();
  public static final Class<?> INT_512 = IntVector.SPECIES_512.vectorType();
  public static final Class<?> LONG_128 = LongVector.SPECIES_128.vectorType();
  public static final Class<?> LONG_256 = LongVector.SPECIES_256.vectorType();
  public static final Class<?> LONG_512 = LongVector.SPECIES_512.vectorType();

  private VectorClasses() {}
}
