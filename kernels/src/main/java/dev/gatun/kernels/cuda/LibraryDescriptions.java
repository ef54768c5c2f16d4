package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a library is told of a problem before it chooses a way of computing it. */
final class LibraryDescriptions {
  private static final Logger LOG = System.getLogger("dev.gatun.kernels.cuda");

  private LibraryDescriptions() {}

  /**
   * Describes a problem.
   *
   * @param <T> the description
   * @param problem the problem, for the log
   * @param describing makes the description, of which nothing stays open when it is refused
   * @return the description, or null where the library does not know such problems
   * @throws CudaException when there is no memory for it: that passes, and says nothing of the
   *     problem
   */
  static <T> @Nullable T ofKnown(Object problem, Supplier<T> describing) {
    try {
      return describing.get();
    } catch (CudaException unknown) {
      if (unknown.isOutOfMemory()) {
        throw unknown;
      }
      LOG.log(Level.DEBUG, "{0}: {1}", problem, unknown.getMessage());
      return null;
    }
  }
}
