package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/**
 * A tensor of a module that is part of its state, but that no gradient changes, such as a running
 * mean. Made by {@link ParameterTree#registerBuffer}.
 */
public final class Buffer extends TensorCell {
  Buffer(Tensor tensor) {
    super(tensor);
  }
}
