package dev.gatun.kernels.specialize;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tells the compiler the class of a vector that comes out of a loop.
 *
 * <p>Methods that all vectors share, such as {@code add} and {@code intoMemorySegment}, call those
 * that each class of vectors has its own of. Of what a loop has handed on from turn to turn, C2
 * knows only what it is declared as while it decides what to inline there, and asks the profile of
 * the JDK's method, which everybody in the process shares. Once an application has used vectors of
 * two widths, it compiles both, with a branch between them, and what gets there is an object on the
 * heap, for as long as the process lives. To be called behind the loop that handed the vector on:
 * those that pass through it unchanged from turn to turn become objects.
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
}
