package dev.gatun.nn.loss;

import dev.gatun.autograd.Tensor;

/**
 * How far an output is from a target. Immutable, and safe for use by several threads. Tensors that
 * a loss is made with, such as class weights, stay their owner's and must be open when it is used.
 */
@FunctionalInterface
public interface Loss {
  /**
   * Computes the loss. Recorded where gradients are on.
   *
   * @param input the output of a model
   * @param target what it should have been
   * @return a scalar, or without reduction a loss for each element or sample
   * @throws dev.gatun.memory.ShapeException when the shapes do not fit
   * @throws dev.gatun.memory.DTypeException when an element type does not fit
   * @throws dev.gatun.memory.ClosedTensorException when a tensor is closed
   */
  Tensor forward(Tensor input, Tensor target);
}
