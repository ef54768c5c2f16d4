package dev.gatun.kernels.specialize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Turns one source into many kernels: copies of a class that differ in the values of their static
 * constants.
 *
 * <p>A template is an ordinary class whose static final fields are initialised from {@link
 * #constant}. Every copy is a hidden class of the template's package, compiled and profiled by
 * itself, in which the virtual machine treats those fields as constants: branches on them vanish,
 * and vectors of a constant species live in registers. This is what would otherwise be a class by
 * hand for every element type, operator and width of vectors.
 */
public final class Specialization {
  private Specialization() {}

  /**
   * Makes a copy of a template with the given constants and instantiates it.
   *
   * @param <T> the type to use the copy by
   * @param lookup a lookup of a class in the template's package, with full privileges
   * @param template the template: it has a constructor without parameters and neither inner classes
   *     nor a use of its own name as a type; if it has one static field with a species of some
   *     element type, vectors that it loads or makes of such elements are of that species
   * @param type a supertype of the template
   * @param constants what {@link #constant} returns within the copy
   * @return an instance of the copy
   */
  public static <T> T instantiate(
      Lookup lookup, Class<? extends T> template, Class<T> type, Object... constants) {
    try {
      var copy =
          lookup.defineHiddenClassWithClassData(classFile(template), List.of(constants), true);
      var constructor = copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class));
      return type.cast(constructor.invoke());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // checked exceptions of reflection and of the constructor's signature
      throw new IllegalStateException("Cannot specialize " + template, e);
    }
  }

  /**
   * Returns one of the constants of a copy; to be called from the static initialiser of a template.
   *
   * @param <C> the type of the constant
   * @param lookup the template's own {@link MethodHandles#lookup()}
   * @param type the type of the constant
   * @param index its position among the constants
   * @return the constant
   */
  public static <C> C constant(Lookup lookup, Class<C> type, int index) {
    Object constant;
    try {
      constant = MethodHandles.classDataAt(lookup, "_", Object.class, index);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(lookup + " is not the lookup of a whole class", e);
    }
    if (constant == null) {
      throw new IllegalStateException(
          lookup.lookupClass() + " is a template: only its copies have constants");
    }
    return type.cast(constant);
  }

  /**
   * Reads a template; calls of {@link Inlined} methods are replaced by their code, vectors cast to
   * the classes of their species, and methods with loops made to be compiled by themselves.
   */
  private static byte[] classFile(Class<?> template) {
    var inliner =
        new Inliner(
            template.getPackageName().replace('.', '/') + '/', name -> read(template, name));
    var bytes =
        read(template, template.getName().substring(template.getPackageName().length() + 1));
    return inliner.transform(bytes, template.getClassLoader());
  }

  private static byte[] read(Class<?> neighbour, String name) {
    try (var stream = neighbour.getResourceAsStream(name + ".class")) {
      if (stream == null) {
        throw new IllegalStateException("No class file for " + name + " beside " + neighbour);
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
