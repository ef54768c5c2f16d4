package dev.gatun.autograd;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations there are, read off the constants of the classes that declare them. Tests,
 * benchmarks and documentation go through the catalogue, so an operation that is declared is
 * covered.
 */
public final class Catalogue {
  private static final List<Class<?>> FAMILIES =
      List.of(
          Arithmetic.class,
          Division.class,
          Exponentials.class,
          Logarithms.class,
          SpecialFunctions.class,
          Trigonometry.class,
          Angles.class,
          Extrema.class,
          Bounding.class,
          Rounding.class,
          Signs.class,
          Activations.class,
          PiecewiseActivations.class,
          Comparisons.class,
          Logic.class,
          Bits.class,
          Reductions.class,
          Folds.class,
          Ordering.class,
          Counting.class,
          Views.class,
          AxisViews.class,
          Indexing.class,
          AdvancedIndexing.class,
          Scattering.class,
          ScatterReduction.class,
          Rearrangements.class,
          StridedParts.class,
          Joining.class,
          LinearAlgebra.class,
          Solvers.class,
          Decompositions.class,
          LeastSquares.class,
          NarrowLinear.class,
          Softmaxes.class,
          Normalizations.class,
          Lookups.class,
          Entropies.class,
          Attentions.class,
          Convolutions.class,
          Pooling.class,
          Elements.class,
          Embedding.class);

  private Catalogue() {}

  /**
   * Returns every operation that Gatun declares.
   *
   * @return the operations, family by family, in the order of their declaration
   */
  public static List<Op> all() {
    return of(FAMILIES.toArray(new Class<?>[0]));
  }

  /**
   * Returns the operations declared by some classes: their static final fields of type {@link Op}.
   *
   * @param declaring the classes; accessible to this module
   * @return the operations, class by class
   * @throws IllegalArgumentException when a field cannot be read; it must be public, in a public
   *     class of an exported package
   */
  public static List<Op> of(Class<?>... declaring) {
    List<Op> found = new ArrayList<>();
    for (Class<?> type : declaring) {
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && Modifier.isFinal(field.getModifiers())
            && Op.class.isAssignableFrom(field.getType())) {
          try {
            found.add((Op) field.get(null));
          } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                "catalogue: " + type.getName() + "." + field.getName() + " cannot be read", e);
          }
        }
      }
    }
    return found;
  }
}
