package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Ejml;

/** EJML's square products. */
final class EjmlProducts {

  private EjmlProducts() {}

  static Call prepare(Ejml ejml, Operands operands, ProductLayout layout) {
    var a = operands.input(0);
    var product =
        ejml.product(
            a.dtype(),
            layout.transposesA(),
            layout.transposesB(),
            (int) a.shape().size(0),
            a.toDoubles(),
            operands.input(1).toDoubles());
    return new Call() {
      @Override
      public void run() {
        product.run();
      }

      @Override
      public double[] result() {
        return product.result();
      }
    };
  }
}
