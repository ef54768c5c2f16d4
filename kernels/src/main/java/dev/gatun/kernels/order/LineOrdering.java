package dev.gatun.kernels.order;

import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;

/** Puts lines in order with plain Java. All providers share it. */
public final class LineOrdering implements OrderKernels {
  private static final LineOrdering INSTANCE = new LineOrdering();

  private static final LineWork ASCENDING = (lines, from, to) -> order(lines, from, to, false);
  private static final LineWork DESCENDING = (lines, from, to) -> order(lines, from, to, true);
  private static final LineWork RANK = search(LineOrdering::rank);
  private static final LineWork MEDIAN = search((lines, line) -> median(line, false));
  private static final LineWork MEDIAN_OF_NUMBERS = search((lines, line) -> median(line, true));
  private static final LineWork MODE = search((lines, line) -> mode(line));
  private static final LineWork LARGEST = (lines, from, to) -> running(lines, from, to, true);
  private static final LineWork SMALLEST = (lines, from, to) -> running(lines, from, to, false);
  private static final LineWork LEFT = (lines, from, to) -> place(lines, from, to, false);
  private static final LineWork RIGHT = (lines, from, to) -> place(lines, from, to, true);

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
    long position(Lines lines, Line line);
  }

  private static LineWork search(Search search) {
    return (lines, from, to) -> {
      Line line = Line.take(lines.type(), (int) lines.length());
      for (long i = from; i < to; i++) {
        line.read(lines.first(), lines.firstStart(i), lines.firstStride(), false);
        DType.INT64.setLong(lines.out(), lines.outStart(i), search.position(lines, line));
      }
      line.giveBack();
    };
  }

  private static void order(Lines lines, long from, long to, boolean descending) {
    Line line = Line.take(lines.type(), (int) lines.length());
    int count = (int) lines.outLength();
    long stride = lines.outStride();
    for (long i = from; i < to; i++) {
      line.read(lines.first(), lines.firstStart(i), lines.firstStride(), descending);
      line.sortFirst(count);
      long start = lines.outStart(i);
      for (int place = 0; place < count; place++) {
        DType.INT64.setLong(lines.out(), start + place * stride, line.position(place));
      }
    }
    line.giveBack();
  }

  private static long rank(Lines lines, Line line) {
    int rank = (int) lines.rank();
    line.rank(rank);
    return line.position(rank);
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

  private static void running(Lines lines, long from, long to, boolean largest) {
    LineKernel kernel = LineKernel.of(lines.type());
    for (long i = from; i < to; i++) {
      kernel.running(
          lines.first(),
          lines.firstStart(i),
          lines.firstStride(),
          (int) lines.length(),
          lines.out(),
          lines.outStart(i),
          lines.outStride(),
          largest);
    }
  }

  private static void place(Lines lines, long from, long to, boolean right) {
    LineKernel kernel = LineKernel.of(lines.type());
    long length = lines.outLength();
    for (long output = from; output < to; ) {
      long line = output / length;
      long within = output - line * length;
      long count = Math.min(length - within, to - output);
      kernel.search(
          lines.first(),
          lines.firstStart(line),
          lines.firstStride(),
          (int) lines.length(),
          lines.second(),
          lines.secondStart(line) + within * lines.secondStride(),
          lines.secondStride(),
          (int) count,
          lines.out(),
          lines.outStart(line) + within * lines.outStride(),
          lines.outStride(),
          right);
      output += count;
    }
  }

  @Override
  public void argSort(StridedArray out, StridedArray in, int axis, boolean descending) {
    try (Lines lines = Lines.of("argsort", out, in, in, axis)) {
      lines.forEach(descending ? DESCENDING : ASCENDING);
    }
  }

  @Override
  public void argTop(StridedArray out, StridedArray in, int axis, boolean largest) {
    try (Lines lines = Lines.of("topk", out, in, in, axis)) {
      lines.forEach(largest ? DESCENDING : ASCENDING);
    }
  }

  @Override
  public void argRank(StridedArray out, StridedArray in, int axis, long rank) {
    try (Lines lines = Lines.of("kthvalue", out, in, in, axis)) {
      lines.forEach(RANK, rank);
    }
  }

  @Override
  public void argMedian(StridedArray out, StridedArray in, int axis, boolean ignoreNan) {
    try (Lines lines = Lines.of("median", out, in, in, axis)) {
      lines.forEach(ignoreNan ? MEDIAN_OF_NUMBERS : MEDIAN);
    }
  }

  @Override
  public void argMode(StridedArray out, StridedArray in, int axis) {
    try (Lines lines = Lines.of("mode", out, in, in, axis)) {
      lines.forEach(MODE);
    }
  }

  @Override
  public void argRunning(StridedArray out, StridedArray in, int axis, boolean largest) {
    try (Lines lines = Lines.of(largest ? "cummax" : "cummin", out, in, in, axis)) {
      lines.forEach(largest ? LARGEST : SMALLEST);
    }
  }

  @Override
  public void searchSorted(
      StridedArray out, StridedArray sorted, StridedArray values, boolean right) {
    int axis = sorted.layout().rank() - 1;
    try (Lines lines = Lines.of("searchsorted", out, sorted, values, axis)) {
      lines.forEachOutput(right ? RIGHT : LEFT);
    }
  }
}
