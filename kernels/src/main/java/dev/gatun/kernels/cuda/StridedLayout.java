package dev.gatun.kernels.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The argument that tells a kernel where the elements of operands with strides are, and the text
 * that reads it. The first axis is the innermost: consecutive threads go along it.
 *
 * <p>Positions are found by division. In 32 bits that is a multiplication with a rounded reciprocal
 * and a shift (Granlund and Montgomery, 1994), exact for indices below 2^31.
 */
final class StridedLayout {
  private static final int FIELDS_OF_NARROW_AXIS = 3;

  private StridedLayout() {}

  /** The declaration of the argument's type. */
  static String declare(String name, PointwiseAccess access, int operands) {
    int axes = access.axes();
    return access.wide()
        ? """
        struct %s {
          unsigned long long size[%d];
          long long stride[%d][%d];
        };
        """
            .formatted(name, axes, operands, axes)
        : """
        struct %s {
          unsigned int size[%d];
          unsigned int multiplier[%d];
          unsigned int shift[%d];
          int stride[%d][%d];
        };
        """
            .formatted(name, axes, axes, axes, operands, axes);
  }

  /** Statements that find {@code at_OPERAND} of the element {@code i}, the outputs first. */
  static String positions(PointwiseAccess access, int outputs, int inputs) {
    String index = access.wide() ? "unsigned long long" : "unsigned int";
    String offset = access.wide() ? "long long" : "int";
    var text = new StringBuilder();
    for (int operand = 0; operand < outputs + inputs; operand++) {
      text.append("    %s at_%s = 0;\n".formatted(offset, name(operand, outputs)));
    }
    text.append("    %s rest = i;\n".formatted(index));
    if (access.axes() > 1) {
      text.append("#pragma unroll\n");
      text.append("    for (int axis = 0; axis < %d; axis++) {\n".formatted(access.axes() - 1));
      text.append(
          "      const %s outer = %s;\n"
              .formatted(
                  index,
                  access.wide()
                      ? "rest / layout.size[axis]"
                      : "(__umulhi(rest, layout.multiplier[axis]) + rest) >> layout.shift[axis]"));
      text.append(
          "      const %s along = (%s)(rest - outer * layout.size[axis]);\n"
              .formatted(offset, offset));
      for (int operand = 0; operand < outputs + inputs; operand++) {
        text.append(
            "      at_%s += along * layout.stride[%d][axis];\n"
                .formatted(name(operand, outputs), operand));
      }
      text.append("      rest = outer;\n    }\n");
    }
    for (int operand = 0; operand < outputs + inputs; operand++) {
      text.append(
          "    at_%s += (%s)rest * layout.stride[%d][%d];\n"
              .formatted(name(operand, outputs), offset, operand, access.axes() - 1));
    }
    return text.toString();
  }

  private static String name(int operand, int outputs) {
    return operand < outputs ? "out" + operand : "in" + (operand - outputs);
  }

  /** The size of the argument in bytes. */
  static int byteSize(PointwiseAccess access, int operands) {
    return access.wide()
        ? Long.BYTES * access.axes() * (1 + operands)
        : Integer.BYTES * access.axes() * (FIELDS_OF_NARROW_AXIS + operands);
  }

  /**
   * Writes the argument.
   *
   * @param access of a kernel that walks by strides
   * @param sizes the number of elements along each axis, the innermost first
   * @param strides for each operand, the outputs first, the strides along these axes in elements
   * @param memory where to
   * @param at the position there, of {@link #byteSize} bytes
   */
  static void write(
      PointwiseAccess access, long[] sizes, long[][] strides, MemorySegment memory, long at) {
    int axes = access.axes();
    if (access.wide()) {
      for (int axis = 0; axis < axes; axis++) {
        memory.set(ValueLayout.JAVA_LONG, at + (long) axis * Long.BYTES, sizes[axis]);
        for (int operand = 0; operand < strides.length; operand++) {
          long field = (1L + operand) * axes + axis;
          memory.set(ValueLayout.JAVA_LONG, at + field * Long.BYTES, strides[operand][axis]);
        }
      }
      return;
    }
    for (int axis = 0; axis < axes; axis++) {
      long size = Math.max(1, sizes[axis]);
      int shift = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
      long multiplier = (((1L << shift) - size) << Integer.SIZE) / size + 1;
      writeNarrow(memory, at, axis, Math.toIntExact(size));
      writeNarrow(memory, at, (long) axes + axis, (int) multiplier);
      writeNarrow(memory, at, 2L * axes + axis, shift);
      for (int operand = 0; operand < strides.length; operand++) {
        writeNarrow(
            memory,
            at,
            (long) (FIELDS_OF_NARROW_AXIS + operand) * axes + axis,
            Math.toIntExact(strides[operand][axis]));
      }
    }
  }

  private static void writeNarrow(MemorySegment memory, long at, long field, int value) {
    memory.set(ValueLayout.JAVA_INT, at + field * Integer.BYTES, value);
  }
}
