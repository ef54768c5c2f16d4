package dev.gatun.autograd;

/**
 * Numbers of any range.
 *
 * @param sign 1, -1 or 0
 * @param logarithm the logarithm of the magnitude; minus infinity for 0
 */
public record SignedLogarithm(Tensor sign, Tensor logarithm) {}
