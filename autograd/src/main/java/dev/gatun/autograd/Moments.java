package dev.gatun.autograd;

/**
 * How elements are spread, and around which mean.
 *
 * @param spread the variance or the standard deviation
 * @param mean the mean, of the same shape
 */
public record Moments(Tensor spread, Tensor mean) {}
