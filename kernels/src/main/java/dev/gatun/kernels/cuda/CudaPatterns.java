package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Triangles, mirror images, one-hot rows and ranges: elements by their row-major index, a thread
 * for each.
 */
final class CudaPatterns {
  /** What kernels there are. */
  private enum Pattern {
    TRIANGLE(
        """
        extern "C" __global__ void __launch_bounds__(256) ENTRY(
            ELEMENT *out, const ELEMENT *in, const struct gatun_space space, const long long count,
            const long long rows, const long long columns, const long long diagonal,
            const int upper) {
          FOR_EACH {
            const long long all = gatun_quotient(i, columns);
            const long long column = i - all * columns;
            const long long row = all - gatun_quotient(all, rows) * rows;
            long long target, at, unused;
            gatun_find(&space, i, &target, &at, &unused);
            const bool stays =
                upper != 0 ? column - row >= diagonal : column - row <= diagonal;
            out[target] = stays ? in[at] : 0;
          }
        }
        """),
    FLIP(
        """
        extern "C" __global__ void __launch_bounds__(256) ENTRY(
            ELEMENT *out, const ELEMENT *in, const struct gatun_space space, const long long count,
            const long long last) {
          FOR_EACH {
            long long target, at, unused;
            gatun_find(&space, i, &target, &at, &unused);
            out[target] = in[last + at];
          }
        }
        """),
    ONE_HOT(
        """
        extern "C" __global__ void __launch_bounds__(256) ENTRY(
            ELEMENT *out, const long long *index, const struct gatun_space space,
            const long long count, const long long classes, const ELEMENT one, long long *fault,
            const long long number) {
          FOR_EACH {
            const long long row = gatun_quotient(i, classes);
            long long target, at, unused;
            gatun_find(&space, i, &target, &at, &unused);
            const long long hot = index[at];
            if (hot < 0 || hot >= classes) {
              gatun_fault(fault, number, hot, row);
            }
            out[target] = i - row * classes == hot ? one : 0;
          }
        }
        """),
    RANGE(
        """
        extern "C" __global__ void __launch_bounds__(256) ENTRY(
            ELEMENT *out, const struct gatun_space space, const long long count,
            const NUMBER start, const NUMBER distance) {
          FOR_EACH {
            long long target, unused, unneeded;
            gatun_find(&space, i, &target, &unused, &unneeded);
            out[target] = store_out(VALUE);
          }
        }
        """);

    private final String text;

    Pattern(String text) {
      this.text = text;
    }

    /** The kernel's name, and that of the element or its size behind. */
    String entry(Object element) {
      return name().toLowerCase(Locale.ROOT) + "_" + element;
    }
  }

  private record Variant(Pattern pattern, @Nullable DType type, int byteSize, boolean exact) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaPatterns(Launcher launcher) {
    this.launcher = launcher;
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#triangle}. */
  void triangle(StridedArray out, StridedArray in, long diagonal, boolean upper) {
    var layout = out.layout();
    if (layout.numel() == 0) {
      return;
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .space(Operands.elements(upper ? "triu" : "tril", true, out, in, null))
            .int64(layout.numel())
            .int64(layout.size(layout.rank() - 2))
            .int64(layout.size(layout.rank() - 1))
            .int64(diagonal)
            .int32(upper ? 1 : 0);
    launch(Pattern.TRIANGLE, false, out, arguments);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#flip}. */
  void flip(StridedArray out, StridedArray in, int axis) {
    var layout = out.layout();
    if (layout.numel() == 0) {
      return;
    }
    var space = AxisSpace.of("flip", false);
    for (int i = 0; i < layout.rank(); i++) {
      long stride = in.layout().stride(i);
      space.add(layout.size(i), layout.stride(i), i == axis ? -stride : stride, 0);
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(in)
            .space(space)
            .int64(layout.numel())
            .int64((layout.size(axis) - 1) * in.layout().stride(axis));
    launch(Pattern.FLIP, false, out, arguments);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#oneHot}. */
  void oneHot(StridedArray out, StridedArray index) {
    var layout = out.layout();
    int last = layout.rank() - 1;
    long classes = layout.size(last);
    if (layout.numel() == 0) {
      if (index.layout().numel() > 0) {
        IndexCheck.launch(launcher, "one_hot", index, last, classes);
      }
      return;
    }
    var space = AxisSpace.of("one_hot", true);
    for (int axis = 0; axis < last; axis++) {
      space.add(layout.size(axis), layout.stride(axis), index.layout().stride(axis), 0);
    }
    space.add(classes, layout.stride(last), 0, 0);
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(index)
            .space(space)
            .int64(layout.numel())
            .int64(classes)
            .int64(one(out.dtype()))
            .fault(launcher, Fault.index("one_hot").number(last, classes));
    launch(Pattern.ONE_HOT, false, out, arguments);
  }

  /** The bits of 1; as a kernel's argument the lower ones of a narrow element come first. */
  private static long one(DType type) {
    return switch (type) {
      case FLOAT32 -> Float.floatToRawIntBits(1);
      case FLOAT64 -> Double.doubleToRawLongBits(1);
      case FLOAT16 -> Float.floatToFloat16(1);
      case BFLOAT16 -> Float.floatToRawIntBits(1) >>> Short.SIZE;
      case INT8, UINT8, INT16, INT32, INT64, BOOL -> 1;
    };
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#range}. */
  void range(StridedArray out, double start, double step) {
    var layout = out.layout();
    if (layout.numel() == 0) {
      return;
    }
    var type = out.dtype();
    boolean exact =
        !type.isFloatingPoint()
            && type != DType.BOOL
            && start == (long) start
            && step == (long) step;
    var arguments =
        KernelArguments.begin()
            .array(out)
            .space(Operands.elements("arange", true, out, null, null))
            .int64(layout.numel());
    if (exact) {
      arguments.int64((long) start).int64((long) step);
    } else {
      arguments.float64(start).float64(step);
    }
    launch(Pattern.RANGE, exact, out, arguments);
  }

  private void launch(Pattern pattern, boolean exact, StridedArray out, KernelArguments arguments) {
    // What is only moved needs one kernel for each size.
    boolean moves = pattern != Pattern.RANGE;
    var type = moves ? CudaScatter.bits(out.dtype()) : out.dtype();
    int index = KernelTable.index(2 * pattern.ordinal() + (exact ? 1 : 0), type);
    var kernel = kernels.get(index);
    if (kernel == null) {
      var variant =
          moves
              ? new Variant(pattern, null, type.byteSize(), false)
              : new Variant(pattern, type, 0, exact);
      kernel = kernels.make(index, variant, CudaPatterns::make);
    }
    launcher.launch(kernel, out.layout().numel(), arguments);
  }

  private static CudaKernel make(Variant variant) {
    var pattern = variant.pattern();
    var type = variant.type();
    if (type == null) {
      return new KernelText(pattern.entry(8 * variant.byteSize()), pattern.text)
          .set("ELEMENT", KernelText.element(variant.byteSize()))
          .kernel();
    }
    var compute = variant.exact() ? DType.INT64 : DType.FLOAT64;
    return new KernelText(pattern.entry(type) + (variant.exact() ? "_exact" : ""), pattern.text)
        .set("ELEMENT", type)
        .set("NUMBER", compute)
        .set(
            "VALUE",
            variant.exact()
                ? "gatun_join_sum_i64(start, gatun_join_product_i64(i, distance))"
                : "start + (double)i * distance")
        .store("store_out", type, compute)
        .kernel();
  }
}
