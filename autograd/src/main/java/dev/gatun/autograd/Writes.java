package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;

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
}
