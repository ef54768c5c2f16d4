package dev.gatun.autograd;

/**
 * The different elements of a tensor.
 *
 * @param values each of them once, a vector
 * @param inverse for each element of the tensor its position among the values, int64
 * @param counts how often each of them occurs, int64
 */
public record Unique(Tensor values, Tensor inverse, Tensor counts) {}
