package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;

/**
 * Writes register tiles. Sums are local variables, all of them written out; the only loop is that
 * over the depth, counted by an int, with positions computed from it: a shape that the optimizing
 * compiler turns into nothing but loads and fused multiply-adds.
 */
final class TileGenerator {
  private static final int DEPTH = 1;
  private static final int LEFT = 2;
  private static final int LEFT_OFFSET = 3;
  private static final int LEFT_STRIDE = 4;
  private static final int RIGHT = 5;
  private static final int RIGHT_OFFSET = 6;
  private static final int BLOCK = 7;
  private static final int RIGHT_ROW_BYTES = 8;
  private static final int IN_PLACE_BLOCK = 10;

  private final VectorCode vector;
  private final int rows;
  private final int vectors;

  private TileGenerator(VectorCode vector, int rows, int vectors) {
    this.vector = vector;
    this.rows = rows;
    this.vectors = vectors;
  }

  static FloatTile floatTile(int vectorBits, int rows, int vectors) {
    var generator = new TileGenerator(VectorCode.ofFloat(vectorBits), rows, vectors);
    return VectorCode.define(
        FloatTile.class, "FloatTile" + rows + "x" + vectors, generator::writeMethods);
  }

  static DoubleTile doubleTile(int vectorBits, int rows, int vectors) {
    var generator = new TileGenerator(VectorCode.ofDouble(vectorBits), rows, vectors);
    return VectorCode.define(
        DoubleTile.class, "DoubleTile" + rows + "x" + vectors, generator::writeMethods);
  }

  private void writeMethods(ClassBuilder builder) {
    var array = vector.array;
    builder.withMethodBody(
        "multiply",
        MethodTypeDesc.of(CD_void, CD_int, array, CD_int, CD_int, array, CD_int, array),
        0,
        code -> {
          int position = code.allocateLocal(TypeKind.INT);
          writeTile(
              code,
              BLOCK,
              step ->
                  code.iload(RIGHT_OFFSET)
                      .iload(step)
                      .loadConstant(vectors * vector.lanes)
                      .imul()
                      .iadd()
                      .istore(position),
              index -> {
                vector.species(code);
                code.aload(RIGHT).iload(position).loadConstant(index * vector.lanes).iadd();
                vector.loadArray(code);
              });
        });
    builder.withMethodBody(
        "multiplyInPlace",
        MethodTypeDesc.of(
            CD_void, CD_int, array, CD_int, CD_int, VectorCode.SEGMENT, CD_long, CD_long, array),
        0,
        code -> {
          int position = code.allocateLocal(TypeKind.LONG);
          writeTile(
              code,
              IN_PLACE_BLOCK,
              step -> {
                VectorCode.bytePosition(code, RIGHT_OFFSET, step, RIGHT_ROW_BYTES, 0);
                code.lstore(position);
              },
              index -> {
                vector.species(code);
                code.aload(RIGHT)
                    .lload(position)
                    .loadConstant((long) index * vector.vectorBytes)
                    .ladd();
                vector.loadSegment(code);
              });
        });
  }

  /** Something to be written that depends on a local variable or an index. */
  private interface Part {
    void write(int which);
  }

  private void writeTile(CodeBuilder code, int block, Part rightPosition, Part rightVector) {
    int[] sums = VectorCode.references(code, rows * vectors);
    for (int sum : sums) {
      vector.zero(code);
      code.astore(sum);
    }
    int[] rowOffsets = VectorCode.locals(code, TypeKind.INT, rows);
    code.iload(LEFT_OFFSET).istore(rowOffsets[0]);
    for (int row = 1; row < rows; row++) {
      code.iload(rowOffsets[row - 1]).iload(LEFT_STRIDE).iadd().istore(rowOffsets[row]);
    }
    int[] columns = VectorCode.references(code, vectors);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        DEPTH,
        () -> {
          rightPosition.write(step);
          for (int index = 0; index < vectors; index++) {
            rightVector.write(index);
            code.astore(columns[index]);
          }
          for (int row = 0; row < rows; row++) {
            vector.species(code);
            code.aload(LEFT).iload(rowOffsets[row]).iload(step).iadd().arrayLoad(vector.kind);
            vector.broadcast(code);
            code.astore(factor);
            for (int index = 0; index < vectors; index++) {
              int sum = sums[row * vectors + index];
              code.aload(factor).aload(columns[index]).aload(sum);
              vector.fma(code);
              code.astore(sum);
            }
          }
        });
    for (int i = 0; i < sums.length; i++) {
      code.aload(sums[i]).aload(block).loadConstant(i * vector.lanes);
      vector.storeArray(code);
    }
    code.return_();
  }
}
