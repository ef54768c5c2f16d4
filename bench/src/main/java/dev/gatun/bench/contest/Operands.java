package dev.gatun.bench.contest;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The random inputs of a case, and memory for what is computed from them. */
public final class Operands implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final List<HostArray> inputs = new ArrayList<>();

  /**
   * Makes the inputs; the same descriptions give the same numbers.
   *
   * @param descriptions one for each input
   */
  public Operands(List<Input> descriptions) {
    for (var description : descriptions) {
      inputs.add(description.random(inputs.size() + 1, arena));
    }
  }

  /**
   * An input, which no contestant may change.
   *
   * @param index its place in the declaration
   * @return the array
   */
  public HostArray input(int index) {
    return inputs.get(index);
  }

  /**
   * Counts the inputs.
   *
   * @return how many there are
   */
  public int count() {
    return inputs.size();
  }

  /**
   * A copy of an input for a contestant that changes it.
   *
   * @param index its place in the declaration
   * @return a new array, which lives as long as the operands
   */
  public HostArray copy(int index) {
    var input = inputs.get(index);
    var copy = allocate(input.dtype(), input.shape().toArray());
    copy.segment().copyFrom(input.segment());
    return copy;
  }

  /**
   * Memory for a result. Floating-point elements are NaN, so that one never written is noticed.
   *
   * @param dtype the element type
   * @param sizes the shape
   * @return a new array, which lives as long as the operands
   */
  public HostArray allocate(DType dtype, long... sizes) {
    var description = new Input(dtype, 0, 0, Shape.of(sizes));
    var segment = arena.allocate(description.byteSize(), Input.ALIGNMENT);
    if (dtype.isFloatingPoint()) {
      for (long offset = 0; offset < segment.byteSize(); offset += dtype.byteSize()) {
        dtype.setDouble(segment, offset, Double.NaN);
      }
    }
    return new HostArray(segment, dtype, description.shape());
  }

  /**
   * Hands something over to be closed with the operands, before their memory and before what was
   * handed over earlier.
   *
   * @param <T> its type
   * @param handle what a contestant has made on this memory
   * @return the same
   */
  public <T extends AutoCloseable> T own(T handle) {
    owned.addFirst(handle);
    return handle;
  }

  /** Closes what was handed over and frees all arrays. */
  @Override
  public void close() {
    try (arena) {
      for (var handle : owned) {
        close(handle);
      }
    }
  }

  private static void close(AutoCloseable handle) {
    try {
      handle.close();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException("operands: a handle does not close", failure);
    }
  }
}
