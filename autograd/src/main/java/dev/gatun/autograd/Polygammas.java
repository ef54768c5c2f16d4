package dev.gatun.autograd;

import java.util.concurrent.ConcurrentHashMap;

/** The derivatives of the digamma function: an operation for each order, made when first used. */
final class Polygammas {
  private static final ConcurrentHashMap<Integer, PointwiseOp> OPERATIONS =
      new ConcurrentHashMap<>();

  private Polygammas() {}

  static PointwiseOp declare(String name, int order) {
    return PointwiseOp.unary(name, x -> x.polygamma(order)).on(PointwiseDomain.POSITIVE);
  }

  static PointwiseOp of(int order) {
    return OPERATIONS.computeIfAbsent(order, key -> declare("polygamma", key));
  }
}
