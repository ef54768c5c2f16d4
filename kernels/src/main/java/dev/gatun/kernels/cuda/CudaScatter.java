package dev.gatun.kernels.cuda;

import dev.gatun.kernels.index.Combination;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes and combines elements by index. Elements that have the same target lie along one fibre of
 * the index, so one thread goes along each fibre: in order, without atomics, to the same bits each
 * time. Elements whose index is beyond the axis are left out, and told of.
 */
final class CudaScatter {
  /** What becomes of an element and of another one that comes to its place. */
  private enum Mode {
    COPY,
    ADD,
    PRODUCT,
    LARGEST,
    SMALLEST;

    static Mode of(Combination how) {
      return switch (how) {
        case PRODUCT -> PRODUCT;
        case LARGEST -> LARGEST;
        case SMALLEST -> SMALLEST;
      };
    }
  }

  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const long long *index, const ELEMENT *in, const struct gatun_space space,
          const long long count, const long long length, const long long size,
          const long long out_along, const long long index_along, const long long in_along,
          const long long inner, long long *fault, const long long number) {
        FOR_EACH {
          long long target, index_at, at;
          gatun_find(&space, i, &target, &index_at, &at);
          for (long long k = 0; k < length; k++) {
            const long long wanted = index[index_at + k * index_along];
            const long long along = wanted < 0 ? wanted + size : wanted;
            if (along < 0 || along >= size) {
              gatun_fault(fault, number, wanted,
                  inner == 0 ? k : (i / inner * length + k) * inner + i % inner);
            } else {
              ELEMENT *place = out + target + along * out_along;
              STORE
            }
          }
        }
      }
      """;

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final ConcurrentHashMap<Variant, CudaKernel> kernels = new ConcurrentHashMap<>();

  CudaScatter(Launcher launcher) {
    this.launcher = launcher;
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#indexAdd}. */
  void indexAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("indexAdd", Mode.ADD, true, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#indexCopy}. */
  void indexCopy(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("indexCopy", Mode.COPY, true, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatter}. */
  void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("scatter", Mode.COPY, false, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatterAdd}. */
  void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("scatterAdd", Mode.ADD, false, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatterCombine}. */
  void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    run("scatterCombine", Mode.of(how), false, out, axis, index, source);
  }

  /** An index of slices has one axis, and is the same for all elements of a slice. */
  private void run(
      String operation,
      Mode mode,
      boolean slices,
      StridedArray out,
      int axis,
      StridedArray index,
      StridedArray source) {
    var layout = slices ? source.layout() : index.layout();
    long length = layout.size(axis);
    long size = out.layout().size(axis);
    if (layout.numel() == 0) {
      if (slices) {
        IndexCheck.launch(launcher, operation, index, axis, size);
      }
      return;
    }
    var space = new AxisSpace(true);
    long inner = 1;
    for (int other = 0; other < layout.rank(); other++) {
      if (other != axis) {
        space.add(
            layout.size(other),
            out.layout().stride(other),
            slices ? 0 : index.layout().stride(other),
            source.layout().stride(other));
        inner *= other > axis ? layout.size(other) : 1;
      }
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .array(index)
            .array(source)
            .space(space)
            .int64(space.count())
            .int64(length)
            .int64(size)
            .int64(out.layout().stride(axis))
            .int64(index.layout().stride(slices ? 0 : axis))
            .int64(source.layout().stride(axis))
            .int64(slices ? 0 : inner)
            .address(launcher.faultAddress())
            .int64(launcher.expect(IndexCheck.fault(operation, axis, size)));
    var kernel =
        kernels.computeIfAbsent(
            new Variant(mode, mode == Mode.COPY ? bits(out.dtype()) : out.dtype()),
            CudaScatter::make);
    launcher.launch(kernel, Grids.elements(space.count()), 1, Grids.THREADS, 0, arguments);
  }

  /** A type of the same size: what is only moved needs one kernel for each size. */
  private static DType bits(DType type) {
    return switch (type.byteSize()) {
      case 1 -> DType.UINT8;
      case 2 -> DType.INT16;
      case 4 -> DType.INT32;
      default -> DType.INT64;
    };
  }

  private static CudaKernel make(Variant variant) {
    var type = variant.type();
    var mode = variant.mode();
    boolean real = type.isFloatingPoint();
    var compute = real ? KernelText.computeType(type) : DType.INT64;
    String suffix = !real ? "i64" : compute == DType.FLOAT64 ? "f64" : "f32";
    String added = "load_in(in[at + k * in_along])";
    String combined =
        switch (mode) {
          case COPY -> added;
          case ADD -> "gatun_join_sum_" + suffix + "(load_in(*place), " + added + ")";
          case PRODUCT -> "gatun_join_product_" + suffix + "(load_in(*place), " + added + ")";
          case LARGEST -> "gatun_max_" + suffix + "(load_in(*place), " + added + ")";
          case SMALLEST -> "gatun_min_" + suffix + "(load_in(*place), " + added + ")";
        };
    var text =
        new KernelText("scatter_" + mode + "_" + type, TEXT)
            .set("ELEMENT", type)
            .set("FOR_EACH", Grids.FOR_EACH);
    if (mode == Mode.COPY) {
      return text.set("STORE", "*place = in[at + k * in_along];").kernel();
    }
    return text.load("load_in", type, compute)
        .store("store_out", type, compute)
        .set("STORE", "*place = store_out(" + combined + ");")
        .kernel();
  }
}
