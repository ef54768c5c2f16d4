package dev.gatun.autograd;

import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;

/**
 * Common divisors and multiples of integers, element by element. They have no gradients.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Divisors {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static void checkIntegers(String operation, Tensor x, Tensor y) {
    x.checkOpen(operation);
    y.checkOpen(operation);
    if (!x.dtype().isIntegral() || !y.dtype().isIntegral()) {
      throw new DTypeException(
          operation + ": " + x.dtype() + " and " + y.dtype() + ": the operands are integers");
    }
  }

  /**
   * Returns the greatest common divisor, element by element; of 0 and another number, that number.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape, not negative
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws DTypeException when an operand is not integral
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor gcd(Tensor other) {
    checkIntegers("gcd", self(), other);
    // By Euclid, for all elements at once: as many rounds as the slowest of them needs.
    DType common = DType.promote(self().dtype(), other.dtype());
    Tensor a = self().to(common).abs();
    Tensor b = other.to(common).abs();
    while (b.any().item() != 0) {
      Tensor ended = b.eq(0);
      Tensor rest = a.fmod(b.maskedFill(ended, 1)).maskedFill(ended, 0);
      a = Gatun.where(ended, a, b);
      b = rest;
    }
    // What is left is 0, and gives the result its shape where there was no round.
    return a.add(b);
  }

  /**
   * Returns the least common multiple, element by element; 0 where either is.
   *
   * @param other the other operand; the shapes broadcast
   * @return a new tensor of the common shape, not negative
   * @throws dev.gatun.memory.ShapeException when the shapes do not broadcast
   * @throws DTypeException when an operand is not integral
   * @throws dev.gatun.memory.ClosedTensorException when an operand is closed
   */
  default Tensor lcm(Tensor other) {
    checkIntegers("lcm", self(), other);
    Tensor divisor = self().gcd(other);
    Tensor whole = divisor.maskedFill(divisor.eq(0), 1);
    return self().floorDivide(whole).mul(other).abs();
  }
}
