package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread computes a strip in. */
final class CorrelationScratch {
  /** The strip of the image, with padding, by phases. */
  final ScratchMemory planes = new ScratchMemory();

  /** The results of the strip, with the gaps between their rows. */
  final ScratchMemory sums = new ScratchMemory();

  /** The sums of one tile, before they are added to others. */
  final ScratchMemory block = new ScratchMemory();
}
