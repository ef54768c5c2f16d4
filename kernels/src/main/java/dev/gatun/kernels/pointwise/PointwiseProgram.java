package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.Expression.Binary;
import dev.gatun.kernels.pointwise.Expression.Ternary;
import dev.gatun.kernels.pointwise.Expression.Unary;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import java.util.Collections;
import java.util.List;

/**
 * Formulas with element types: what a kernel is made from.
 *
 * <p>Inputs are converted to the compute type when they are loaded, results from it when they are
 * stored: to floating point with one rounding, to integers towards zero and then wrapped to the
 * width, to BOOL as "is not zero". Integer arithmetic wraps to the width of the compute type.
 * Integer division by zero throws {@link ArgumentException}, and the outputs are then undefined.
 *
 * <p>The scalar kernel evaluates FLOAT32 programs in double and rounds each result once, so it is
 * at least as exact as the SIMD kernel, which computes in float. Constants and parameters are
 * rounded to float by both.
 *
 * <p>Immutable; programs are equal when all their components are.
 *
 * @param name a short name for messages and logs
 * @param outputs one formula for each output
 * @param outputTypes the element type of each output
 * @param inputTypes the element type of each input
 * @param computeType FLOAT32, FLOAT64, INT32 or INT64
 */
public record PointwiseProgram(
    String name,
    List<Expression> outputs,
    List<DType> outputTypes,
    List<DType> inputTypes,
    DType computeType) {

  /**
   * Checks that the formulas fit the types.
   *
   * @throws ArgumentException if there is no output, counts differ, or a formula reads an input
   *     that is not declared
   * @throws DTypeException if the compute type is not one of the four, or an operation is not
   *     defined for it
   */
  public PointwiseProgram {
    outputs = List.copyOf(outputs);
    outputTypes = List.copyOf(outputTypes);
    inputTypes = List.copyOf(inputTypes);
    if (outputs.isEmpty() || outputs.size() != outputTypes.size()) {
      throw new ArgumentException(
          name + ": " + outputs.size() + " outputs with " + outputTypes.size() + " types");
    }
    if (computeType != computeType(computeType)) {
      throw new DTypeException(
          name + ": cannot compute in " + computeType + ", only in float32, float64, int32, int64");
    }
    if (inputTypes.size() > Expression.MAX_INPUTS) {
      throw new ArgumentException(
          name + ": " + inputTypes.size() + " inputs, at most " + Expression.MAX_INPUTS);
    }
    for (var output : outputs) {
      int inputs = Long.SIZE - Long.numberOfLeadingZeros(output.inputsUsed());
      if (inputs > inputTypes.size()) {
        throw new ArgumentException(
            name + ": input " + (inputs - 1) + " is read, but " + inputTypes.size() + " declared");
      }
    }
    checkDomains(name, outputs, computeType);
  }

  /** A program of one output whose inputs, output and arithmetic all have the same type. */
  public static PointwiseProgram of(String name, DType type, int inputs, Expression output) {
    return of(name, type, Collections.nCopies(inputs, type), output);
  }

  /** A program of one output that computes in the type which fits {@code outputType} best. */
  public static PointwiseProgram of(
      String name, DType outputType, List<DType> inputTypes, Expression output) {
    return new PointwiseProgram(
        name, List.of(output), List.of(outputType), inputTypes, computeType(outputType));
  }

  /**
   * The type in which elements of {@code type} are computed: FLOAT32 for the half-precision types,
   * INT32 for BOOL and the small integers, the type itself for the others.
   */
  public static DType computeType(DType type) {
    return switch (type) {
      case FLOAT32, FLOAT16, BFLOAT16 -> DType.FLOAT32;
      case FLOAT64 -> DType.FLOAT64;
      case BOOL, INT8, UINT8, INT16, INT32 -> DType.INT32;
      case INT64 -> DType.INT64;
    };
  }

  /** The number of scalar parameters that a run needs. */
  public int parameterCount() {
    int count = 0;
    for (var output : outputs) {
      count = Math.max(count, output.parameterCount());
    }
    return count;
  }

  private static void checkDomains(String name, List<Expression> outputs, DType computeType) {
    for (var node : ExpressionGraph.topologicalOrder(outputs)) {
      switch (node) {
        case Unary unary ->
            check(name, unary.operation().symbol(), unary.operation().domain(), computeType);
        case Binary binary ->
            check(name, binary.operation().symbol(), binary.operation().domain(), computeType);
        case Ternary ternary ->
            check(name, ternary.operation().symbol(), ternary.operation().domain(), computeType);
        default -> {}
      }
    }
  }

  private static void check(String name, String symbol, Domain domain, DType computeType) {
    if (!domain.contains(computeType.isFloatingPoint())) {
      throw new DTypeException(name + ": " + symbol + " is not defined for " + computeType);
    }
  }
}
