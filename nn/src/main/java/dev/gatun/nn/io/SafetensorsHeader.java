package dev.gatun.nn.io;

import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.Map;

/**
 * What the header of a safetensors file says.
 *
 * @param entries the tensors by name, in the order of the header
 * @param metadata the strings under {@code __metadata__}, in the order of the header
 * @param dataOffset where the tensors' bytes begin in the file
 */
record SafetensorsHeader(
    Map<String, Entry> entries, Map<String, String> metadata, long dataOffset) {
  /** The name under which the header keeps strings that describe the file. */
  static final String METADATA = "__metadata__";

  /** The largest header that is read or written, in bytes. */
  static final long MAXIMUM_BYTES = 100_000_000;

  /**
   * One tensor.
   *
   * @param dtype the type of its elements
   * @param shape its sizes
   * @param begin its first byte, counted from the start of the data
   * @param end the byte after its last one
   */
  record Entry(DType dtype, Shape shape, long begin, long end) {}
}
