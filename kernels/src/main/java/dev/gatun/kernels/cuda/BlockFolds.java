package dev.gatun.kernels.cuda;

/**
 * Functions in CUDA C by which the threads of a block fold what each of them has, and the type of
 * the numbers that say how threads are placed.
 *
 * <p>The threads of a block work on several fibres side by side, {@code depth} threads on each, a
 * power of two. Those that work on one fibre are {@code step} apart. All threads of the block call
 * these functions together; each gets the result of its fibre. The order of folding depends on
 * {@code depth} alone.
 */
final class BlockFolds {
  /** How many threads share what they have. */
  static final int MOST_THREADS = 512;

  private static final String FOLD =
      """
      static __device__ __inline__ NUMBER gatun_block_NAME_TYPE(
          NUMBER *shared, const NUMBER mine, const int along, const int depth, const int step) {
        if (depth == 1) {
          return mine;
        }
        shared[threadIdx.x] = mine;
        __syncthreads();
        for (int half = depth / 2; half > 0; half /= 2) {
          if (along < half) {
            const NUMBER x = shared[threadIdx.x];
            const NUMBER y = shared[threadIdx.x + half * step];
            shared[threadIdx.x] = COMBINED;
          }
          __syncthreads();
        }
        const NUMBER all = shared[threadIdx.x - along * step];
        __syncthreads();
        return all;
      }
      """;

  private BlockFolds() {}

  /** All of the functions. */
  static String text() {
    var text = new StringBuilder();
    for (String type : new String[] {"f32", "f64", "i64"}) {
      add(text, "sum", type, "x + y");
      add(text, "product", type, "x * y");
      add(text, "max", type, "gatun_max_" + type + "(x, y)");
      add(text, "min", type, "gatun_min_" + type + "(x, y)");
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String name, String type, String combined) {
    String number =
        switch (type) {
          case "f32" -> "float";
          case "f64" -> "double";
          default -> "long long";
        };
    text.append(text.isEmpty() ? "" : "\n")
        .append(
            FOLD.replace("NUMBER", number)
                .replace("NAME", name)
                .replace("TYPE", type)
                .replace("COMBINED", combined));
  }
}
