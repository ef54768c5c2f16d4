package dev.gatun.kernels.convolution;

import dev.gatun.kernels.scratch.ScratchPool;

/** What threads compute correlations in, shared by all calls. */
final class CorrelationScratchPools {
  final ScratchPool<CorrelationScratch> direct = new ScratchPool<>(CorrelationScratch::new);
  final ScratchPool<WinogradScratch> winograd = new ScratchPool<>(WinogradScratch::new);
  final ScratchPool<RowWinogradScratch> rows = new ScratchPool<>(RowWinogradScratch::new);
}
