package dev.gatun.bench.peers.ejml;

import dev.gatun.bench.peers.Ejml;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;

/** A product in double precision. */
final class DoubleProduct implements Ejml.Product {

  private interface Method {
    DMatrixRMaj multiply(DMatrixRMaj a, DMatrixRMaj b, DMatrixRMaj result);
  }

  private final DMatrixRMaj a;
  private final DMatrixRMaj b;
  private final DMatrixRMaj result;
  private final Method method;

  DoubleProduct(
      boolean transposeA, boolean transposeB, boolean threads, int size, double[] a, double[] b) {
    this.a = matrix(size, a);
    this.b = matrix(size, b);
    result = new DMatrixRMaj(size, size);
    if (transposeA) {
      method = threads ? CommonOps_MT_DDRM::multTransA : CommonOps_DDRM::multTransA;
    } else if (transposeB) {
      method = threads ? CommonOps_MT_DDRM::multTransB : CommonOps_DDRM::multTransB;
    } else {
      method = threads ? CommonOps_MT_DDRM::mult : CommonOps_DDRM::mult;
    }
  }

  private static DMatrixRMaj matrix(int size, double[] values) {
    var matrix = new DMatrixRMaj(size, size);
    for (int i = 0; i < values.length; i++) {
      matrix.data[i] = values[i];
    }
    return matrix;
  }

  @Override
  public void run() {
    method.multiply(a, b, result);
  }

  @Override
  public double[] result() {
    var values = new double[result.data.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = result.data[i];
    }
    return values;
  }
}
