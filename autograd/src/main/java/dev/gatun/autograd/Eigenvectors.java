package dev.gatun.autograd;

/**
 * A symmetric matrix as a product, {@code vectors x diag(values) x vectors^T}.
 *
 * @param values the eigenvalues, ascending
 * @param vectors orthonormal columns, one for each value
 */
public record Eigenvectors(Tensor values, Tensor vectors) {}
