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
    int stride = columnTaps.stride;
    long rowBytes = (long) rowElements * elementBytes;
    long to = channelAt;
    for (int rowPhase = 0; rowPhase < rowTaps.phaseCount; rowPhase++) {
      int startRow = rowTaps.start(rowPhase) + firstRow * rowTaps.stride;
      for (int columnPhase = 0; columnPhase < columnTaps.phaseCount; columnPhase++) {
        int startColumn = columnTaps.start(columnPhase);
        int left = Math.clamp(Math.ceilDiv(-startColumn, stride), 0, rowElements);
        int right =
            Math.clamp(Math.ceilDiv(call.imageColumns - startColumn, stride), left, rowElements);
        long at = to;
        for (int row = 0; row < rows + rowTaps.extra; row++) {
          int imageRow = startRow + row * rowTaps.stride;
          if (imageRow < 0 || imageRow >= call.imageRows) {
            rowKernels.clear(rowElements, planes, at);
          } else {
            rowKernels.clear(left, planes, at);
            long element = (long) imageRow * call.imageColumns + startColumn + (long) left * stride;
            rowKernels.gather(
                right - left,
                call.image,
                channelFrom + element * elementBytes,
                stride,
                planes,
                at + (long) left * elementBytes);
            rowKernels.clear(rowElements - right, planes, at + (long) right * elementBytes);
          }
          at += rowBytes;
        }
        to += phaseBytes;
      }
    }
  }
}
