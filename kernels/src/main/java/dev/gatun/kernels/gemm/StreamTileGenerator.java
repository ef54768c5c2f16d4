package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/**
 * Writes tiles whose loop runs along rows of the right operand. The factors are held in registers;
 * the sums are in the result, which is small and stays in the first-level cache.
 */
final class StreamTileGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(
          CD_void,
          CD_int,
          VectorCode.SEGMENT,
          CD_long,
          CD_long,
          CD_long,
          VectorCode.SEGMENT,
          CD_long,
          CD_long,
          VectorCode.SEGMENT,
          CD_long,
          CD_long);

  private final VectorCode vector;
  private final int rows;
  private final int depth;

  private StreamTileGenerator(VectorCode vector, int rows, int depth) {
    this.vector = vector;
    this.rows = rows;
    this.depth = depth;
  }

  /**
   * Makes a tile.
   *
   * @param rows the number of rows of the left operand and of the result
   * @param depth the number of rows of the right operand
   */
  static StreamTile tile(VectorCode vector, int rows, int depth) {
    var generator = new StreamTileGenerator(vector, rows, depth);
    return VectorCode.define(
        MethodHandles.lookup(),
        StreamTile.class,
        vector.name + "StreamTile" + rows + "x" + depth,
        builder -> {
          builder.withMethodBody("multiply", TYPE, 0, code -> generator.write(code, false));
          builder.withMethodBody("multiplyMore", TYPE, 0, code -> generator.write(code, true));
        });
  }

  private void write(CodeBuilder code, boolean more) {
    VectorCode.nativeSegments(code, 1, 5, 8);
    int[] factors = loadFactors(code);
    int right = code.parameterSlot(5);
    int out = code.parameterSlot(8);
    int[] rightRows =
        VectorCode.rowPositions(code, depth, code.parameterSlot(6), code.parameterSlot(7));
    int[] outRows =
        VectorCode.rowPositions(code, rows, code.parameterSlot(9), code.parameterSlot(10));
    int[] sums = VectorCode.references(code, rows);
    int column = code.allocateLocal(TypeKind.REFERENCE);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int row = 0; row < rows; row++) {
            if (more) {
              load(code, out, outRows[row], step);
            } else {
              vector.zero(code);
            }
            code.astore(sums[row]);
          }
          for (int index = 0; index < depth; index++) {
            load(code, right, rightRows[index], step);
            code.astore(column);
            for (int row = 0; row < rows; row++) {
              vector.fusedMultiplyAdd(code, factors[row * depth + index], column, sums[row]);
              code.astore(sums[row]);
            }
          }
          for (int row = 0; row < rows; row++) {
            code.aload(sums[row]).aload(out);
            VectorCode.bytePosition(code, outRows[row], step, vector.vectorBytes);
            vector.storeSegment(code);
          }
        });
    code.return_();
  }

  private int[] loadFactors(CodeBuilder code) {
    int[] factors = VectorCode.references(code, rows * depth);
    int[] leftRows =
        VectorCode.rowPositions(code, rows, code.parameterSlot(2), code.parameterSlot(3));
    for (int row = 0; row < rows; row++) {
      for (int index = 0; index < depth; index++) {
        vector.species(code);
        vector.elementAccess(code);
        code.aload(code.parameterSlot(1));
        code.lload(leftRows[row]).lload(code.parameterSlot(4));
        code.loadConstant((long) index).lmul().ladd();
        vector.elementFromSegment(code);
        vector.broadcast(code);
        code.astore(factors[row * depth + index]);
      }
    }
    return factors;
  }

  private void load(CodeBuilder code, int segment, int position, int step) {
    vector.species(code);
    code.aload(segment);
    VectorCode.bytePosition(code, position, step, vector.vectorBytes);
    vector.loadSegmentExact(code);
  }
}
