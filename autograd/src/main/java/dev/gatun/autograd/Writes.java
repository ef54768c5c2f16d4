package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Overlap;
import java.util.function.UnaryOperator;

/** Rules for writing a pointwise result into a tensor there is. */
final class Writes {
  private Writes() {}

  /** Throws unless a result of one type may be stored as another, by PyTorch's rule. */
  static void checkStorable(String operation, DType result, DType destination) {
    boolean fits =
        result == destination
            || destination.isFloatingPoint()
            || destination.isIntegral() && !result.isFloatingPoint()
            || result == DType.BOOL;
    if (!fits) {
      throw new DTypeException(
          operation + ": a result of " + result + " cannot be stored as " + destination);
    }
  }

  /** Copies operands that share memory with the destination, unless element for element. */
  static Tensor[] separate(Tensor destination, Tensor[] inputs) {
    Tensor[] result = inputs;
    for (int i = 0; i < inputs.length; i++) {
      Tensor input = inputs[i];
      if (input.sharesMemory(destination) && !sameElements(input, destination)) {
        if (result == inputs) {
          result = inputs.clone();
        }
        result[i] = input.copyOfElements();
      }
    }
    return result;
  }

  private static boolean sameElements(Tensor a, Tensor b) {
    Layout layoutA = a.layout();
    Layout layoutB = b.layout();
    return a.storage() == b.storage()
        && a.dtype() == b.dtype()
        && (layoutA == layoutB || layoutA.equals(layoutB));
  }

  /** Copies operands that share memory with the first one, which is about to be written. */
  static Tensor[] apart(Tensor destination, Tensor[] inputs) {
    Tensor[] result = inputs;
    for (int i = 1; i < inputs.length; i++) {
      if (inputs[i].sharesMemory(destination)) {
        if (result == inputs) {
          result = inputs.clone();
        }
        result[i] = inputs[i].copyOfElements();
      }
    }
    return result;
  }

  /**
   * Throws when what is written has elements in common with what is read meanwhile.
   *
   * @param operation the name of the operation
   * @param written the name of what it writes
   * @param destination what is written
   * @param read the name of what is read
   * @param source what is read
   */
  static void checkApart(
      String operation, String written, Tensor destination, String read, Tensor source) {
    Overlap overlap = destination.overlap(source);
    if (overlap == Overlap.NONE) {
      return;
    }
    boolean certain = overlap == Overlap.SOME;
    throw new InPlaceException(
        operation
            + ": "
            + written
            + (certain ? " shares elements with " : " may share elements with ")
            + read
            + ": "
            + destination.layout()
            + " and "
            + source.layout()
            + " in one memory"
            + (certain ? "" : ", too intricate to tell apart")
            + "; pass a tensor of its own");
  }

  /** Returns what is written, and the inputs after it. */
  static Tensor[] withOut(Tensor out, Tensor[] inputs) {
    Tensor[] all = new Tensor[inputs.length + 1];
    all[0] = out;
    System.arraycopy(inputs, 0, all, 1, inputs.length);
    return all;
  }

  /** Tells whether the first input, which is about to be written, is one of the others, too. */
  static boolean readsItself(Tensor[] inputs) {
    for (int i = 1; i < inputs.length; i++) {
      if (inputs[i] == inputs[0]) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether a write is about to replace inputs that the backward pass needs. */
  static boolean replaces(Tensor destination, Tensor[] inputs, long saved) {
    for (int i = 0; i < inputs.length && i < Long.SIZE - 1; i++) {
      if ((saved >>> i & 1) != 0 && inputs[i].sharesMemory(destination)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Copies the inputs that the backward pass needs and a write is about to replace. The copies
   * stand where the inputs do in the graph.
   *
   * @param destination what will be written
   * @param inputs the inputs
   * @param saved bit i is set when the backward pass needs input i
   * @return the inputs to record
   */
  static Tensor[] remembered(Tensor destination, Tensor[] inputs, long saved) {
    Tensor[] result = inputs;
    for (int i = 0; i < inputs.length && i < Long.SIZE - 1; i++) {
      if ((saved >>> i & 1) != 0 && inputs[i].sharesMemory(destination)) {
        if (result == inputs) {
          result = inputs.clone();
        }
        Tensor copy = inputs[i].copyOfElements();
        GradientEdge edge = inputs[i].edge();
        if (edge != null) {
          edge.attached();
          copy.attachEdge(edge);
        }
        result[i] = copy;
      }
    }
    return result;
  }

  /** Closes what stands in the place of inputs. */
  static void closeCopies(Tensor[] copies, Tensor[] inputs) {
    for (int i = 0; i < copies.length; i++) {
      if (copies[i] != inputs[i]) {
        copies[i].close();
      }
    }
  }

  /**
   * Writes what is computed from a tensor over it.
   *
   * @param operation the name of the writing operation
   * @param self what is written
   * @param change computes the new elements, of the same shape and type, in a tensor of its own
   * @return {@code self}
   */
  static Tensor become(String operation, Tensor self, UnaryOperator<Tensor> change) {
    self.checkOpen(operation);
    boolean recorded =
        self.isPartOfGraph() && self.dtype().isFloatingPoint() && GradientMode.isEnabled();
    self.checkInPlace(operation, recorded);
    try (Tensor result = change.apply(self)) {
      Kernels.providerOf(self).indexing().copy(self, result);
      self.storage().bumpVersion();
      if (recorded) {
        GradientEdge before = self.edge();
        self.moveTo(result);
        self.writeRecorded(before);
      }
    }
    return self;
  }
}
