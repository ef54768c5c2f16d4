package dev.gatun.kernels.bytecode;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Exchanges lanes of two vectors that are some distance apart: of the first those at odd multiples
 * of the distance for those of the second at even ones. Steps of 1, 2, 4 ... transpose a square
 * block of vectors in registers, see {@link #loadTransposed}.
 *
 * <p>Of integers, vectors of 512 bits are permuted two at a time, by one instruction. For others
 * not all processors have it: what two vectors exchange is gathered in one, permuted there, and
 * taken apart again, one permutation for both.
 *
 * <p>Masks, shuffles and indices are dynamic constants of the code that is written.
 */
public final class LaneExchange {
  private static final ClassDesc CONSTANTS = ClassDesc.of(LaneConstants.class.getName());
  private static final int WIDEST_BYTES = 64;

  private LaneExchange() {}

  /**
   * Writes what loads a block of as many vectors as each has elements, and transposes it.
   *
   * @param vector the code of the vectors; of integers where they have 512 bits
   * @param segment the local variable of the memory
   * @param positions local variables of where each row of blocks begins
   * @param block the local variable of the block's number in the row
   * @param rows the local variables to fill
   * @throws IllegalArgumentException if vectors have 512 bits and are not of integers
   */
  public static void loadTransposed(
      CodeBuilder code, VectorCode vector, int segment, int[] positions, int block, int[] rows) {
    if (vector.vectorBytes == WIDEST_BYTES && !vector.isOfIntegers()) {
      throw new IllegalArgumentException("transposition: 512 bits of " + vector.name);
    }
    for (int row = 0; row < rows.length; row++) {
      vector.species(code);
      code.aload(segment);
      VectorCode.bytePosition(code, positions[row], block, vector.vectorBytes);
      vector.loadSegmentBriefly(code);
      code.astore(rows[row]);
    }
    int[] locals = VectorCode.references(code, 2);
    for (int distance = 1; distance < rows.length; distance *= 2) {
      if (vector.vectorBytes == WIDEST_BYTES) {
        selectAtDistance(code, vector, rows, distance, locals[0], locals[1]);
      } else {
        blendAtDistance(code, vector, rows, distance, locals[0]);
      }
    }
  }

  /** Exchanges rows that are a distance apart; for each distance indices are pushed only once. */
  private static void selectAtDistance(
      CodeBuilder code, VectorCode vector, int[] rows, int distance, int even, int odd) {
    pushSelection(code, vector, distance, false);
    code.astore(even);
    pushSelection(code, vector, distance, true);
    code.astore(odd);
    for (int row = 0; row < rows.length; row++) {
      if ((row & distance) == 0) {
        int first = rows[row];
        int second = rows[row + distance];
        for (int lanes : new int[] {even, odd}) {
          code.aload(lanes).aload(first).aload(second);
          vector.select(code);
        }
        code.astore(second).astore(first);
      }
    }
  }

  private static void blendAtDistance(
      CodeBuilder code, VectorCode vector, int[] rows, int distance, int gathered) {
    for (int row = 0; row < rows.length; row++) {
      if ((row & distance) == 0) {
        int first = rows[row];
        int second = rows[row + distance];
        pushGathered(code, vector, first, second, distance);
        code.astore(gathered);
        code.aload(first).aload(gathered);
        blendOdd(code, vector, distance);
        code.aload(gathered).aload(second);
        blendOdd(code, vector, distance);
        code.astore(second).astore(first);
      }
    }
  }

  /**
   * Pushes a vector of sums: at even multiples of the distance those of two lanes of the first
   * vector that are so far apart, at odd ones those of the second.
   *
   * @param vector the code of the vectors
   * @param first a local variable
   * @param second another
   * @param distance the distance between the lanes that are added
   */
  public static void pushPairSums(
      CodeBuilder code, VectorCode vector, int first, int second, int distance) {
    code.aload(first).aload(second);
    blendOdd(code, vector, distance);
    pushGathered(code, vector, first, second, distance);
    vector.add(code);
  }

  /**
   * Pushes the odd lanes of the first vector and the even ones of the second, each for the other.
   */
  private static void pushGathered(
      CodeBuilder code, VectorCode vector, int first, int second, int distance) {
    code.aload(second).aload(first);
    blendOdd(code, vector, distance);
    code.loadConstant(constant(vector, "partners", VectorCode.SHUFFLE, distance));
    vector.rearrange(code);
  }

  /** Replaces two vectors by the even lanes of the first and the odd ones of the second. */
  private static void blendOdd(CodeBuilder code, VectorCode vector, int distance) {
    code.loadConstant(constant(vector, "odd", VectorCode.MASK, distance));
    vector.blend(code);
  }

  private static void pushSelection(
      CodeBuilder code, VectorCode integers, int distance, boolean odd) {
    code.loadConstant(
        constant(integers, odd ? "oddLanes" : "evenLanes", VectorCode.ANY_VECTOR, distance));
    integers.exact(code);
  }

  private static DynamicConstantDesc<?> constant(
      VectorCode vector, String name, ClassDesc type, int distance) {
    var maker =
        MethodHandleDesc.ofMethod(
            DirectMethodHandleDesc.Kind.STATIC,
            CONSTANTS,
            name,
            MethodTypeDesc.of(type, CD_String, CD_int, CD_int));
    return DynamicConstantDesc.ofNamed(
        ConstantDescs.BSM_INVOKE, name, type, maker, vector.name, vector.vectorBytes, distance);
  }
}
