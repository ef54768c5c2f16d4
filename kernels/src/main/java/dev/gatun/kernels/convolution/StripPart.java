package dev.gatun.kernels.convolution;

import dev.gatun.kernels.packed.PackedProducts;
import org.jspecify.annotations.Nullable;

/** The results of a strip that are computed together. */
final class StripPart {
  /** What multiplies with packed operands, or null where tiles read them where they lie. */
  @Nullable PackedProducts packed;

  /** The position of the first result's factors, in bytes. */
  long factors;

  /** The position of the first result in the strip, in bytes. */
  long target;

  /** The index of the first result's bias. */
  long bias;
}
