package dev.gatun.autograd;

import dev.gatun.memory.Shape;

/**
 * New tensors of this one's element type, on its device. Nothing flows back through them.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface NewTensors {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /**
   * Makes a tensor of this type whose elements are undefined.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws dev.gatun.memory.ShapeException when a size is negative
   */
  default Tensor newEmpty(long... sizes) {
    return Devices.at(self(), () -> Gatun.empty(self().dtype(), Shape.of(sizes)));
  }

  /**
   * Makes a tensor of zeros of this type.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws dev.gatun.memory.ShapeException when a size is negative
   */
  default Tensor newZeros(long... sizes) {
    return newFull(Shape.of(sizes), 0);
  }

  /**
   * Makes a tensor of ones of this type.
   *
   * @param sizes the sizes of the axes
   * @return a new tensor
   * @throws dev.gatun.memory.ShapeException when a size is negative
   */
  default Tensor newOnes(long... sizes) {
    return newFull(Shape.of(sizes), 1);
  }

  /**
   * Makes a tensor of this type whose elements are all one value.
   *
   * @param shape the sizes
   * @param value the value, converted: an integral type takes its whole part, as in PyTorch
   * @return a new tensor
   * @throws dev.gatun.memory.ArgumentException when the type, an integral one, does not hold the
   *     value
   */
  default Tensor newFull(Shape shape, double value) {
    return Devices.at(self(), () -> Gatun.full(self().dtype(), shape, value));
  }

  /**
   * Returns the elements as another tensor's type: this tensor itself when it has that type.
   *
   * @param other the other tensor
   * @return a new contiguous tensor, or this one; gradients flow to this one
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor typeAs(Tensor other) {
    return self().openFor("type_as").to(other.openFor("type_as").dtype());
  }

  /**
   * Returns the size of one element.
   *
   * @return its size, in bytes
   */
  default int elementSize() {
    return self().dtype().byteSize();
  }

  /**
   * Returns the size of all elements, without the gaps between them.
   *
   * @return their size, in bytes
   */
  default long nbytes() {
    return self().numel() * elementSize();
  }
}
