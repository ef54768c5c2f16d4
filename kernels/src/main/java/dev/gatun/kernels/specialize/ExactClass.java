package dev.gatun.kernels.specialize;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tells the compiler the class of a vector that comes out of a loop, or of a conversion.
 *
 * <p>Why that matters is said in the documentation of the package. Of a vector that a loop hands
 * on, to be called behind the loop: those that pass through it unchanged from turn to turn become
 * objects.
 */
public final class ExactClass {
  private ExactClass() {}

  /** Returns the same vector, known to be of the class of the species' vectors. */
  public static FloatVector of(VectorSpecies<Float> species, FloatVector vector) {
    return (FloatVector) species.vectorType().cast(vector);
  }

  /** Returns the same vector, known to be of the class of the species' vectors. */
  public static DoubleVector of(VectorSpecies<Double> species, DoubleVector vector) {
    return (DoubleVector) species.vectorType().cast(vector);
  }

  /** Returns the same vector, known to be of the class of the species' vectors. */
  public static ByteVector of(VectorSpecies<Byte> species, ByteVector vector) {
    return (ByteVector) species.vectorType().cast(vector);
  }

  /** Returns the same vector, known to be of the class of the species' vectors. */
  public static ShortVector of(VectorSpecies<Short> species, ShortVector vector) {
    return (ShortVector) species.vectorType().cast(vector);
  }

  /** Returns the same vector, known to be of the class of the species' vectors. */
  public static IntVector of(VectorSpecies<Integer> species, IntVector vector) {
    return (IntVector) species.vectorType().cast(vector);
  }
}
