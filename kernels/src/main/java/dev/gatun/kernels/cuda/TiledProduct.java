package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of any element types and layouts: {@code out = (alpha * (a x b)) * scale + beta *
 * out + bias}. A block of threads computes a square of the result from slices of both operands in
 * shared memory; each thread has a square of its own in registers. Sums run along the common axis
 * from its beginning, so their order is always the same. Reals are summed in float32, for float64
 * in float64, and integers in int64.
 */
final class TiledProduct {
  private static final int TILE = 64;
  private static final int THREADS = 256;

  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          OUT *out, const LEFT *a, const RIGHT *b, const OUT *bias, const OUT *scales,
          const struct gatun_space results, const struct gatun_space factors,
          const long long matrices, const long long rows, const long long columns,
          const long long depth, const long long out_row, const long long out_column,
          const long long a_row, const long long a_column, const long long b_row,
          const long long b_column, const long long bias_row, const long long bias_column,
          const long long scale_column, const int a_along, const int b_along,
          const NUMBER alpha, const NUMBER beta) {
        __shared__ NUMBER left[16][65];
        __shared__ NUMBER right[16][65];
        const int me = threadIdx.x;
        const long long across = (columns + 63) / 64;
        const long long row0 = blockIdx.x / across * 64;
        const long long column0 = blockIdx.x % across * 64;
        const int my_row = me / 16;
        const int my_column = me % 16;
        for (long long matrix = blockIdx.y; matrix < matrices; matrix += gridDim.y) {
          long long out_at, bias_at, a_at, b_at, unused;
          gatun_find(&results, matrix, &out_at, &bias_at, &unused);
          gatun_find(&factors, matrix, &a_at, &b_at, &unused);
          NUMBER sums[4][4];
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              sums[i][j] = 0;
            }
          }
          for (long long k0 = 0; k0 < depth; k0 += 16) {
            for (int i = me; i < 16 * 64; i += 256) {
              const int k = a_along != 0 ? i % 16 : i / 64;
              const int row = a_along != 0 ? i / 16 : i % 64;
              const bool inside = k0 + k < depth && row0 + row < rows;
              left[k][row] = inside
                  ? load_left(a[a_at + (row0 + row) * a_row + (k0 + k) * a_column]) : 0;
            }
            for (int i = me; i < 16 * 64; i += 256) {
              const int k = b_along != 0 ? i % 16 : i / 64;
              const int column = b_along != 0 ? i / 16 : i % 64;
              const bool inside = k0 + k < depth && column0 + column < columns;
              right[k][column] = inside
                  ? load_right(b[b_at + (k0 + k) * b_row + (column0 + column) * b_column]) : 0;
            }
            __syncthreads();
            const int here = depth - k0 < 16 ? (int)(depth - k0) : 16;
            for (int k = 0; k < here; k++) {
              NUMBER x[4];
              NUMBER y[4];
      #pragma unroll
              for (int i = 0; i < 4; i++) {
                x[i] = left[k][my_row + 16 * i];
                y[i] = right[k][my_column + 16 * i];
              }
      #pragma unroll
              for (int i = 0; i < 4; i++) {
      #pragma unroll
                for (int j = 0; j < 4; j++) {
                  sums[i][j] = MULTIPLIED(x[i], y[j], sums[i][j]);
                }
              }
            }
            __syncthreads();
          }
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              const long long row = row0 + my_row + 16 * i;
              const long long column = column0 + my_column + 16 * j;
              if (row < rows && column < columns) {
                OUT *place = out + out_at + row * out_row + column * out_column;
                NUMBER value = alpha * sums[i][j];
                if (scales != 0) {
                  value *= load_out(scales[column * scale_column]);
                }
                if (beta != 0) {
                  value += beta * load_out(*place);
                }
                if (bias != 0) {
                  value += load_out(bias[bias_at + row * bias_row + column * bias_column]);
                }
                *place = store_out(value);
              }
            }
          }
        }
      }
      """;

  private record Variant(DType out, DType left, DType right) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  TiledProduct(Launcher launcher) {
    this.launcher = launcher;
  }

  /**
   * Multiplies matrices. Operands have two axes at last, the bias has one or more; the leading ones
   * are broadcast to those of the output.
   *
   * @param out [..., rows, columns]
   * @param a [..., rows, depth]
   * @param b [..., depth, columns]
   * @param alpha the factor of the product
   * @param beta the factor of the former contents; with 0 they are not read
   * @param scales a factor for each column, of the output's type; null for ones
   * @param bias what is added, of the output's type; null for nothing
   */
  void run(
      StridedArray out,
      Layout outLayout,
      StridedArray a,
      Layout aLayout,
      StridedArray b,
      Layout bLayout,
      double alpha,
      double beta,
      @Nullable StridedArray scales,
      @Nullable StridedArray bias) {
    if (outLayout.numel() == 0) {
      return;
    }
    int rank = outLayout.rank();
    var results = AxisSpace.of("matmul", true);
    var factors = AxisSpace.of("matmul", true);
    for (int axis = 0; axis < rank - 2; axis++) {
      long size = outLayout.size(axis);
      int fromEnd = rank - axis;
      long biasStride = bias == null ? 0 : stride(bias.layout(), fromEnd);
      results.add(size, outLayout.stride(axis), biasStride, 0);
      factors.add(size, stride(aLayout, fromEnd), stride(bLayout, fromEnd), 0);
    }
    long rows = outLayout.size(rank - 2);
    long columns = outLayout.size(rank - 1);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(a)
            .array(b)
            .array(bias)
            .array(scales)
            .space(results)
            .space(factors)
            .int64(results.count())
            .int64(rows)
            .int64(columns)
            .int64(aLayout.size(aLayout.rank() - 1))
            .int64(outLayout.stride(rank - 2))
            .int64(outLayout.stride(rank - 1))
            .int64(stride(aLayout, 2))
            .int64(aLayout.stride(aLayout.rank() - 1))
            .int64(bLayout.stride(bLayout.rank() - 2))
            .int64(stride(bLayout, 1))
            .int64(bias == null ? 0 : stride(bias.layout(), 2))
            .int64(bias == null ? 0 : stride(bias.layout(), 1))
            .int64(scales == null ? 0 : scales.layout().stride(0))
            .int32(aLayout.stride(aLayout.rank() - 1) <= stride(aLayout, 2) ? 1 : 0)
            .int32(bLayout.stride(bLayout.rank() - 2) < stride(bLayout, 1) ? 1 : 0);
    var compute = computeType(out.dtype());
    factor(arguments, compute, alpha);
    factor(arguments, compute, beta);
    long tiles = ((rows + TILE - 1) / TILE) * ((columns + TILE - 1) / TILE);
    int index = KernelTable.index(0, out.dtype(), a.dtype(), b.dtype());
    var kernel = kernels.get(index);
    if (kernel == null) {
      var variant = new Variant(out.dtype(), a.dtype(), b.dtype());
      kernel = kernels.make(index, variant, TiledProduct::make);
    }
    launcher.launch(
        kernel,
        Math.toIntExact(tiles),
        (int) Math.min(results.count(), Launcher.MOST_BLOCKS_Y),
        THREADS,
        0,
        arguments);
  }

  /** The stride of an axis counted from the end; 0 where it is repeated. */
  static long stride(Layout layout, int fromEnd) {
    int axis = layout.rank() - fromEnd;
    return axis < 0 || layout.size(axis) == 1 ? 0 : layout.stride(axis);
  }

  private static DType computeType(DType type) {
    return type.isFloatingPoint() ? KernelText.computeType(type) : DType.INT64;
  }

  private static void factor(KernelArguments arguments, DType compute, double factor) {
    switch (compute) {
      case FLOAT32 -> arguments.float32((float) factor);
      case FLOAT64 -> arguments.float64(factor);
      default -> arguments.int64((long) factor);
    }
  }

  private static CudaKernel make(Variant variant) {
    var out = variant.out();
    var compute = computeType(out);
    String multiplied =
        switch (compute) {
          case FLOAT32 -> "fmaf";
          case FLOAT64 -> "fma";
          default -> "gatun_multiply_add";
        };
    return new KernelText("product_" + out + "_" + variant.left() + "_" + variant.right(), TEXT)
        .set("OUT", out)
        .set("LEFT", variant.left())
        .set("RIGHT", variant.right())
        .set("NUMBER", compute)
        .set("MULTIPLIED", multiplied)
        .load("load_left", variant.left(), compute)
        .load("load_right", variant.right(), compute)
        .load("load_out", out, compute)
        .store("store_out", out, compute)
        .kernel();
  }
}
