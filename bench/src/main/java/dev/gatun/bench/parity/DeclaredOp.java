package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.PointwiseOp;
import java.util.function.Predicate;

/**
 * An operation of the catalogue.
 *
 * @param op the operation
 */
public record DeclaredOp(Op op) implements Subject {

  @Override
  public String name() {
    return op.name();
  }

  @Override
  public ParityCase draw(Draw draw, Predicate<ParityCase> exists) {
    var plain = ParityCase.of(op, draw);
    return op instanceof PointwiseOp pointwise
        ? new PointwiseForms(pointwise, draw).vary(plain, exists)
        : plain;
  }

  @Override
  public boolean isElementwise() {
    return op instanceof PointwiseOp;
  }
}
