package dev.gatun.bench.jmh;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.SplittableRandom;

/** Makes the operands of the suites. */
final class RandomArrays {

  private RandomArrays() {}

  /**
   * Makes a contiguous array of random numbers, uniform in [-1, 1).
   *
   * @param dtype a floating-point type
   * @param seed the same seed gives the same numbers
   * @param sizes the shape
   * @return the array; the caller closes it
   */
  static StridedArray uniform(DType dtype, long seed, long... sizes) {
    var array = StridedArray.allocate(dtype, Shape.of(sizes));
    var random = new SplittableRandom(seed);
    long end = array.layout().shape().numel() * dtype.byteSize();
    for (long offset = 0; offset < end; offset += dtype.byteSize()) {
      dtype.setDouble(array.segment(), offset, random.nextDouble(-1, 1));
    }
    return array;
  }
}
