package dev.gatun.bench.parity;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Draw;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What is compared with PyTorch: a name, and calls of it drawn at random. */
public sealed interface Subject permits Composite, DeclaredOp {

  /**
   * The name, as in the command's table.
   *
   * @return the name
   */
  String name();

  /**
   * Draws a call.
   *
   * @param draw where the randomness comes from
   * @param exists tells whether PyTorch has a call at all
   * @return the call, the inputs of which belong to the innermost scope
   */
  ParityCase draw(Draw draw, Predicate<ParityCase> exists);

  /**
   * Whether each element of the result depends only on those at its place.
   *
   * @return whether it is so
   */
  boolean isElementwise();

  /**
   * All operations that PyTorch has too, and then the methods that are made of operations.
   *
   * @return the subjects
   */
  static List<Subject> all() {
    return Stream.<Subject>concat(
            Catalogue.all().stream()
                .filter(op -> op.whyNotInPyTorch() == null)
                .map(DeclaredOp::new),
            Composite.all())
        .toList();
  }
}
