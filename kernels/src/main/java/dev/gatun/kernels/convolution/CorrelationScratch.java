package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread computes a strip in. */
final class CorrelationScratch {
  /** The strip of the image, with padding, by phases. */
  final ScratchMemory planes = new ScratchMemory();

  /** The sums of one tile that are not at their place yet. */
  final ScratchMemory sums = new ScratchMemory();

  /** The sums of one tile, before they are added to others. */
  final ScratchMemory block = new ScratchMemory();

  /** The factors of each piece of the depth, and what a panel reads of it. */
  final PieceOperands operands = new PieceOperands();

  /** Which results are computed. */
  final StripPart part = new StripPart();
}
