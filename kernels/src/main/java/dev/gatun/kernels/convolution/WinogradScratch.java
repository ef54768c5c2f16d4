package dev.gatun.kernels.convolution;

import dev.gatun.kernels.packed.PackedOperands;
import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread computes a strip of pieces in. */
final class WinogradScratch {
  /** One channel of the strip of the image, with padding, by phases. */
  final ScratchMemory planes = new ScratchMemory();

  /** The transformed pieces: number by number, channel by channel. */
  final ScratchMemory pieces = new ScratchMemory();

  /** The products: number by number, result by result. */
  final ScratchMemory products = new ScratchMemory();

  /** The rows of one result, with the gaps between them. */
  final ScratchMemory rows = new ScratchMemory();

  /** One number of the factors and of a panel of pieces. */
  final PackedOperands operands = new PackedOperands();

  /** The sums of one tile, before they are added to others. */
  final ScratchMemory block = new ScratchMemory();
}
