package dev.gatun.autograd;

import dev.gatun.memory.LinearAlgebraException;

/** The vector-Jacobian products of {@link Decompositions}. */
final class DecompositionGradients {
  private DecompositionGradients() {}

  /** a / b, and 0 for 0 / 0: where nothing flows, it does not matter that the slope is infinite. */
  private static Tensor quotient(Tensor a, Tensor b) {
    Tensor below = b.broadcastTo(a.shape());
    Tensor nothing = below.eq(0.0).logicalAnd(a.eq(0.0));
    return a.div(below.maskedFill(nothing, 1.0));
  }

  /** x^T y - y^T x. */
  private static Tensor skew(Tensor x, Tensor y) {
    Tensor product = x.mT().matmul(y);
    return product.sub(product.mT());
  }

  /** What of the columns of y is orthogonal to the orthonormal ones of x. */
  private static Tensor outside(Tensor x, Tensor y) {
    return y.sub(x.matmul(x.mT().matmul(y)));
  }

  /**
   * Of Q R. With M = Q^T gQ - gR R^T and L = tril(M - M^T, -1): (gQ - Q (M - L)) R^-T of a tall
   * matrix, Q gR + [Q L R1^-T, 0] of a wide one whose triangle starts with the square R1.
   */
  static Tensor qr(Backward<NoAttributes> call, Tensor g) {
    long m = call.shape(0).size(-2);
    long n = call.shape(0).size(-1);
    int axis = m < n ? -1 : -2;
    Tensor q = call.output().narrow(axis, 0, m);
    Tensor r = call.output().narrow(axis, m, n);
    Tensor forQ = g.narrow(axis, 0, m);
    Tensor forR = g.narrow(axis, m, n).triu(0);
    Tensor product = q.mT().matmul(forQ).sub(forR.matmul(r.mT()));
    Tensor lower = product.sub(product.mT()).tril(-1);
    if (m >= n) {
      return solve(call, r, forQ.sub(q.matmul(product.sub(lower))).mT()).mT();
    }
    Tensor square = solve(call, r.narrow(-1, 0, m), q.matmul(lower).mT()).mT();
    Tensor rest = Gatun.zerosLike(r.narrow(-1, m, n - m));
    return q.matmul(forR).add(Gatun.cat(-1, square, rest));
  }

  private static Tensor solve(Backward<NoAttributes> call, Tensor triangle, Tensor right) {
    try {
      return triangle.solve(right);
    } catch (LinearAlgebraException dependent) {
      throw new LinearAlgebraException(
          "qr: "
              + call.shape(0)
              + ": no gradient where the first columns are linearly dependent: "
              + dependent.getMessage());
    }
  }

  /** Of W, orthogonal to X: -W gW^T X (X^T X)^-1, for what does not change as W is turned. */
  static Tensor complement(Backward<NoAttributes> call, Tensor g) {
    Tensor x = call.input(0);
    Tensor inverse = x.mT().matmul(x).solve(x.mT());
    return call.output().matmul(g.mT().matmul(inverse.mT())).neg();
  }

  /**
   * Of U S V^T. With E_ij = s_j^2 - s_i^2: U (skew(U^T gU) / E S + S skew(V^T gV) / E + diag(gS))
   * V^T, and for what of gU and gV is outside of U and V, U^ gU S^-1 V^T + U S^-1 gV^T V^.
   */
  static Tensor svd(Backward<NoAttributes> call, Tensor g) {
    long m = call.shape(0).size(-2);
    long n = call.shape(0).size(-1);
    Tensor packed = call.output();
    Tensor u = packed.narrow(-2, 0, m);
    Tensor s = packed.narrow(-2, m, 1);
    Tensor v = packed.narrow(-2, m + 1, n);
    Tensor forU = g.narrow(-2, 0, m);
    Tensor forV = g.narrow(-2, m + 1, n);
    Tensor gaps = s.sub(s.mT()).mul(s.add(s.mT()));
    Tensor ofU = quotient(skew(u, forU), gaps).mul(s);
    Tensor ofV = quotient(skew(v, forV), gaps).mul(s.mT());
    Tensor left = u.matmul(ofU.add(ofV)).add(u.mul(g.narrow(-2, m, 1)));
    if (m > n) {
      left = left.add(quotient(outside(u, forU), s));
    }
    Tensor result = left.matmul(v.mT());
    return m < n ? result.add(u.matmul(quotient(outside(v, forV), s).mT())) : result;
  }

  /** Of S alone: U diag(gS) V^T. */
  static Tensor svdvals(Backward<NoAttributes> call, Tensor g) {
    SingularValues svd = call.input(0).svd();
    return svd.u().mul(g.unsqueeze(-2)).matmul(svd.vh());
  }

  /** Of V diag(l) V^T. With E_ij = l_j - l_i: V (skew(V^T gV) / (2 E) + diag(gl)) V^T. */
  static Tensor eigh(Backward<NoAttributes> call, Tensor g) {
    long n = call.shape(0).size(-1);
    Tensor vectors = call.output().narrow(-2, 0, n);
    Tensor values = call.output().narrow(-2, n, 1);
    Tensor turning = skew(vectors, g.narrow(-2, 0, n));
    Tensor inner = quotient(turning, values.sub(values.mT())).mul(0.5);
    return vectors.matmul(inner).add(vectors.mul(g.narrow(-2, n, 1))).matmul(vectors.mT());
  }

  /** Of the eigenvalues alone: V diag(gl) V^T. */
  static Tensor eigvalsh(Backward<NoAttributes> call, Tensor g) {
    Tensor vectors = call.input(0).eigh().vectors();
    return vectors.mul(g.unsqueeze(-2)).matmul(vectors.mT());
  }
}
