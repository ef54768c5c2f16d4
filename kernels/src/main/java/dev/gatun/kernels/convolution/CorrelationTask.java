package dev.gatun.kernels.convolution;

import org.jspecify.annotations.Nullable;

/** The operands of a correlation and the ways to compute it, reused from call to call. */
final class CorrelationTask {
  final Correlation call = new Correlation();

  private final DirectCorrelation direct;
  private final @Nullable WinogradCorrelation winograd;
  private @Nullable WinogradCorrelation chosen;

  CorrelationTask(TileKernels kernels, CorrelationScratchPools scratch) {
    direct = new DirectCorrelation(kernels, call, scratch.direct);
    var transforms = kernels.transforms;
    winograd =
        transforms == null
            ? null
            : new WinogradCorrelation(kernels, transforms, call, scratch.winograd);
  }

  /** Sorts the taps and chooses how to compute; everything but the factors has been set. */
  void prepare() {
    call.rowTaps.finish();
    call.columnTaps.finish();
    chosen = winograd != null && winograd.suits() ? winograd : null;
  }

  /** Tells whether there may be gaps between the factors of channels. */
  boolean takesGaps() {
    return chosen != null;
  }

  /** Computes. */
  void runAll() {
    if (call.isEmpty()) {
      return;
    }
    if (chosen != null) {
      chosen.runAll();
    } else {
      direct.runAll();
    }
  }
}
