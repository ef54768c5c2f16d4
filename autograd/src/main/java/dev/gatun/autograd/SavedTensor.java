package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Storage;
import org.jspecify.annotations.Nullable;

/** A tensor as it was when an operation ran, for the backward pass: the storage, not the handle. */
final class SavedTensor {
  private final Storage storage;
  private final DType dtype;
  private final Layout layout;
  private final int version;

  SavedTensor(Tensor tensor) {
    this.storage = tensor.storage().retain();
    this.dtype = tensor.dtype();
    this.layout = tensor.layout();
    this.version = storage.version();
  }

  /**
   * Makes a handle on the saved elements.
   *
   * @param operation the name of the operation that saved them
   * @param what which operand they are
   * @param edge where their gradient flows, when the backward pass is itself recorded; retained
   * @throws InPlaceException when the elements have been written since
   */
  Tensor unpack(String operation, String what, @Nullable GradientEdge edge) {
    if (storage.version() != version) {
      throw new InPlaceException(
          operation
              + ": the backward pass needs "
              + what
              + ", "
              + dtype
              + layout.shape()
              + ", but it has been modified in place: it is at version "
              + storage.version()
              + ", version "
              + version
              + " was saved; clone() it before writing");
    }
    Tensor tensor = new Tensor(storage.retain(), dtype, layout);
    tensor.checkOpen(operation);
    if (edge != null) {
      edge.attached();
      tensor.attachEdge(edge);
    }
    return tensor;
  }

  void release() {
    storage.release();
  }
}
