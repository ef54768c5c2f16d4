package dev.gatun.autograd.functional;

import dev.gatun.autograd.Tensor;

/**
 * A function's value, and the product of a derivative with a vector.
 *
 * @param value what the function returned
 * @param product the product
 */
public record Product(Tensor value, Tensor product) {}
