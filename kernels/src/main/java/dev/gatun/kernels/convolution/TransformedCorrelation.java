package dev.gatun.kernels.convolution;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.scratch.OffsetTable;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.scratch.ScratchPool;
import java.lang.foreign.MemorySegment;

/**
 * Multiplies numbers that factors and pieces of images have been transformed to, and transforms the
 * products back: the factors first, all of them, then strips of results with what they read of an
 * image.
 *
 * @param <S> what one thread computes a strip in
 */
abstract class TransformedCorrelation<S> {
  final TileKernels kernels;
  final Correlation call;
  final StripPlanes strip;
  final ScratchMemory factorMemory = new ScratchMemory();
  final OffsetTable tableMemory = new OffsetTable();
  final RangeTask transformingFactors = this::transformFactors;
  final RangeTask runningStrips = this::runStrips;

  /** The transformed factors: number by number, result by result. */
  MemorySegment factors = MemorySegment.NULL;

  /** The distance between the factors of results. */
  long factorRowBytes;

  /** The distance between the numbers of factors. */
  long factorNumberBytes;

  /** The distance between the numbers of pieces. */
  long pieceNumberBytes;

  /** Where the steps of a sum find their pieces. */
  long[] table = new long[0];

  /** The rows of a strip, and the number of strips in an image. */
  int stripRows;

  int strips;

  private final ScratchPool<S> scratchPool;

  TransformedCorrelation(TileKernels kernels, Correlation call, ScratchPool<S> scratchPool) {
    this.kernels = kernels;
    this.call = call;
    this.scratchPool = scratchPool;
    strip = new StripPlanes(kernels.rowKernels, kernels.elementBytes);
  }

  /** Transforms the factors of some results. */
  abstract void transformFactors(long from, long to);

  /** Computes the strip of a group of an image that begins with a row. */
  abstract void runStrip(S scratch, long item, int group, int firstRow);

  /** The number of strips in all images of a call. */
  final long parts() {
    return partsOf(strips);
  }

  /** The strips that the last thread has done when each image has so many. */
  final double rounds(int strips, int threads) {
    long parts = partsOf(strips);
    return parts >= 8L * threads ? (double) parts / threads : Math.ceilDiv(parts, threads);
  }

  private long partsOf(int strips) {
    return call.batch * call.groups * strips;
  }

  final void runStrips(long from, long to) {
    var scratch = scratchPool.take();
    for (long part = from; part < to; part++) {
      long rest = part / strips;
      int group = (int) (rest % call.groups);
      runStrip(scratch, rest / call.groups, group, (int) (part % strips) * stripRows);
    }
    scratchPool.giveBack(scratch);
  }
}
