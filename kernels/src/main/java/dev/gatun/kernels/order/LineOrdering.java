package dev.gatun.kernels.order;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** Puts lines in order with plain Java. All providers share it. */
public final class LineOrdering implements OrderKernels {
  private static final LineOrdering INSTANCE = new LineOrdering();

  private LineOrdering() {}

  /**
   * Returns the kernels.
   *
   * @return the only instance, which loads no class of {@code jdk.incubator.vector}
   */
  public static OrderKernels instance() {
    return INSTANCE;
  }

  /** Finds one position in a line. */
  @FunctionalInterface
  private interface Search {
    long position(Line line);
  }

  private static void order(
      String kernel, StridedArray out, StridedArray in, int axis, boolean descending, boolean all) {
    MemorySegment source = in.segment();
    MemorySegment target = out.segment();
    new Lines(kernel, out, in, in, axis)
        .forEach((lines, from, to) -> {
          Line line = new Line(in.dtype(), (int) lines.length());
          int count = (int) lines.outLength();
          long stride = lines.outStride();
          for (long i = from; i < to; i++) {
            line.read(source, lines.firstStart(i), lines.firstStride(), descending);
            if (all) {
              line.sort();
            } else {
              line.sortFirst(count);
            }
            long start = lines.outStart(i);
            for (int place = 0; place < count; place++) {
              DType.INT64.setLong(target, start + place * stride, line.position(place));
            }
          }
        });
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  private static void search(
      String kernel, StridedArray out, StridedArray in, int axis, Search search) {
    MemorySegment source = in.segment();
    MemorySegment target = out.segment();
    new Lines(kernel, out, in, in, axis)
        .forEach((lines, from, to) -> {
          Line line = new Line(in.dtype(), (int) lines.length());
          for (long i = from; i < to; i++) {
            line.read(source, lines.firstStart(i), lines.firstStride(), false);
            DType.INT64.setLong(target, lines.outStart(i), search.position(line));
          }
        });
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  @Override
  public void argSort(StridedArray out, StridedArray in, int axis, boolean descending) {
    order("argSort", out, in, axis, descending, true);
  }

  @Override
  public void argTop(StridedArray out, StridedArray in, int axis, boolean largest) {
    order("argTop", out, in, axis, largest, false);
  }

  @Override
  public void argRank(StridedArray out, StridedArray in, int axis, long rank) {
    search(
        "argRank",
        out,
        in,
        axis,
        line -> {
          line.rank((int) rank);
          return line.position((int) rank);
        });
  }

  @Override
  public void argMedian(StridedArray out, StridedArray in, int axis, boolean ignoreNan) {
    search("argMedian", out, in, axis, line -> median(line, ignoreNan));
  }

  private static long median(Line line, boolean ignoreNan) {
    int numbers = 0;
    for (int i = 0; i < line.length(); i++) {
      if (!line.isNan(i)) {
        numbers++;
      } else if (!ignoreNan) {
        return i;
      }
    }
    int rank = Math.max(numbers - 1, 0) / 2;
    line.rank(rank);
    return line.position(rank);
  }

  @Override
  public void argMode(StridedArray out, StridedArray in, int axis) {
    search("argMode", out, in, axis, LineOrdering::mode);
  }

  private static long mode(Line line) {
    line.sort();
    int most = 0;
    int found = 0;
    int equal = 0;
    for (int i = 0; i < line.length(); i++) {
      equal++;
      if (i + 1 == line.length() || !line.areEqual(i, i + 1)) {
        if (equal > most) {
          most = equal;
          found = i;
        }
        equal = 0;
      }
    }
    return line.position(found);
  }

  @Override
  public void argRunning(StridedArray out, StridedArray in, int axis, boolean largest) {
    LineKernel kernel = LineKernel.of(in.dtype());
    MemorySegment source = in.segment();
    MemorySegment target = out.segment();
    new Lines("argRunning", out, in, in, axis)
        .forEach((lines, from, to) -> {
          for (long i = from; i < to; i++) {
            kernel.running(
                source,
                lines.firstStart(i),
                lines.firstStride(),
                (int) lines.length(),
                target,
                lines.outStart(i),
                lines.outStride(),
                largest);
          }
        });
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  @Override
  public void searchSorted(
      StridedArray out, StridedArray sorted, StridedArray values, boolean right) {
    LineKernel kernel = LineKernel.of(sorted.dtype());
    MemorySegment source = sorted.segment();
    MemorySegment wanted = values.segment();
    MemorySegment target = out.segment();
    new Lines("searchSorted", out, sorted, values, sorted.layout().rank() - 1)
        .forEachSection((lines, i, from, to) ->
            kernel.search(
                source,
                lines.firstStart(i),
                lines.firstStride(),
                (int) lines.length(),
                wanted,
                lines.secondStart(i) + from * lines.secondStride(),
                lines.secondStride(),
                (int) (to - from),
                target,
                lines.outStart(i) + from * lines.outStride(),
                lines.outStride(),
                right));
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(sorted);
    Reference.reachabilityFence(values);
  }
}
