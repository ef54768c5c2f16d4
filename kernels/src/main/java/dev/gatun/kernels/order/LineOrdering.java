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
    DType type = in.dtype();
    MemorySegment source = in.segment();
    MemorySegment target = out.segment();
    new Lines("argRunning", out, in, in, axis)
        .forEach((lines, from, to) -> {
          int length = (int) lines.length();
          long stride = lines.firstStride();
          for (long i = from; i < to; i++) {
            long start = lines.firstStart(i);
            long outStart = lines.outStart(i);
            long best = 0;
            for (int at = 1; at <= length; at++) {
              DType.INT64.setLong(target, outStart + (at - 1) * lines.outStride(), best);
              if (at < length
                  && replaces(type, source, start + best * stride, start + at * stride, largest)) {
                best = at;
              }
            }
          }
        });
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  private static boolean replaces(
      DType type, MemorySegment in, long best, long candidate, boolean largest) {
    if (type.isFloatingPoint()) {
      double x = type.getDouble(in, candidate);
      double y = type.getDouble(in, best);
      return Double.isNaN(x) || !Double.isNaN(y) && (largest ? x >= y : x <= y);
    }
    long x = type.getLong(in, candidate);
    long y = type.getLong(in, best);
    return largest ? x >= y : x <= y;
  }

  @Override
  public void searchSorted(
      StridedArray out, StridedArray sorted, StridedArray values, boolean right) {
    DType type = sorted.dtype();
    MemorySegment source = sorted.segment();
    MemorySegment wanted = values.segment();
    MemorySegment target = out.segment();
    new Lines("searchSorted", out, sorted, values, sorted.layout().rank() - 1)
        .forEach((lines, from, to) -> {
          long count = lines.outLength();
          for (long i = from; i < to; i++) {
            long start = lines.firstStart(i);
            for (long k = 0; k < count; k++) {
              long value = lines.secondStart(i) + k * lines.secondStride();
              long low = 0;
              long high = lines.length();
              while (low < high) {
                long middle = low + high >>> 1;
                long at = start + middle * lines.firstStride();
                if (comesBefore(type, source, at, wanted, value, right)) {
                  low = middle + 1;
                } else {
                  high = middle;
                }
              }
              DType.INT64.setLong(target, lines.outStart(i) + k * lines.outStride(), low);
            }
          }
        });
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(sorted);
    Reference.reachabilityFence(values);
  }

  /** Every element comes before NaN. */
  private static boolean comesBefore(
      DType type, MemorySegment sorted, long at, MemorySegment values, long value, boolean right) {
    if (type.isFloatingPoint()) {
      double x = type.getDouble(sorted, at);
      double y = type.getDouble(values, value);
      return right ? !(x > y) : !(x >= y);
    }
    long x = type.getLong(sorted, at);
    long y = type.getLong(values, value);
    return right ? x <= y : x < y;
  }
}
