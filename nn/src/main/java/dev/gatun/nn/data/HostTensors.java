package dev.gatun.nn.data;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Shape;

/** Tensors that Java fills, element by element: on the host, wherever others are made. */
final class HostTensors {
  private HostTensors() {}

  /** Makes a contiguous tensor whose elements are undefined. */
  static Tensor allocate(DType dtype, Shape shape) {
    try (var _ = Gatun.on(Device.CPU)) {
      return Tensor.allocate(dtype, shape);
    }
  }
}
