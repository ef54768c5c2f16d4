package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns scores of attention into weights, in place: each query has a row of threads. What is masked
 * is rounded to the scores' type first, and so are exponentials, as on the CPU, which works in
 * place.
 */
final class CudaAttention {
  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *scores, const IN *mask, const struct gatun_space masks, const long long rows,
          const long long queries, const long long keys, const int causal,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < rows; group += gridDim.x) {
          const long long row = group * columns + column;
          const long long first_left_out = causal != 0 ? row % queries + 1 : keys;
          const long long seen = row >= rows ? 0 : first_left_out < keys ? first_left_out : keys;
          IN *score = scores + (row < rows ? row * keys : 0);
          long long at = 0, unused, unneeded;
          if (mask != 0 && row < rows) {
            gatun_find(&masks, row, &at, &unused, &unneeded);
          }
          NUMBER mine = NEGATIVE_INFINITY;
          for (long long i = along; i < seen; i += depth) {
            mine = LARGER(mine, SCORE);
          }
          const NUMBER largest = BLOCK_MAX(shared, mine, along, depth, step);
          const bool nothing = largest == NEGATIVE_INFINITY;
          mine = 0;
          for (long long i = along; i < seen; i += depth) {
            mine += nothing ? ZERO : EXP(SCORE - largest);
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          for (long long i = along; row < rows && i < keys; i += depth) {
            score[i] = store_out(nothing || i >= seen ? ZERO
                : load_in(store_out(EXP(SCORE - largest))) * (ONE / sum));
          }
        }
      }
      """;

  private final Launcher launcher;
  private final ConcurrentHashMap<DType, CudaKernel> kernels = new ConcurrentHashMap<>();

  CudaAttention(Launcher launcher) {
    this.launcher = launcher;
  }

  void weights(StridedArray scores, @Nullable StridedArray mask, boolean causal) {
    var layout = scores.layout();
    if (layout.numel() == 0) {
      return;
    }
    int rank = layout.rank();
    long keys = layout.size(rank - 1);
    long rows = layout.numel() / keys;
    var masks = AxisSpace.of("attention", true);
    for (int axis = 0; mask != null && axis < rank - 1; axis++) {
      masks.add(layout.size(axis), mask.layout().stride(axis), 0, 0);
    }
    var grid = FibreGrid.of(rows, keys, false, false);
    var arguments =
        KernelArguments.begin()
            .array(scores)
            .array(mask)
            .space(masks)
            .int64(rows)
            .int64(layout.size(rank - 2))
            .int64(keys)
            .int32(causal ? 1 : 0);
    grid.add(arguments);
    var kernel = kernels.computeIfAbsent(scores.dtype(), CudaAttention::make);
    launcher.launch(kernel, grid, rows, arguments);
  }

  private static CudaKernel make(DType type) {
    var compute = KernelText.computeType(type);
    return new KernelText("attention_weights_" + type, TEXT)
        .reals(compute)
        .set("IN", type)
        .set("SCORE", "(mask != 0 ? MASKED : load_in(score[i]))")
        .set("MASKED", "load_in(store_out(load_in(score[i]) + load_in(mask[at + i])))")
        .load("load_in", type, compute)
        .store("store_out", type, compute)
        .kernel();
  }
}
