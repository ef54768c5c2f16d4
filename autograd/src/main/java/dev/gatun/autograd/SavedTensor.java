package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as it was when an operation ran, for the backward pass: the storage, not the handle.
 * Where the elements are not needed, type and layout alone.
 */
class SavedTensor {
  final DType dtype;
  final Layout layout;

  /** Null where the elements are not saved, or have been given up. */
  private @Nullable Storage storage;

  private final int version;

  SavedTensor(DType dtype, Layout layout, @Nullable Storage storage, int version) {
    this.dtype = dtype;
    this.layout = layout;
    this.storage = storage;
    this.version = version;
  }

  static SavedTensor of(Tensor tensor) {
    Storage there = tensor.storage().retain();
    return new SavedTensor(tensor.dtype(), tensor.layout(), there, there.version());
  }

  /** Tells whether the elements are there. */
  final boolean hasElements() {
    return storage != null;
  }

  /**
   * Makes a handle on the saved elements.
   *
   * @param operation the name of the operation that saved them
   * @param what which operand they are
   * @param edge where their gradient flows, when the backward pass is itself recorded; retained
   * @throws InPlaceException when the elements have been written since
   */
  final Tensor unpack(String operation, String what, @Nullable GradientEdge edge) {
    Tensor tensor = new Tensor(current(operation, what).retain(), dtype, layout);
    tensor.checkOpen(operation);
    if (edge != null) {
      edge.attached();
      tensor.attachEdge(edge);
    }
    return tensor;
  }

  /**
   * Lends a handle on the saved elements to a kernel.
   *
   * @param operation the name of the operation that saved them
   * @param what which operand they are
   * @throws InPlaceException when the elements have been written since
   */
  final StridedArray lend(String operation, String what) {
    StridedArray array = StridedArray.borrow(current(operation, what), dtype, layout);
    array.checkOpen(operation);
    return array;
  }

  /** Returns the storage, whose elements are as they were. */
  private Storage current(String operation, String what) {
    Storage there = storage;
    if (there == null) {
      throw new IllegalStateException(
          operation + ": " + what + " is used by the gradient but not declared as saved");
    }
    if (there.version() != version) {
      throw new InPlaceException(
          operation
              + ": the backward pass needs "
              + what
              + ", "
              + dtype
              + layout.shape()
              + ", but it has been modified in place: it is at version "
              + there.version()
              + ", version "
              + version
              + " was saved; clone() it before writing");
    }
    return there;
  }

  /** Gives the elements up; does nothing where there are none. */
  final void release() {
    Storage there = storage;
    if (there != null) {
      storage = null;
      there.release();
    }
  }
}
