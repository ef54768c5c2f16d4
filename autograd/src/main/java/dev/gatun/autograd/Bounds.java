package dev.gatun.autograd;

/**
 * The smallest and the largest of some elements.
 *
 * @param min the smallest
 * @param max the largest, of the same shape
 */
public record Bounds(Tensor min, Tensor max) {}
