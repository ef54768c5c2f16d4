package dev.gatun.kernels.pointwise;

import dev.gatun.memory.DType;
import java.lang.constant.ClassDesc;

/**
 * The Vector API classes that one compute type is computed with. Names only: nothing here loads a
 * class of the module {@code jdk.incubator.vector}.
 */
final class VectorTypes {
  private static final String PACKAGE = "jdk.incubator.vector.";

  static final ClassDesc VECTOR = ClassDesc.of(PACKAGE + "Vector");
  static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
  static final ClassDesc SPECIES = ClassDesc.of(PACKAGE + "VectorSpecies");
  static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE + "VectorOperators");

  static final ClassDesc BYTES = ClassDesc.of(PACKAGE + "ByteVector");

  private static final int SMALLEST_BYTE_LANES = 8;

  private final DType computeType;
  private final ClassDesc number;
  private final ClassDesc bits;
  private final int laneBits;

  VectorTypes(DType computeType, int laneBits) {
    this.computeType = computeType;
    this.laneBits = laneBits;
    number =
        ClassDesc.of(
            PACKAGE
                + switch (computeType) {
                  case FLOAT32 -> "FloatVector";
                  case FLOAT64 -> "DoubleVector";
                  case INT32 -> "IntVector";
                  case INT64 -> "LongVector";
                  default -> throw new IllegalArgumentException("no vectors of " + computeType);
                });
    bits = ClassDesc.of(PACKAGE + (isWide() ? "LongVector" : "IntVector"));
  }

  DType computeType() {
    return computeType;
  }

  /** Whether elements have 64 bits. */
  boolean isWide() {
    return computeType.byteSize() == Long.BYTES;
  }

  boolean isFloatingPoint() {
    return computeType.isFloatingPoint();
  }

  /** The class of vectors of numbers. */
  ClassDesc number() {
    return number;
  }

  /** The class of vectors of bit patterns. */
  ClassDesc bits() {
    return bits;
  }

  ClassDesc of(VectorValue value) {
    return switch (value.kind()) {
      case NUMBER -> number;
      case BITS -> bits;
      case MASK -> MASK;
    };
  }

  /** The number of elements in a vector. */
  int lanes() {
    return laneBits / 8 / computeType.byteSize();
  }

  /** The constant of the vector classes that holds the species of this width. */
  String speciesField() {
    return "SPECIES_" + laneBits;
  }

  /**
   * Whether a loop reads and writes operands of this type in place: those of the compute type, and
   * truth values where a vector has at least 8 elements, so that there are vectors of as many
   * bytes.
   */
  boolean holdsInPlace(DType type) {
    return type == computeType || type == DType.BOOL && lanes() >= SMALLEST_BYTE_LANES;
  }

  /** The constant of the class of byte vectors that holds the species of as many lanes. */
  String byteSpeciesField() {
    return "SPECIES_" + Byte.SIZE * lanes();
  }
}
