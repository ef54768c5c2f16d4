package dev.gatun.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Indexing as Python describes it, one element at a time. */
final class NaiveIndexing {
  /** A row of the result: an axis of the tensor, or none, and what is taken of it. */
  private record Row(int axis, long[] indices, boolean advanced, long[] shape) {}

  private static final long[] NONE = {};

  private final long[] sizes;
  private final long[] fixed;
  private final List<Row> rows = new ArrayList<>();

  /** The shape of the result. */
  final long[] shape;

  /** For each element of the result, in row-major order, its position in the tensor. */
  final int[] positions;

  NaiveIndexing(long[] sizes, List<Index> items) {
    this.sizes = sizes;
    fixed = new long[sizes.length];
    read(items);
    long[] common = common();
    List<Integer> advanced = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).advanced) {
        advanced.add(i);
      }
    }
    int first = advanced.isEmpty() ? -1 : advanced.getFirst();
    boolean apart = first >= 0 && advanced.getLast() - first >= advanced.size();
    List<Long> result = new ArrayList<>();
    int[] place = new int[rows.size()];
    int commonPlace = -1;
    if (apart) {
      commonPlace = 0;
      Arrays.stream(common).forEach(result::add);
    }
    for (int i = 0; i < rows.size(); i++) {
      if (!rows.get(i).advanced) {
        place[i] = result.size();
        result.add((long) rows.get(i).indices.length);
      } else if (commonPlace < 0) {
        commonPlace = result.size();
        Arrays.stream(common).forEach(result::add);
      }
    }
    shape = result.stream().mapToLong(Long::longValue).toArray();
    int numel = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    positions = new int[numel];
    for (int n = 0; n < numel; n++) {
      positions[n] = position(unravel(n, shape), place, commonPlace, common);
    }
  }

  private void read(List<Index> items) {
    int named = 0;
    for (Index item : items) {
      named +=
          switch (item) {
            case Index.Mask mask -> mask.values().rank();
            case Index.Mark _ -> 0;
            default -> 1;
          };
    }
    int axis = 0;
    List<Index> all = new ArrayList<>(items);
    if (!all.contains(Index.ellipsis())) {
      all.add(Index.ellipsis());
    }
    for (Index item : all) {
      switch (item) {
        case Index.At at -> {
          fixed[axis] = Math.floorMod(at.index(), sizes[axis]);
          axis++;
        }
        case Index.Span span -> {
          rows.add(new Row(axis, taken(span, sizes[axis]), false, NONE));
          axis++;
        }
        case Index.Mark mark -> {
          if (mark == Index.Mark.NEW_AXIS) {
            rows.add(new Row(-1, new long[] {0}, false, NONE));
          } else {
            for (int left = sizes.length - named; left > 0; left--) {
              rows.add(
                  new Row(
                      axis, taken(new Index.Span(0, Long.MAX_VALUE, 1), sizes[axis]), false, NONE));
              axis++;
            }
          }
        }
        case Index.Positions given -> {
          long size = sizes[axis];
          long[] found =
              Arrays.stream(given.values().toLongArray())
                  .map(index -> Math.floorMod(index, size))
                  .toArray();
          rows.add(new Row(axis, found, true, given.values().shape().toArray()));
          axis++;
        }
        case Index.Mask mask -> {
          long[] shapeOfMask = mask.values().shape().toArray();
          long[] truth = mask.values().toLongArray();
          for (int i = 0; i < shapeOfMask.length; i++) {
            List<Long> found = new ArrayList<>();
            for (int n = 0; n < truth.length; n++) {
              if (truth[n] != 0) {
                found.add(unravel(n, shapeOfMask)[i]);
              }
            }
            long[] indices = found.stream().mapToLong(Long::longValue).toArray();
            rows.add(new Row(axis, indices, true, new long[] {indices.length}));
            axis++;
          }
        }
      }
    }
  }

  private static long[] taken(Index.Span span, long size) {
    List<Long> found = new ArrayList<>();
    long start = span.start() < 0 ? Math.max(span.start() + size, 0) : span.start();
    long end = span.end() < 0 ? span.end() + size : Math.min(span.end(), size);
    for (long i = start; i < end; i += span.step()) {
      found.add(i);
    }
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  private long[] common() {
    int rank = 0;
    for (Row row : rows) {
      rank = row.advanced ? Math.max(rank, row.shape.length) : rank;
    }
    long[] common = new long[rank];
    Arrays.fill(common, 1);
    for (Row row : rows) {
      for (int i = 0; row.advanced && i < row.shape.length; i++) {
        int at = rank - row.shape.length + i;
        common[at] = row.shape[i] == 1 ? common[at] : row.shape[i];
      }
    }
    return common;
  }

  private int position(long[] index, int[] place, int commonPlace, long[] common) {
    long[] source = fixed.clone();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (row.axis < 0) {
        continue;
      }
      if (!row.advanced) {
        source[row.axis] = row.indices[(int) index[place[i]]];
        continue;
      }
      int n = 0;
      for (int j = 0; j < row.shape.length; j++) {
        long at = index[commonPlace + common.length - row.shape.length + j];
        n = (int) (n * row.shape[j] + (row.shape[j] == 1 ? 0 : at));
      }
      source[row.axis] = row.indices[n];
    }
    int position = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      position = (int) (position * sizes[axis] + source[axis]);
    }
    return position;
  }

  private static long[] unravel(int n, long[] shape) {
    long[] index = new long[shape.length];
    long rest = n;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest /= shape[i];
    }
    return index;
  }
}
