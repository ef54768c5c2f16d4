package dev.gatun.bench.contest;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.MemorySegment;

/**
 * A contiguous row-major array off the heap, which every contestant wraps in its own kind of
 * tensor.
 *
 * @param segment the elements
 * @param dtype their type
 * @param shape the sizes of the axes
 */
public record HostArray(MemorySegment segment, DType dtype, Shape shape) {

  /**
   * Counts the elements.
   *
   * @return how many there are
   */
  public int numel() {
    return Math.toIntExact(segment.byteSize() / dtype.byteSize());
  }

  /**
   * Copies the elements.
   *
   * @return all elements as doubles, in row-major order
   */
  public double[] toDoubles() {
    var values = new double[numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = dtype.getDouble(segment, (long) i * dtype.byteSize());
    }
    return values;
  }

  /**
   * Copies the elements.
   *
   * @return all elements as floats, in row-major order
   */
  public float[] toFloats() {
    var values = new float[numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) dtype.getDouble(segment, (long) i * dtype.byteSize());
    }
    return values;
  }
}
