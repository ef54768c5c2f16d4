package dev.gatun.bench.peers.ejml;

import dev.gatun.bench.peers.Ejml;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/** A product in single precision. */
final class FloatProduct implements Ejml.Product {

  private interface Method {
    FMatrixRMaj multiply(FMatrixRMaj a, FMatrixRMaj b, FMatrixRMaj result);
  }

  private final FMatrixRMaj a;
  private final FMatrixRMaj b;
  private final FMatrixRMaj result;
  private final Method method;

  FloatProduct(
      boolean transposeA, boolean transposeB, boolean threads, int size, double[] a, double[] b) {
    this.a = matrix(size, a);
    this.b = matrix(size, b);
    result = new FMatrixRMaj(size, size);
    if (transposeA) {
      method = threads ? CommonOps_MT_FDRM::multTransA : CommonOps_FDRM::multTransA;
    } else if (transposeB) {
      method = threads ? CommonOps_MT_FDRM::multTransB : CommonOps_FDRM::multTransB;
    } else {
      method = threads ? CommonOps_MT_FDRM::mult : CommonOps_FDRM::mult;
    }
  }

  private static FMatrixRMaj matrix(int size, double[] values) {
    var matrix = new FMatrixRMaj(size, size);
    for (int i = 0; i < values.length; i++) {
      matrix.data[i] = (float) values[i];
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
