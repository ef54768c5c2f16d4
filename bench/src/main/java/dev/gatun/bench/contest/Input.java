package dev.gatun.bench.contest;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * A random operand: its type, its shape and the range of its elements.
 *
 * @param dtype the element type; integers for an integer type
 * @param low the smallest element
 * @param high above the largest element
 * @param shape the sizes of the axes
 */
public record Input(DType dtype, double low, double high, Shape shape) {

  /** Alignment, in bytes, of every array that takes part. */
  static final long ALIGNMENT = 128;

  /**
   * Float32 numbers, uniform in [-1, 1).
   *
   * @param sizes the shape
   * @return the description
   */
  public static Input floats(long... sizes) {
    return new Input(DType.FLOAT32, -1, 1, Shape.of(sizes));
  }

  /**
   * Float32 numbers as a layer's weights start: uniform within one over the square root of the
   * number of terms that are added up.
   *
   * @param fanIn that number
   * @param sizes the shape
   * @return the description
   */
  public static Input weights(long fanIn, long... sizes) {
    double bound = 1 / Math.sqrt((double) fanIn);
    return new Input(DType.FLOAT32, -bound, bound, Shape.of(sizes));
  }

  /**
   * Int64 class numbers.
   *
   * @param classes how many classes there are
   * @param sizes the shape
   * @return the description
   */
  public static Input classes(long classes, long... sizes) {
    return new Input(DType.INT64, 0, classes, Shape.of(sizes));
  }

  /**
   * The size in memory.
   *
   * @return bytes
   */
  public long byteSize() {
    return shape.numel() * dtype.byteSize();
  }

  HostArray random(long seed, Arena arena) {
    var random = new SplittableRandom(seed);
    var segment = arena.allocate(byteSize(), ALIGNMENT);
    for (long offset = 0; offset < segment.byteSize(); offset += dtype.byteSize()) {
      double value = random.nextDouble(low, high);
      dtype.setDouble(segment, offset, dtype.isFloatingPoint() ? value : Math.floor(value));
    }
    return new HostArray(segment, dtype, shape);
  }
}
