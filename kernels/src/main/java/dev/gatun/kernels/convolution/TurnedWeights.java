package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;

/**
 * Weights with their two channel axes exchanged, as the gradient of an image needs them: for each
 * group and image channel a row of one factor for every result channel and tap. Of the taps there
 * are only those that reach the positions with given remainders modulo the strides.
 */
final class TurnedWeights {
  private final ScratchMemory memory = new ScratchMemory();
  private int[] rowTaps = new int[4];
  private int[] columnTaps = new int[4];
  private int rowCount;
  private int columnCount;

  /** Finds the taps along the rows for positions with a remainder, and adds them to an axis. */
  void chooseRows(ConvolutionGeometry geometry, int rest, int kernelRows, TapAxis axis) {
    if (rowTaps.length < kernelRows) {
      rowTaps = new int[kernelRows];
    }
    rowCount =
        choose(
            rowTaps,
            kernelRows,
            rest + geometry.paddingHeight(),
            geometry.dilationHeight(),
            geometry.strideHeight(),
            axis);
  }

  /** Finds the taps along the columns for positions with a remainder, and adds them to an axis. */
  void chooseColumns(ConvolutionGeometry geometry, int rest, int kernelColumns, TapAxis axis) {
    if (columnTaps.length < kernelColumns) {
      columnTaps = new int[kernelColumns];
    }
    columnCount =
        choose(
            columnTaps,
            kernelColumns,
            rest + geometry.paddingWidth(),
            geometry.dilationWidth(),
            geometry.strideWidth(),
            axis);
  }

  private static int choose(
      int[] chosen, int count, long position, long dilation, long stride, TapAxis axis) {
    int found = 0;
    axis.begin(1);
    for (int tap = 0; tap < count; tap++) {
      long reached = position - tap * dilation;
      if (reached % stride == 0) {
        axis.add(Math.toIntExact(reached / stride));
        chosen[found++] = tap;
      }
    }
    return found;
  }

  /** Writes the factors of contiguous weights. */
  MemorySegment write(StridedArray weight, int groups, int elementBytes) {
    var layout = weight.layout();
    int results = Math.toIntExact(layout.size(0)) / groups;
    int channels = Math.toIntExact(layout.size(1));
    long kernelColumns = layout.size(3);
    long kernelBytes = layout.size(2) * kernelColumns * elementBytes;
    long taps = (long) rowCount * columnCount;
    long elements = (long) groups * results * channels * taps;
    var factors = memory.reserve(elements * elementBytes);
    long to = 0;
    for (int group = 0; group < groups && elements > 0; group++) {
      for (int channel = 0; channel < channels; channel++) {
        long from =
            weight.byteOffset() + ((long) group * results * channels + channel) * kernelBytes;
        for (int i = 0; i < rowCount; i++) {
          for (int j = 0; j < columnCount; j++) {
            long tap = rowTaps[i] * kernelColumns + columnTaps[j];
            RowMoves.copy(
                weight.segment(),
                from + tap * elementBytes,
                channels * kernelBytes,
                factors,
                to + ((long) i * columnCount + j) * elementBytes,
                taps * elementBytes,
                results,
                elementBytes);
          }
        }
        to += results * taps * elementBytes;
      }
    }
    return factors;
  }
}
