package dev.gatun.kernels.convolution;

import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;

/**
 * The operands of a product of a matrix with shifted copies of images: each result is a sum over
 * the channels of an image and over taps, of the image at {@code result * stride + tap} times a
 * factor, plus a bias. Forward passes are of this kind, and so are gradients of images, once for
 * each remainder of a position modulo the convolution's stride.
 *
 * <p>Distances are in bytes.
 */
final class Correlation {
  // The images; their rows have no gaps.
  MemorySegment image = MemorySegment.NULL;
  long imageOffset;
  long imageBytes;
  long imageChannelBytes;
  int imageRows;
  int imageColumns;

  // The factors: for each group and result a row of one factor for every channel and pair of taps,
  // those of a channel next to each other.
  MemorySegment factors = MemorySegment.NULL;
  long factorsOffset;
  long factorGroupBytes;
  long factorRowBytes;
  long factorChannelBytes;

  /** What {@link WinogradCorrelation} makes of the factors, where that has been done. */
  MemorySegment prepared = MemorySegment.NULL;

  long preparedOffset;
  boolean isPrepared;

  // The results.
  MemorySegment result = MemorySegment.NULL;
  long resultOffset;
  long resultImageBytes;
  long resultChannelBytes;
  long resultRowBytes;
  long resultColumnBytes;

  MemorySegment bias = MemorySegment.NULL;
  long biasOffset;
  long biasBytes;
  boolean hasBias;

  long batch;
  int groups;
  int groupChannels;
  int groupResults;
  int resultRows;
  int resultColumns;
  final TapAxis rowTaps = new TapAxis();
  final TapAxis columnTaps = new TapAxis();

  /** Forgets the operands' memory. */
  void clear() {
    image = MemorySegment.NULL;
    factors = MemorySegment.NULL;
    prepared = MemorySegment.NULL;
    result = MemorySegment.NULL;
    bias = MemorySegment.NULL;
    isPrepared = false;
  }

  boolean isEmpty() {
    return batch == 0 || groupResults == 0 || resultRows <= 0 || resultColumns <= 0;
  }

  /** Returns the number of products in a sum. */
  int depth() {
    return groupChannels * rowTaps.count * columnTaps.count;
  }

  /** Returns the number of products in all sums. */
  double work() {
    return (double) batch * groups * groupResults * resultRows * resultColumns * (depth() + 4);
  }

  /** Returns the position of a channel of an image. */
  long imageAt(long item, long channel) {
    return imageOffset + item * imageBytes + channel * imageChannelBytes;
  }

  /** Notes that there are no gaps between factors. */
  void setFactors(MemorySegment segment, long offset, int elementBytes) {
    factors = segment;
    factorsOffset = offset;
    factorChannelBytes = (long) rowTaps.count * columnTaps.count * elementBytes;
    factorRowBytes = groupChannels * factorChannelBytes;
    factorGroupBytes = groupResults * factorRowBytes;
  }

  /** Returns the position of the factors of a result of a group. */
  long factorsAt(int group, int result) {
    return factorsOffset + group * factorGroupBytes + result * factorRowBytes;
  }

  /** Returns the position of a row of results. */
  long resultAt(long item, long channel, long row) {
    return resultOffset
        + item * resultImageBytes
        + channel * resultChannelBytes
        + row * resultRowBytes;
  }

  /** Returns what is added to a channel of the results. */
  double bias(DType dtype, long channel) {
    return hasBias ? dtype.getDouble(bias, biasOffset + channel * biasBytes) : 0;
  }
}
