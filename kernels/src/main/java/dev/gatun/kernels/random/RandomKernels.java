package dev.gatun.kernels.random;

import dev.gatun.kernels.record.Written;
import dev.gatun.memory.StridedArray;

/**
 * Kernels that fill arrays with random numbers.
 *
 * <p>The value of an element depends on the generator's seed and offset and on the element's
 * row-major index alone: not on the number of threads, nor on the width of vectors, nor, up to
 * rounding of a few units in the last place for {@link #normal} and {@link #exponential}, on the
 * provider. Every call moves the generator's offset on, so that no call uses numbers of another.
 *
 * <p>Outputs may have any layout in which no element is addressed twice, and any element type that
 * the method allows. Methods are safe to call from any thread and do not allocate in the steady
 * state.
 */
public interface RandomKernels {
  /**
   * Fills with numbers that are uniformly distributed over {@code [low, high)}: {@code low} and a
   * multiple of {@code (high - low) / 2^24}, or {@code / 2^53} for float64, {@code / 2^11} for
   * float16 and {@code / 2^8} for bfloat16. Rounding never yields {@code high}, except where it is
   * {@code low}.
   *
   * @param out what is written, floating point
   * @param low the smallest number
   * @param high the bound above, at least {@code low}
   * @param generator where the randomness comes from
   */
  void uniform(@Written StridedArray out, double low, double high, Generator generator);

  /**
   * Fills with normally distributed numbers, by the method of Box and Muller.
   *
   * @param out what is written, floating point
   * @param mean the mean
   * @param standardDeviation the standard deviation, not negative
   * @param generator where the randomness comes from
   */
  void normal(
      @Written StridedArray out, double mean, double standardDeviation, Generator generator);

  /**
   * Fills with exponentially distributed numbers.
   *
   * @param out what is written, floating point
   * @param rate the inverse of the mean, positive
   * @param generator where the randomness comes from
   */
  void exponential(@Written StridedArray out, double rate, Generator generator);

  /**
   * Fills with ones and zeros: 1 with the given probability, to the nearest multiple of {@code
   * 2^-32}. Which elements are 1 does not depend on the element type.
   *
   * @param out what is written, any type
   * @param probability the probability of 1, from 0 to 1
   * @param generator where the randomness comes from
   */
  void bernoulli(@Written StridedArray out, double probability, Generator generator);

  /**
   * Fills with integers that are uniformly distributed over {@code low} to {@code high}, {@code
   * high} excluded. They are made from 64 random bits each; no integer is more probable than
   * another by more than {@code 2^-64}.
   *
   * @param out what is written, any type that can hold the integers
   * @param low the smallest integer
   * @param high the bound above, greater than {@code low}
   * @param generator where the randomness comes from
   */
  void integers(@Written StridedArray out, long low, long high, Generator generator);

  /**
   * Fills with the numbers 0 to n - 1 in random order, every order equally probable (up to {@code
   * 2^-64} for each draw).
   *
   * @param out what is written, rank 1, integral or floating point
   * @param generator where the randomness comes from
   */
  void permutation(@Written StridedArray out, Generator generator);
}
