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

  StripPlanes(RowKernels rowKernels, int elementBytes) {
    this.rowKernels = rowKernels;
    this.elementBytes = elementBytes;
  }

  /** Lays out strips of some rows of results. */
  void arrange(TapAxis rowTaps, TapAxis columnTaps, int stripRows, int columns) {
    rowElements = columns + columnTaps.extra;
    phaseBytes = (long) (stripRows + rowTaps.extra) * rowElements * elementBytes;
    long bytes = phaseBytes * rowTaps.phaseCount * columnTaps.phaseCount;
    // An odd number of cache lines: channels do not fall on the same sets.
    channelBytes = (Math.ceilDiv(bytes, LINE_BYTES) | 1) * LINE_BYTES;
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
    int stride = columnTaps.stride;
    int columns = call.imageColumns;
    boolean splits = stride == 2 && columnTaps.phaseCount == 2;
    int evenPhase = 0;
    for (int phase = 0; phase < columnTaps.phaseCount; phase++) {
      int start = columnTaps.start(phase);
      // The first element within the image, and the first one behind it.
      int left = Math.clamp(Math.ceilDiv(-start, stride), 0, rowElements);
      int right = Math.clamp(Math.ceilDiv(columns - start, stride), left, rowElements);
      long to = at + phase * phaseBytes;
      clear(planes, to, left);
      clear(planes, to + (long) right * elementBytes, rowElements - right);
      int column = start + left * stride;
      splits = splits && column < 2 && right - left == (columns - column + 1) / 2;
      evenPhase = column == 0 ? phase : evenPhase;
    }
    if (splits) {
      long even = firstInside(columnTaps, evenPhase, at);
      long odd = firstInside(columnTaps, 1 - evenPhase, at);
      rowKernels.split(columns, call.image, from, planes, even, odd);
      return;
    }
    for (int phase = 0; phase < columnTaps.phaseCount; phase++) {
      int start = columnTaps.start(phase);
      int left = Math.clamp(Math.ceilDiv(-start, stride), 0, rowElements);
      int right = Math.clamp(Math.ceilDiv(columns - start, stride), left, rowElements);
      long element = start + (long) left * stride;
      rowKernels.gather(
          right - left,
          call.image,
          from + element * elementBytes,
          stride,
          planes,
          at + phase * phaseBytes + (long) left * elementBytes);
    }
  }

  private long firstInside(TapAxis columnTaps, int phase, long at) {
    int left = Math.max(0, Math.ceilDiv(-columnTaps.start(phase), columnTaps.stride));
    return at + phase * phaseBytes + (long) left * elementBytes;
  }

  private void clear(MemorySegment planes, long at, int count) {
    if (count > 0) {
      rowKernels.clear(count, planes, at);
    }
  }
}
