package dev.gatun.bench.parity;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.parity.Composite.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Methods of linear algebra, and parts of decompositions up to signs. */
final class MatrixMethods {
  private static final int MOST_ROWS = 9;

  /**
   * Of more rows, both sides take Euclidean distances from products of matrices: their squares are
   * right up to roundings of the squared lengths, which a root makes larger.
   */
  private static final long ROWS_OF_DIRECT_DISTANCES = 25;

  private static final String LETTERS = "ijkmn";

  private MatrixMethods() {}

  static List<Composite> all() {
    return List.of(
        // ---- decompositions, up to the signs of vectors
        new Composite(
            "svd_u",
            draw ->
                Call.of(
                    matrix(draw),
                    a -> a.svd().u().abs(),
                    "torch.abs(torch.linalg_svd(a, False)[0])")),
        new Composite(
            "svd_s",
            draw -> Call.of(matrix(draw), a -> a.svd().s(), "torch.linalg_svd(a, False)[1]")),
        new Composite(
            "svd_vh",
            draw ->
                Call.of(
                    matrix(draw),
                    a -> a.svd().vh().abs(),
                    "torch.abs(torch.linalg_svd(a, False)[2])")),
        new Composite("svd_product", MatrixMethods::svdProduct),
        new Composite("svd_full", MatrixMethods::fullSvd),
        new Composite("qr_complete", MatrixMethods::completeQr),
        new Composite(
            "eigh_values",
            draw -> Call.of(square(draw), a -> a.eigh().values(), "torch.linalg_eigh(a)[0]")),
        new Composite(
            "eigh_vectors",
            draw ->
                Call.of(
                    square(draw),
                    a -> a.eigh().vectors().abs(),
                    "torch.abs(torch.linalg_eigh(a)[1])")),
        // ---- solvers with their usual cutoffs, and right sides of all forms
        new Composite("solve_broadcast", MatrixMethods::broadcastSolve),
        new Composite(
            "pinv_usual", draw -> Call.of(matrix(draw), Tensor::pinv, "torch.linalg_pinv(a)")),
        new Composite(
            "matrix_rank_usual",
            draw -> Call.of(matrix(draw), Tensor::matrixRank, "torch.linalg_matrix_rank(a)")),
        new Composite("cond", draw -> Call.of(matrix(draw), Tensor::cond, "torch.linalg_cond(a)")),
        new Composite(
            "matrix_power",
            draw -> {
              int exponent = draw.pick(-3, 6);
              return Call.of(
                  square(draw),
                  a -> a.matrixPower(exponent),
                  "torch.matrix_power(a, p)",
                  (long) exponent);
            }),
        // ---- products
        new Composite("einsum", MatrixMethods::einsum),
        new Composite("tensordot", MatrixMethods::tensordot),
        new Composite(
            "dot",
            draw -> {
              long size = draw.size();
              return Call.of(real(size), real(size), Tensor::dot, "torch.dot(a, b)");
            }),
        new Composite(
            "vdot",
            draw -> {
              long size = draw.size();
              return Call.of(real(size), real(size), Tensor::vdot, "torch.vdot(a, b)");
            }),
        new Composite(
            "mv",
            draw -> {
              long size = draw.size();
              return Call.of(real(draw.size(), size), real(size), Tensor::mv, "torch.mv(a, b)");
            }),
        new Composite(
            "mm",
            draw -> {
              long size = draw.size();
              return Call.of(
                  real(draw.size(), size), real(size, draw.size()), Tensor::mm, "torch.mm(a, b)");
            }),
        new Composite(
            "bmm",
            draw -> {
              long batch = draw.size();
              long size = draw.size();
              return Call.of(
                  real(batch, draw.size(), size),
                  real(batch, size, draw.size()),
                  Tensor::bmm,
                  "torch.bmm(a, b)");
            }),
        new Composite(
            "inner",
            draw -> {
              long size = draw.size();
              return Call.of(
                  real(join(draw.sizes(0, 2), size)),
                  real(join(draw.sizes(0, 2), size)),
                  Tensor::inner,
                  "torch.inner(a, b)");
            }),
        new Composite(
            "outer",
            draw ->
                Call.of(real(draw.size()), real(draw.size()), Tensor::outer, "torch.outer(a, b)")),
        new Composite(
            "kron",
            draw ->
                Call.of(
                    real(draw.sizes(0, 3)),
                    real(draw.sizes(0, 2)),
                    Tensor::kron,
                    "torch.kron(a, b)")),
        new Composite("cross", MatrixMethods::cross),
        new Composite("addmv", draw -> sum(draw, "addmv")),
        new Composite("addr", draw -> sum(draw, "addr")),
        new Composite("addbmm", draw -> sum(draw, "addbmm")),
        new Composite("baddbmm", draw -> sum(draw, "baddbmm")),
        new Composite(
            "trace",
            draw -> Call.of(real(draw.size(), draw.size()), Tensor::trace, "torch.trace(a)")),
        // ---- distances and moments
        new Composite("cdist", MatrixMethods::cdist),
        new Composite(
            "dist",
            draw -> {
              double norm = norm(draw);
              long[] sizes = draw.sizes();
              return Call.of(
                  real(sizes),
                  real(draw.broadcastable(sizes)),
                  (a, b) -> a.dist(b, norm),
                  "torch.dist(a, b, p)",
                  norm);
            }),
        new Composite(
            "cov",
            draw -> {
              long correction = draw.between(0, 1);
              return Call.of(
                  real(draw.sizes(0, 2)),
                  a -> a.cov(correction),
                  "torch.cov(a, correction=p)",
                  correction);
            }),
        new Composite(
            "corrcoef",
            draw -> Call.of(real(draw.sizes(0, 2)), Tensor::corrcoef, "torch.corrcoef(a)")),
        new Composite("renorm", MatrixMethods::renorm),
        new Composite(
            "vander",
            draw -> {
              long columns = draw.between(0, 6);
              boolean increasing = draw.coin();
              return Call.of(
                  real(draw.size()),
                  a -> a.vander(columns, increasing),
                  "torch.vander(a, p, q)",
                  columns,
                  increasing);
            }));
  }

