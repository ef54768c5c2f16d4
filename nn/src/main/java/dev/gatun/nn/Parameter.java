package dev.gatun.nn;

import dev.gatun.autograd.Tensor;

/**
 * A tensor of a module that training changes: a leaf to which gradients flow. Made by {@link
 * ParameterTree#register(String, Tensor)}.
 */
public final class Parameter extends TensorCell {
  Parameter(Tensor tensor) {
    super(tensor);
  }
}
