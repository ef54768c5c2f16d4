package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Normalises fibres by exponentials, and computes the gradients. Everything is computed in float32,
 * or for float64 in float64, and rounded once.
 */
final class CudaSoftmax {
  /** What is computed. */
  enum Mode {
    SOFTMAX(
        """
          NUMBER mine = NEGATIVE_INFINITY;
          FOR_EACH {
            mine = LARGER(mine, load_in(first[AT_FIRST]));
          }
          const NUMBER largest = BLOCK_MAX(shared, mine, along, depth, step);
          mine = 0;
          FOR_EACH {
            mine += EXP(load_in(first[AT_FIRST]) - largest);
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          FOR_EACH {
            out[AT_OUT] = store_out(EXP(load_in(first[AT_FIRST]) - largest) / sum);
          }
        """),
    LOG_SOFTMAX(
        """
          NUMBER mine = NEGATIVE_INFINITY;
          FOR_EACH {
            mine = LARGER(mine, load_in(first[AT_FIRST]));
          }
          const NUMBER largest = BLOCK_MAX(shared, mine, along, depth, step);
          mine = 0;
          FOR_EACH {
            mine += EXP(load_in(first[AT_FIRST]) - largest);
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          const NUMBER logarithm = LOG(sum);
          FOR_EACH {
            out[AT_OUT] = store_out(load_in(first[AT_FIRST]) - largest - logarithm);
          }
        """),
    SOFTMAX_BACKWARD(
        """
          NUMBER mine = 0;
          FOR_EACH {
            mine += load_in(first[AT_FIRST]) * load_in(second[AT_SECOND]);
          }
          const NUMBER dot = BLOCK_SUM(shared, mine, along, depth, step);
          FOR_EACH {
            out[AT_OUT] =
                store_out(load_in(second[AT_SECOND]) * (load_in(first[AT_FIRST]) - dot));
          }
        """),
    LOG_SOFTMAX_BACKWARD(
        """
          NUMBER mine = 0;
          FOR_EACH {
            mine += load_in(first[AT_FIRST]);
          }
          const NUMBER sum = BLOCK_SUM(shared, mine, along, depth, step);
          FOR_EACH {
            out[AT_OUT] =
                store_out(load_in(first[AT_FIRST]) - EXP(load_in(second[AT_SECOND])) * sum);
          }
        """);

    private final String body;

    Mode(String body) {
      this.body = body;
    }
  }

  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(512) ENTRY(
          IN *out, const IN *first, const IN *second, const struct gatun_space fibres,
          const long long fibres_count, const long long length, const long long out_along,
          const long long first_along, const long long second_along,
          const int columns, const int depth, const int columns_first) {
        __shared__ NUMBER shared[512];
      THREAD_AT
        for (long long group = blockIdx.x; group * columns < fibres_count; group += gridDim.x) {
          const long long fibre = group * columns + column;
          const long long count = fibre < fibres_count ? length : 0;
          long long at_first = 0, at_out = 0, at_second = 0;
          if (count > 0) {
            gatun_find(&fibres, fibre, &at_first, &at_out, &at_second);
          }
      BODY
        }
      }
      """;

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaSoftmax(Launcher launcher) {
    this.launcher = launcher;
  }

  void run(
      Mode mode, StridedArray out, StridedArray first, @Nullable StridedArray second, int axis) {
    if (out.layout().numel() == 0) {
      return;
    }
    var fibres = Operands.fibres(mode, axis, first, out, second);
    long length = Operands.size(first, axis);
    long along = Operands.stride(first, axis);
    boolean neighbouring = fibres.axes() > 0 && fibres.stride(0, 0) < along;
    var grid = FibreGrid.of(fibres.count(), length, neighbouring, false);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(first)
            .array(second)
            .space(fibres)
            .int64(fibres.count())
            .int64(length)
            .int64(Operands.stride(out, axis))
            .int64(along)
            .int64(Operands.stride(second, axis));
    grid.add(arguments);
    int index = KernelTable.index(mode.ordinal(), out.dtype());
    var kernel = kernels.get(index);
    if (kernel == null) {
      kernel = kernels.make(index, new Variant(mode, out.dtype()), CudaSoftmax::make);
    }
    launcher.launch(kernel, grid, fibres.count(), arguments);
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    var compute = KernelText.computeType(type);
    var body = variant.mode().body.stripTrailing().indent(2).stripTrailing();
    return new KernelText(variant.mode() + "_" + type, TEXT.replace("BODY", body))
        .reals(compute)
        .set("IN", type)
        .set("FOR_EACH", "for (long long i = along; i < count; i += depth)")
        .set("AT_OUT", "at_out + i * out_along")
        .set("AT_FIRST", "at_first + i * first_along")
        .set("AT_SECOND", "at_second + i * second_along")
        .load("load_in", type, compute)
        .store("store_out", type, compute)
        .kernel();
  }
}
