package dev.gatun.kernels.pooling;

import dev.gatun.kernels.scratch.ScratchMemory;

/** What one thread combines rows in. */
final class WindowScratch {
  /** One row of an image with its padding, combined of several. */
  final ScratchMemory row = new ScratchMemory();
}
