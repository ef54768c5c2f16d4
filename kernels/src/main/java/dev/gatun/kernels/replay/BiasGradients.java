package dev.gatun.kernels.replay;

import dev.gatun.kernels.gemm.ProductSums;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.kernels.reduce.ReductionKernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the product that is the gradient of a layer's weights, and the sum that is the gradient of
 * its bias: both read the gradient of the layer's result.
 */
final class BiasGradients {
  private final ProductSums family;
  private final List<RecordedCall> calls;

  private BiasGradients(ProductSums family, List<RecordedCall> calls) {
    this.family = family;
    this.calls = new ArrayList<>(calls);
  }

  /** Joins what can be joined. */
  static List<RecordedCall> apply(List<RecordedCall> calls, ProductSums family) {
    BiasGradients gradients = new BiasGradients(family, calls);
    for (int at = 0; at < gradients.calls.size(); at++) {
      gradients.join(at);
    }
    return gradients.calls;
  }

  /** What a call sums over all axes but the last. */
  private record Sum(RecordedArray out, RecordedArray in) {
    static @Nullable Sum of(RecordedCall call) {
      return call instanceof KernelCall sum
              && sum.calls(ReductionKernels.class, "reduce")
              && sum.argument(0) == Reduction.SUM
              && sum.argument(1) instanceof RecordedArray out
              && sum.argument(2) instanceof RecordedArray in
              && isOverAllButTheLast(out, in)
          ? new Sum(out, in)
          : null;
    }

    private static boolean isOverAllButTheLast(RecordedArray out, RecordedArray in) {
      int last = in.layout().rank() - 1;
      return last > 0
          && in.dtype() == out.dtype()
          && in.layout().isContiguous()
          && out.layout().isContiguous()
          && out.layout().numel() == in.layout().size(last)
          && out.layout().size(last) == in.layout().size(last);
    }
  }

  /** A plain product of two matrices. */
  private record Product(RecordedArray out, RecordedArray left, RecordedArray right) {
    static @Nullable Product of(RecordedCall call) {
      ProductCall product = ProductCall.of(call);
      return product != null
              && product.isPlain()
              && product.epilogue() == null
              && product.bias() == null
              && isMatrix(product.out())
              && isMatrix(product.left())
              && isMatrix(product.right())
          ? new Product(product.out(), product.left(), product.right())
          : null;
    }

    private static boolean isMatrix(RecordedArray array) {
      return array.layout().rank() == 2;
    }

    /** Tells whether the left factor is what is summed, with rows for columns. */
    boolean reads(Sum sum) {
      long columns = left.layout().size(0);
      return left.storage() == sum.in.storage()
          && left.dtype() == sum.in.dtype()
          && left.layout().offset() == sum.in.layout().offset()
          && left.layout().numel() == sum.in.layout().numel()
          && columns == sum.out.layout().numel()
          && left.layout().stride(0) == 1
          && left.layout().stride(1) == columns;
    }

    /** Tells whether neither writes what the other one uses. */
    boolean isApart(Sum sum) {
      return out.storage() != sum.in.storage()
          && out.storage() != sum.out.storage()
          && left.storage() != sum.out.storage()
          && right.storage() != sum.out.storage();
    }
  }

  private void join(int at) {
    Product product = Product.of(calls.get(at));
    for (int other = 0; product != null && other < calls.size(); other++) {
      Sum sum = Sum.of(calls.get(other));
      if (sum != null && product.reads(sum) && product.isApart(sum)) {
        int first = Math.min(at, other);
        int second = Math.max(at, other);
        boolean rises = CallOrder.canRise(calls, second, first);
        if (rises || CallOrder.canSink(calls, first, second)) {
          calls.set(rises ? first : second, joined(product, sum));
          calls.remove(rises ? second : first);
          return;
        }
      }
    }
  }

  private KernelCall joined(Product product, Sum sum) {
    return KernelCall.of(
        family,
        ProductSums.class,
        "productAndSums",
        product.out,
        sum.out,
        product.left,
        product.right,
        sum.in);
  }
}
