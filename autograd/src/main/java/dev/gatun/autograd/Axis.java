package dev.gatun.autograd;

/**
 * One axis along which a tensor is searched.
 *
 * @param axis the axis, counted from either end
 * @param keepdim whether it stays, with size 1
 */
public record Axis(int axis, boolean keepdim) {
  /** Returns a call of PyTorch with the axis as {@code p} and {@code keepdim} as {@code q}. */
  PyTorchCall pytorch(String expression) {
    return PyTorchCall.of(expression, (long) axis, keepdim);
  }
}
