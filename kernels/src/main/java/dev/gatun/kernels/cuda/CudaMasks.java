package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Access by masks, in row-major order. Each block counts what is chosen in its piece; one block
 * adds the counts up to where each piece begins; then each block does its piece.
 */
final class CudaMasks {
  private static final int THREADS = 256;
  private static final int ELEMENTS_OF_THREAD = 4;
  private static final int PIECE = THREADS * ELEMENTS_OF_THREAD;

  private static final String COUNT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *counts, const MASK *mask, const struct gatun_space space,
          const long long count, const long long pieces) {
        __shared__ long long shared[256];
        for (long long piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
          long long mine = 0;
          for (int k = 0; k < 4; k++) {
            const long long i = piece * 1024 + k * 256 + threadIdx.x;
            if (i < count) {
              long long at, unused, unneeded;
              gatun_find(&space, i, &at, &unused, &unneeded);
              mine += load_mask(mask[at]) != 0;
            }
          }
          const long long all = gatun_block_sum_i64(shared, mine, threadIdx.x, 256, 1);
          if (threadIdx.x == 0) {
            counts[piece] = all;
          }
        }
      }
      """;

  /** The counts become what comes before each piece; behind them comes the sum of all. */
  private static final String STARTS =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          long long *counts, const long long pieces) {
        __shared__ long long shared[512];
        const int me = threadIdx.x;
        long long before = 0;
        for (long long first = 0; first < pieces; first += 512) {
          const long long i = first + me;
          const long long mine = i < pieces ? counts[i] : 0;
          shared[me] = mine;
          __syncthreads();
          for (int distance = 1; distance < 512; distance *= 2) {
            const long long earlier = me >= distance ? shared[me - distance] : 0;
            __syncthreads();
            shared[me] += earlier;
            __syncthreads();
          }
          if (i < pieces) {
            counts[i] = before + shared[me] - mine;
          }
          before += shared[511];
          __syncthreads();
        }
        if (me == 0) {
          counts[pieces] = before;
        }
      }
      """;

  private static final String PLACE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const MASK *mask, const struct gatun_space space,
          const long long count, const long long pieces, const long long *starts,
          const long long most, const long long out_stride, const long long in_stride,
          const int rank, const struct gatun_sizes sizes) {
        __shared__ int shared[256];
        const int me = threadIdx.x;
        for (long long piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
          int mine = 0;
          bool chosen[4];
          long long masks, here, unused;
          for (int k = 0; k < 4; k++) {
            const long long i = piece * 1024 + me * 4 + k;
            chosen[k] = false;
            if (i < count) {
              gatun_find(&space, i, &masks, &here, &unused);
              chosen[k] = load_mask(mask[masks]) != 0;
            }
            mine += chosen[k];
          }
          shared[me] = mine;
          __syncthreads();
          for (int distance = 1; distance < 256; distance *= 2) {
            const int earlier = me >= distance ? shared[me - distance] : 0;
            __syncthreads();
            shared[me] += earlier;
            __syncthreads();
          }
          long long next = starts[piece] + shared[me] - mine;
          for (int k = 0; k < 4; k++) {
            const long long i = piece * 1024 + me * 4 + k;
            if (chosen[k] && next < most) {
              gatun_find(&space, i, &masks, &here, &unused);
              BODY
              next++;
            }
          }
          __syncthreads();
        }
      }
      """;

  /** What is done with what is chosen. */
  private enum Mode {
    COUNT(""),
    SELECT("out[next * out_stride] = in[here];"),
    SCATTER("out[here] = in[next * in_stride];"),
    POSITIONS(
        """
        long long rest = i;
                for (int axis = 0; axis < rank; axis++) {
                  const long long outer = gatun_quotient(rest, sizes.size[axis]);
                  out[next * out_stride + (rank - 1 - axis) * in_stride] =
                      rest - outer * sizes.size[axis];
                  rest = outer;
                }\
        """);

    private final String body;

    Mode(String body) {
      this.body = body;
    }
  }

  private record Variant(Mode mode, DType mask, int byteSize) {}

  private static final CudaKernel STARTS_KERNEL = new KernelText("mask_starts", STARTS).kernel();

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaMasks(Launcher launcher) {
    this.launcher = launcher;
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#countNonzero}; waits for the device. */
  long count(StridedArray in) {
    long count = in.layout().numel();
    if (count == 0) {
      return 0;
    }
    try (var starts = launcher.scratch(DType.INT64, pieces(count) + 1)) {
      find("count_nonzero", starts, in);
      return launcher.read(starts, pieces(count));
    }
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#nonzero}. */
  void positions(StridedArray out, StridedArray in) {
    long rowStride = out.layout().stride(0);
    long columnStride = out.layout().stride(1);
    place(Mode.POSITIONS, out, null, in, out.layout().size(0), rowStride, columnStride);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#maskedSelect}. */
  void select(StridedArray out, StridedArray in, StridedArray mask) {
    long most = out.layout().numel();
    place(Mode.SELECT, out, in, mask, most, out.layout().stride(0), 0);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#maskedScatter}. */
  void scatter(StridedArray out, StridedArray mask, StridedArray source) {
    if (source.layout().rank() == 1) {
      long most = source.layout().numel();
      place(Mode.SCATTER, out, source, mask, most, 0, source.layout().stride(0));
      return;
    }
    long elements = source.layout().numel();
    try (var row = launcher.scratch(source.dtype(), elements)) {
      Rearrangement.toRow(launcher, "masked_scatter", row, source);
      place(Mode.SCATTER, out, row, mask, elements, 0, 1);
    }
  }

  private static long pieces(long count) {
    return (count + PIECE - 1) / PIECE;
  }

  private static int blocks(long pieces) {
    return (int) Math.min(pieces, 1 << 16);
  }

  /** Finds how many elements are chosen before each piece, and at last how many there are. */
  private void find(String operation, StridedArray starts, StridedArray mask) {
    long count = mask.layout().numel();
    long pieces = pieces(count);
    var arguments =
        KernelArguments.begin()
            .array(starts)
            .array(mask)
            .space(Operands.elements(operation, true, mask, null, null))
            .int64(count)
            .int64(pieces);
    launcher.launch(kernel(Mode.COUNT, mask.dtype(), 1), blocks(pieces), 1, THREADS, 0, arguments);
    var summed = KernelArguments.begin().array(starts).int64(pieces);
    launcher.launch(STARTS_KERNEL, 1, 1, BlockFolds.MOST_THREADS, 0, summed);
  }

  private void place(
      Mode mode,
      StridedArray out,
      @Nullable StridedArray in,
      StridedArray mask,
      long most,
      long outStride,
      long inStride) {
    long count = mask.layout().numel();
    if (count == 0 || most == 0) {
      return;
    }
    String operation =
        switch (mode) {
          case SELECT -> "masked_select";
          case SCATTER -> "masked_scatter";
          default -> "nonzero";
        };
    var beside = mode == Mode.SELECT ? in : mode == Mode.SCATTER ? out : null;
    long pieces = pieces(count);
    try (var starts = launcher.scratch(DType.INT64, pieces + 1)) {
      find(operation, starts, mask);
      var arguments =
          KernelArguments.begin()
              .array(out)
              .array(in)
              .array(mask)
              .space(Operands.elements(operation, true, mask, beside, null))
              .int64(count)
              .int64(pieces)
              .array(starts)
              .int64(most)
              .int64(outStride)
              .int64(inStride)
              .int32(mask.layout().rank())
              .sizes(operation, mask.layout());
      launcher.launch(
          kernel(mode, mask.dtype(), out.dtype().byteSize()),
          blocks(pieces),
          1,
          THREADS,
          0,
          arguments);
    }
  }

  private CudaKernel kernel(Mode mode, DType mask, int byteSize) {
    int index = KernelTable.index(mode.ordinal() * (Long.BYTES + 1) + byteSize, mask);
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(index, new Variant(mode, mask, byteSize), CudaMasks::make);
  }

  private static CudaKernel make(Variant variant) {
    var mode = variant.mode();
    var mask = variant.mask();
    var compute = mask.isFloatingPoint() ? KernelText.computeType(mask) : DType.INT64;
    return new KernelText(
            "mask_" + mode + "_" + mask + "_" + 8 * variant.byteSize(),
            mode == Mode.COUNT ? COUNT : PLACE.replace("BODY", mode.body))
        .set("MASK", mask)
        .set("ELEMENT", KernelText.element(variant.byteSize()))
        .load("load_mask", mask, compute)
        .kernel();
  }
}
