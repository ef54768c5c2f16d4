package dev.gatun.examples.operations;

import dev.gatun.autograd.PointwiseOp;

/** An operation of one's own: its formula is all that is declared. */
public interface TanhSoftplus {
  /** x tanh(softplus(x)). */
  PointwiseOp TANH_SOFTPLUS = PointwiseOp.unary("tanh_softplus", x -> x.mul(x.softplus().tanh()));
}
