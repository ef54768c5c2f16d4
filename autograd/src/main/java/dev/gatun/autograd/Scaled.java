package dev.gatun.autograd;

/**
 * Numbers as fractions of powers of 2: {@code mantissa * 2^exponent}.
 *
 * @param mantissa the fractions, of a magnitude of at least 0.5 and less than 1, or zero, infinite
 *     or NaN
 * @param exponent the exponents, int32; 0 where the fraction is zero, infinite or NaN
 */
public record Scaled(Tensor mantissa, Tensor exponent) {}
