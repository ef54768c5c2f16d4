package dev.gatun.autograd;

/**
 * A matrix as a product, {@code q x r}.
 *
 * @param q orthonormal columns
 * @param r an upper triangle, as wide as the matrix
 */
public record QrFactors(Tensor q, Tensor r) {}
