package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread sums a part of a gradient of weights in. */
final class WeightGradientScratch {
  /** A strip of the image, channels innermost. */
  final ScratchMemory strip = new ScratchMemory();

  /** The sums of one tile, before they are added to others. */
  final ScratchMemory block = new ScratchMemory();
}
