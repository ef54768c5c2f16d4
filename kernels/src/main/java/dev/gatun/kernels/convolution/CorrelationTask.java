package dev.gatun.kernels.convolution;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The operands of a correlation and the ways to compute it, reused from call to call. */
final class CorrelationTask {
  final Correlation call = new Correlation();

  private final DirectCorrelation direct;
  private final @Nullable WinogradCorrelation winograd;
  private final @Nullable RowWinogradCorrelation rows;
  private @Nullable WinogradCorrelation chosen;
  private @Nullable RowWinogradCorrelation chosenRows;

  CorrelationTask(TileKernels kernels, CorrelationScratchPools scratch) {
    direct = new DirectCorrelation(kernels, call, scratch.direct);
    var transforms = kernels.transforms;
    winograd =
        transforms == null
            ? null
            : new WinogradCorrelation(kernels, transforms, call, scratch.winograd);
    var rowTransforms = kernels.rowTransforms;
    rows =
        rowTransforms == null
            ? null
            : new RowWinogradCorrelation(kernels, rowTransforms, call, scratch.rows);
  }

  /** Sorts the taps and chooses how to compute; everything but the factors has been set. */
  void prepare() {
    call.rowTaps.finish();
    call.columnTaps.finish();
    chosen = winograd != null && winograd.suits() ? winograd : null;
    chosenRows = chosen == null && rows != null && rows.suits() ? rows : null;
  }

  /** Tells whether there may be gaps between the factors of channels. */
  boolean takesGaps() {
    return chosen != null;
  }

  /** Returns how many elements prepared factors take, or 0 where factors are used as they are. */
  long preparedElements() {
    return chosen == null ? 0 : chosen.factorElements();
  }

  /** Returns how many elements prepared factors take, whatever the image, or 0. */
  long preparableElements() {
    return winograd != null && winograd.suitsTaps() ? winograd.factorElements() : 0;
  }

  /** Prepares factors for which {@link #preparableElements} is not 0. */
  void prepareFactors(MemorySegment target, long offset) {
    if (winograd != null) {
      winograd.transformFactors(target, offset);
    }
  }

  /** Computes. */
  void runAll() {
    if (call.isEmpty()) {
      return;
    }
    if (chosen != null) {
      chosen.runAll();
    } else if (chosenRows != null) {
      chosenRows.runAll();
    } else {
      direct.runAll();
    }
  }
}
