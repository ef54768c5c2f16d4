package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;

/**
 * How the part of an image that a strip of results reads lies in scratch memory: channel by
 * channel, with padding, its rows and columns separated by phases.
 */
final class StripPlanes {
  private static final int LINE_BYTES = 64;

  private final RowKernels rowKernels;
  private final int elementBytes;

  /** The number of elements in a row: the results and what else their taps read. */
  int rowElements;

  /** The distance between phases, in bytes. */
  long phaseBytes;

  /** The distance between channels, in bytes. */
  long channelBytes;

  /** For each phase of columns, the first element within the image, and the first behind it. */
  private int[] left = new int[2];

  private int[] right = new int[2];

  /** Whether there are two phases that have a whole row of the image between them. */
  private boolean splits;

  /** Which of the two has the elements at even positions. */
  private int evenPhase;

  StripPlanes(RowKernels rowKernels, int elementBytes) {
    this.rowKernels = rowKernels;
    this.elementBytes = elementBytes;
  }

  /** Lays out strips of some rows of results with some columns, of an image with others. */
  void arrange(TapAxis rowTaps, TapAxis columnTaps, int stripRows, int columns, int imageColumns) {
    rowElements = columns + columnTaps.extra;
    arrangeColumns(columnTaps, imageColumns);
    phaseBytes = (long) (stripRows + rowTaps.extra) * rowElements * elementBytes;
    long bytes = phaseBytes * rowTaps.phaseCount * columnTaps.phaseCount;
    channelBytes = oddLines(bytes);
  }

  /** Rounds up to an odd number of cache lines, so that planes do not fall on the same sets. */
  static long oddLines(long bytes) {
    return (Math.ceilDiv(bytes, LINE_BYTES) | 1) * LINE_BYTES;
  }

  /** Finds for each phase of columns which elements of a row lie within the image. */
  private void arrangeColumns(TapAxis columnTaps, int imageColumns) {
    int stride = columnTaps.stride;
    if (left.length < columnTaps.phaseCount) {
      left = new int[columnTaps.phaseCount];
      right = new int[columnTaps.phaseCount];
    }
    splits = stride == 2 && columnTaps.phaseCount == 2;
    evenPhase = 0;
    for (int phase = 0; phase < columnTaps.phaseCount; phase++) {
      int start = columnTaps.start(phase);
      left[phase] = Math.clamp(Math.ceilDiv(-start, stride), 0, rowElements);
      right[phase] =
          Math.clamp(Math.ceilDiv(imageColumns - start, stride), left[phase], rowElements);
      int column = start + left[phase] * stride;
      splits =
          splits && column < 2 && right[phase] - left[phase] == (imageColumns - column + 1) / 2;
      evenPhase = column == 0 ? phase : evenPhase;
    }
  }

  /** Returns the position of what a pair of taps reads for result 0 within a channel, in bytes. */
  long position(TapAxis rowTaps, int rowTap, TapAxis columnTaps, int columnTap) {
    long phase = (long) rowTaps.phase(rowTap) * columnTaps.phaseCount + columnTaps.phase(columnTap);
    long element = (long) rowTaps.shift(rowTap) * rowElements + columnTaps.shift(columnTap);
    return phase * phaseBytes + element * elementBytes;
  }

  /** Copies what a strip reads of one channel. */
  void copy(
      Correlation call,
      TapAxis rowTaps,
      TapAxis columnTaps,
      long channelFrom,
      int firstRow,
      int rows,
      MemorySegment planes,
      long channelAt) {
    long rowBytes = (long) rowElements * elementBytes;
    int columnPhases = columnTaps.phaseCount;
    for (int rowPhase = 0; rowPhase < rowTaps.phaseCount; rowPhase++) {
      int startRow = rowTaps.start(rowPhase) + firstRow * rowTaps.stride;
      long at = channelAt + rowPhase * columnPhases * phaseBytes;
      for (int row = 0; row < rows + rowTaps.extra; row++) {
        int imageRow = startRow + row * rowTaps.stride;
        if (imageRow < 0 || imageRow >= call.imageRows) {
          for (int phase = 0; phase < columnPhases; phase++) {
            rowKernels.clear(rowElements, planes, at + phase * phaseBytes);
          }
        } else {
          long from = channelFrom + (long) imageRow * call.imageColumns * elementBytes;
          copyRow(call, columnTaps, from, planes, at);
        }
        at += rowBytes;
      }
    }
  }

  /** Copies a row of an image, phase by phase, or both phases of a stride of 2 at once. */
  private void copyRow(
      Correlation call, TapAxis columnTaps, long from, MemorySegment planes, long at) {
    for (int phase = 0; phase < columnTaps.phaseCount; phase++) {
      long to = at + phase * phaseBytes;
      clear(planes, to, left[phase]);
      clear(planes, to + (long) right[phase] * elementBytes, rowElements - right[phase]);
    }
    if (splits) {
      long even = at + evenPhase * phaseBytes + (long) left[evenPhase] * elementBytes;
      int oddPhase = 1 - evenPhase;
      long odd = at + oddPhase * phaseBytes + (long) left[oddPhase] * elementBytes;
      rowKernels.split(call.imageColumns, call.image, from, planes, even, odd);
      return;
    }
    int stride = columnTaps.stride;
    for (int phase = 0; phase < columnTaps.phaseCount; phase++) {
      long element = columnTaps.start(phase) + (long) left[phase] * stride;
      rowKernels.gather(
          right[phase] - left[phase],
          call.image,
          from + element * elementBytes,
          stride,
          planes,
          at + phase * phaseBytes + (long) left[phase] * elementBytes);
    }
  }

  private void clear(MemorySegment planes, long at, int count) {
    if (count > 0) {
      rowKernels.clear(count, planes, at);
    }
  }
}
