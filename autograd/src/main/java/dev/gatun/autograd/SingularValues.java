package dev.gatun.autograd;

/**
 * A matrix as a product, {@code u x diag(s) x vh}.
 *
 * @param u orthonormal columns
 * @param s the singular values, descending
 * @param vh orthonormal rows
 */
public record SingularValues(Tensor u, Tensor s, Tensor vh) {}
