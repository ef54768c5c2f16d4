package dev.gatun.kernels.convolution;

import dev.gatun.kernels.packed.PackedOperands;
import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread sums a part of a gradient of weights in. */
final class WeightGradientScratch {
  /** The gradients of some results, and some columns of the strip. */
  final PackedOperands operands = new PackedOperands();

  /** A strip of the image, channels innermost. */
  final ScratchMemory strip = new ScratchMemory();

  /** The sums of one tile, before they are added to others. */
  final ScratchMemory block = new ScratchMemory();
}
