package dev.gatun.kernels.convolution;

/** The results of a strip that are computed together. */
final class StripPart {
  /** The position of the first result's factors, in bytes. */
  long factors;

  /** The position of the first result in the strip, in bytes. */
  long target;

  /** The index of the first result's bias. */
  long bias;
}
