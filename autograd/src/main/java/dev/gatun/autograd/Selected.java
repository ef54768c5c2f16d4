package dev.gatun.autograd;

/**
 * Elements that were chosen by their values, and where they are.
 *
 * @param values the elements; gradients flow through them
 * @param indices their positions along the axis, int64, of the shape of the values
 */
public record Selected(Tensor values, Tensor indices) {}
