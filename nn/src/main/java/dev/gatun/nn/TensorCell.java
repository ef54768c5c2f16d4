package dev.gatun.nn;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;

/**
 * A place in a module that owns a tensor. The tensor in it changes when the module is converted to
 * another element type, so modules keep the place, and ask it for the tensor each time.
 */
public abstract sealed class TensorCell permits Parameter, Buffer {
  private Tensor tensor;

  TensorCell(Tensor tensor) {
    this.tensor = Scope.disown(tensor);
  }

  /**
   * Returns the tensor that is here now.
   *
   * @return the tensor, which stays the module's
   */
  public final Tensor tensor() {
    return tensor;
  }

  /** Puts another tensor here and closes the one before. */
  final void replace(Tensor next) {
    Tensor before = tensor;
    tensor = Scope.disown(next);
    if (before != next) {
      before.close();
    }
  }

  /** Converts a floating-point tensor to another floating-point type; leaves others alone. */
  final void convert(DType dtype) {
    Tensor before = tensor;
    if (before.dtype() == dtype || !before.dtype().isFloatingPoint()) {
      return;
    }
    try (var _ = Scope.suspend();
        var _ = NoGrad.open()) {
      replace(before.to(dtype).requiresGrad_(before.requiresGrad()));
    }
  }

  /** Copies the tensor to a device; leaves one that is there alone. */
  final void move(Device device) {
    Tensor before = tensor;
    if (before.device().equals(device)) {
      return;
    }
    try (var _ = Scope.suspend();
        var _ = NoGrad.open()) {
      replace(before.to(device).requiresGrad_(before.requiresGrad()));
    }
  }

  final void close() {
    tensor.close();
  }

  @Override
  public final String toString() {
    return tensor.toString();
  }
}