  private static long rows(Draw draw) {
    return Math.min(MOST_ROWS, draw.size());
  }

  private static Operand matrix(Draw draw) {
    return real(join(draw.sizes(0, 2), rows(draw), rows(draw)));
  }

  private static Operand square(Draw draw) {
    long size = rows(draw);
    return real(join(draw.sizes(0, 2), size, size));
  }

  static long[] join(long[] first, long... second) {
    long[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static double norm(Draw draw) {
    return draw.oneOf(0.0, 1.0, 2.0, 3.0, Double.POSITIVE_INFINITY);
  }

  /** The nearest orthogonal matrix, in which signs cancel. */
  private static Call svdProduct(Draw draw) {
    return Call.of(
        matrix(draw),
        a -> a.svd().u().matmul(a.svd().vh()),
        "torch.matmul(torch.linalg_svd(a, False)[0], torch.linalg_svd(a, False)[2])");
  }

  /** The space beside the columns, whatever basis it has. */
  private static Call fullSvd(Draw draw) {
    var matrix = matrix(draw);
    int rank = matrix.shape().rank();
    long rows = matrix.shape().size(rank - 2);
    long columns = Math.min(rows, matrix.shape().size(rank - 1));
    var rest = "torch.linalg_svd(torch.detach(a), True)[0][..., p:]";
    return Call.of(
        matrix,
        a -> {
          var beside = a.detach().svd(true).u().narrow(-1, columns, rows - columns);
          return beside.matmul(beside.mT());
        },
        "torch.matmul(" + rest + ", " + rest + ".mT)",
        columns);
  }

  /** As far as it is unique: the columns, the space beside them, and the product. */
  private static Call completeQr(Draw draw) {
    var matrix = matrix(draw);
    int rank = matrix.shape().rank();
    long rows = matrix.shape().size(rank - 2);
    long columns = Math.min(rows, matrix.shape().size(rank - 1));
    var q = "torch.linalg_qr(torch.detach(a), 'complete')[0]";
    var r = "torch.linalg_qr(torch.detach(a), 'complete')[1]";
    return Call.of(
        matrix,
        a -> {
          var factors = a.detach().qr(true);
          var beside = factors.q().narrow(-1, columns, rows - columns);
          return Gatun.cat(
              -1,
              factors.q().narrow(-1, 0, columns),
              beside.matmul(beside.mT()),
              factors.q().matmul(factors.r()));
        },
        "torch.cat([%s[..., :p], torch.matmul(%s[..., p:], %s[..., p:].mT), torch.matmul(%s, %s)], -1)"
            .formatted(q, q, q, q, r),
        columns);
  }

  private static Call broadcastSolve(Draw draw) {
    long size = rows(draw);
    long[] batch = draw.sizes(0, 2);
    long[] right =
        switch (draw.pick(0, 2)) {
          case 0 -> new long[] {size};
          case 1 -> join(batch, size);
          default -> join(draw.broadcastable(batch), size, draw.size());
        };
    return Call.of(
        real(join(batch, size, size)), real(right), Tensor::solve, "torch.linalg_solve(a, b)");
  }

  /** Letters of random sizes, once or twice in an operand. */
  private static Call einsum(Draw draw) {
    long[] sizes = new long[LETTERS.length()];
    Arrays.setAll(sizes, i -> Math.min(5, draw.size()));
    var operands = new ArrayList<Operand>();
    var equation = new StringBuilder();
    for (int count = draw.pick(1, 3); count > 0; count--) {
      long[] shape = new long[draw.pick(0, 3)];
      for (int i = 0; i < shape.length; i++) {
        int letter = draw.pick(0, LETTERS.length() - 1);
        equation.append(LETTERS.charAt(letter));
        shape[i] = sizes[letter];
      }
      operands.add(real(shape));
      equation.append(count > 1 ? "," : "");
    }
    if (draw.oneIn(4)) {
      return einsum(operands, equation.toString());
    }
    equation.append("->");
    for (int letter : draw.permutation(LETTERS.length())) {
      if (equation.indexOf(LETTERS.substring(letter, letter + 1)) >= 0 && draw.coin()) {
        equation.append(LETTERS.charAt(letter));
      }
    }
    return einsum(operands, equation.toString());
  }

  private static Call einsum(List<Operand> operands, String equation) {
    return new Call(
        operands,
        in -> Gatun.einsum(equation, in),
        PyTorchCall.of("torch.einsum('" + equation + "', inputs)"));
  }

  private static Call tensordot(Draw draw) {
    long[] common = draw.sizes(0, 2);
    long[] left = draw.sizes(0, 2);
    long[] right = draw.sizes(0, 2);
    int[] ofLeft = new int[common.length];
    int[] ofRight = new int[common.length];
    Arrays.setAll(ofLeft, i -> left.length + i);
    Arrays.setAll(ofRight, i -> draw.coin() ? i : i - common.length - right.length);
    return Call.of(
        real(join(left, common)),
        real(join(common, right)),
        (a, b) -> a.tensordot(b, ofLeft, ofRight),
        "torch.tensordot(a, b, p, q)",
        longs(ofLeft),
        longs(ofRight));
  }

  static long[] longs(int... numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  private static Call cross(Draw draw) {
    long[] sizes = draw.sizes(1, 3);
    int axis = draw.axis(sizes.length);
    sizes[Math.floorMod(axis, sizes.length)] = 3;
    long[] other = draw.broadcastable(sizes);
    if (draw.coin()) {
      other = sizes.clone();
      other[draw.pick(0, sizes.length - 1)] = draw.oneOf(1L, 3L);
    }
    long[] right = other;
    return Call.of(
        real(sizes),
        real(right),
        (a, b) -> a.cross(b, axis),
        "torch.linalg_cross(a, b, dim=p)",
        (long) axis);
  }

  /** What is added to a product, both times a number. */
  private static Call sum(Draw draw, String name) {
    long batch = draw.size();
    long m = draw.size();
    long k = draw.size();
    long n = draw.size();
    long beta = draw.between(-1, 2);
    long alpha = draw.oneOf(-2L, -1L, 1L, 2L);
    long[][] shapes =
        switch (name) {
          case "addmv" -> new long[][] {{m}, {m, k}, {k}};
          case "addr" -> new long[][] {{m, n}, {m}, {n}};
          case "addbmm" -> new long[][] {{m, n}, {batch, m, k}, {batch, k, n}};
          default -> new long[][] {{batch, m, n}, {batch, m, k}, {batch, k, n}};
        };
    return new Call(
        List.of(real(draw.broadcastable(shapes[0])), real(shapes[1]), real(shapes[2])),
        in ->
            switch (name) {
              case "addmv" -> in[0].addmv(in[1], in[2], beta, alpha);
              case "addr" -> in[0].addr(in[1], in[2], beta, alpha);
              case "addbmm" -> in[0].addbmm(in[1], in[2], beta, alpha);
              default -> in[0].baddbmm(in[1], in[2], beta, alpha);
            },
        PyTorchCall.of("torch." + name + "(a, b, c, beta=p, alpha=q)", beta, alpha));
  }

  private static Call cdist(Draw draw) {
    double norm = norm(draw);
    long width = draw.size();
    long[] batch = draw.sizes(0, 2);
    long rows = draw.size();
    long others = draw.size();
    boolean byProducts = norm == 2 && Math.max(rows, others) > ROWS_OF_DIRECT_DISTANCES;
    return Call.of(
        real(join(batch, rows, width)),
        real(join(draw.broadcastable(batch), others, width)),
        (a, b) -> byProducts ? a.cdist(b, norm).square() : a.cdist(b, norm),
        byProducts ? "torch.square(torch.cdist(a, b, p))" : "torch.cdist(a, b, p)",
        norm);
  }

  private static Call renorm(Draw draw) {
    long[] sizes = draw.sizes(2, 4);
    int axis = draw.axis(sizes.length);
    double norm = draw.oneOf(1.0, 2.0, 3.0, Double.POSITIVE_INFINITY);
    double bound = draw.oneOf(0.5, 1.0, 4.0);
    return Call.of(
        real(sizes),
        a -> a.renorm(norm, axis, bound),
        "torch.renorm(a, p, q, r)",
        norm,
        (long) axis,
        bound);
  }
}
