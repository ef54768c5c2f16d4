package dev.gatun.kernels.convolution;

import org.jspecify.annotations.Nullable;

/** The operands of a correlation and the ways to compute it, reused from call to call. */
final class CorrelationTask {
  final Correlation call = new Correlation();

  private final DirectCorrelation direct;
  private final @Nullable WinogradCorrelation winograd;

  CorrelationTask(TileKernels kernels, CorrelationScratchPools scratch) {
    direct = new DirectCorrelation(kernels, call, scratch.direct);
    var transforms = kernels.transforms;
    winograd =
        transforms == null
            ? null
            : new WinogradCorrelation(kernels, transforms, call, scratch.winograd);
  }

  /** Computes, in the way that takes least time. */
  void runAll() {
    if (call.isEmpty()) {
      return;
    }
    call.rowTaps.finish();
    call.columnTaps.finish();
    if (winograd != null && winograd.suits()) {
      winograd.runAll();
    } else {
      direct.runAll();
    }
  }
}
