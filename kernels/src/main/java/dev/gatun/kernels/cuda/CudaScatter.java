package dev.gatun.kernels.cuda;

import dev.gatun.kernels.index.Combination;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;

/**
 * Writes and combines elements by index. Elements that have the same target lie along one fibre of
 * the index. Where there are many fibres, one thread goes along each; where there are few and they
 * are long, each is sorted by its indices, and one thread goes along those that are equal. Either
 * way in order, without atomics, to the same bits. Elements whose index is beyond the axis are left
 * out, and told of.
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

  /** Indices counted from the front, those beyond the axis as its size; lines are fibres. */
  private static final String NORMALIZE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          long long *out, const long long *index, const struct gatun_space lines,
          const long long count, const long long length, const long long size,
          const long long index_along, const long long inner, long long *fault,
          const long long number) {
        FOR_EACH {
          const long long line = gatun_quotient(i, length);
          const long long k = i - line * length;
          long long at, unused, unneeded;
          gatun_find(&lines, line, &at, &unused, &unneeded);
          const long long wanted = index[at + k * index_along];
          const long long along = wanted < 0 ? wanted + size : wanted;
          const bool inside = along >= 0 && along < size;
          if (!inside) {
            gatun_fault(fault, number, wanted,
                inner == 0 ? k : (line / inner * length + k) * inner + line % inner);
          }
          out[i] = inside ? along : size;
        }
      }
      """;

  /** The thread at the first of equal indices does what they ask for; neighbours share places. */
  private static final String RUNS =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const ELEMENT *in, const long long *keys, const int *positions,
          const struct gatun_space space, const long long count, const long long fibres,
          const long long length, const long long size, const long long out_along,
          const long long in_along, const int one_line) {
        FOR_EACH {
          const long long first = gatun_quotient(i, fibres);
          const long long fibre = i - first * fibres;
          const long long line = one_line != 0 ? 0 : fibre * length;
          const long long key = keys[line + first];
          if (key < size && (first == 0 || keys[line + first - 1] != key)) {
            long long target, unused, at;
            gatun_find(&space, fibre, &target, &unused, &at);
            ELEMENT *written = out + target + key * out_along;
            ELEMENT current = *written;
            ELEMENT *place = &current;
            for (long long next = first; next < length && keys[line + next] == key; next++) {
              const long long k = positions[line + next];
              STORE
            }
            *written = current;
          }
        }
      }
      """;

  private static final int FEW_FIBRES = 1 << 15;
  private static final int LONG_FIBRE = 256;

  private static final CudaKernel NORMALIZE_KERNEL =
      new KernelText("scatter_indices", NORMALIZE).kernel();

  private record Variant(Mode mode, DType type, boolean runs) {}

  private final Launcher launcher;
  private final LineSort sorts;
  private final KernelTable kernels = new KernelTable();

  CudaScatter(Launcher launcher) {
    this.launcher = launcher;
    sorts = new LineSort(launcher);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#indexAdd}. */
  void indexAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("index_add", Mode.ADD, true, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#indexCopy}. */
  void indexCopy(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("index_copy", Mode.COPY, true, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatter}. */
  void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("scatter", Mode.COPY, false, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatterAdd}. */
  void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    run("scatter_add", Mode.ADD, false, out, axis, index, source);
  }

  /** See {@link dev.gatun.kernels.index.IndexKernels#scatterCombine}. */
  void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    run("scatter_reduce", Mode.of(how), false, out, axis, index, source);
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
    var space = AxisSpace.of(operation, true);
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
    long indexStride = index.layout().stride(slices ? 0 : axis);
    long fault = Fault.index(operation).number(axis, size);
    if (space.count() <= FEW_FIBRES && length >= LONG_FIBRE && length < Integer.MAX_VALUE - 8) {
      var lines = AxisSpace.of(operation, true);
      if (!slices) {
        lines = LineSort.lines(operation, index, axis);
      }
      runs(mode, slices, out, axis, index, source, space, lines, indexStride, inner, fault);
      return;
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
            .int64(indexStride)
            .int64(source.layout().stride(axis))
            .int64(slices ? 0 : inner)
            .fault(launcher, fault);
    var kernel = kernel(mode, out.dtype(), false);
    launcher.launch(kernel, space.count(), arguments);
  }

  /** Sorts fibres by their indices first. */
  private void runs(
      Mode mode,
      boolean slices,
      StridedArray out,
      int axis,
      StridedArray index,
      StridedArray source,
      AxisSpace space,
      AxisSpace lines,
      long indexStride,
      long inner,
      long fault) {
    long length = source.layout().size(axis);
    if (!slices) {
      length = index.layout().size(axis);
    }
    long size = out.layout().size(axis);
    long indices = lines.count() * length;
    try (var row = launcher.scratch(DType.INT64, indices);
        var normal =
            new StridedArray(
                row.storage().retain(),
                DType.INT64,
                Layout.contiguous(Shape.of(lines.count(), length)))) {
      var normalized =
          KernelArguments.begin()
              .array(row)
              .array(index)
              .space(lines)
              .int64(indices)
              .int64(length)
              .int64(size)
              .int64(indexStride)
              .int64(slices ? 0 : inner)
              .fault(launcher, fault);
      launcher.launch(NORMALIZE_KERNEL, indices, normalized);
      try (var sorted = sorts.sort("scatter", normal, 1, false)) {
        long places = space.count() * length;
        var arguments =
            KernelArguments.begin()
                .array(out)
                .array(source)
                .array(sorted.keys())
                .array(sorted.positions())
                .space(space)
                .int64(places)
                .int64(space.count())
                .int64(length)
                .int64(size)
                .int64(out.layout().stride(axis))
                .int64(source.layout().stride(axis))
                .int32(slices ? 1 : 0);
        var kernel = kernel(mode, out.dtype(), true);
        launcher.launch(kernel, places, arguments);
      }
    }
  }

  private CudaKernel kernel(Mode mode, DType type, boolean runs) {
    var moved = mode == Mode.COPY ? bits(type) : type;
    int index = KernelTable.index(2 * mode.ordinal() + (runs ? 1 : 0), moved);
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(index, new Variant(mode, moved, runs), CudaScatter::make);
  }

  /** A type of the same size: what is only moved needs one kernel for each size. */
  static DType bits(DType type) {
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
        new KernelText(
                "scatter_" + mode + "_" + type + (variant.runs() ? "_runs" : ""),
                variant.runs() ? RUNS : TEXT)
            .set("ELEMENT", type);
    if (mode == Mode.COPY) {
      return text.set("STORE", "*place = in[at + k * in_along];").kernel();
    }
    return text.load("load_in", type, compute)
        .store("store_out", type, compute)
        .set("STORE", "*place = store_out(" + combined + ");")
        .kernel();
  }
}
