package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes tiles whose vectors run along the depth. */
final class DotTileGenerator {
  private final VectorCode vector;
  private final int rows;
  private final int columns;

  private DotTileGenerator(VectorCode vector, int rows, int columns) {
    this.vector = vector;
    this.rows = rows;
    this.columns = columns;
  }

  static DotTile tile(VectorCode vector, int rows, int columns) {
    var generator = new DotTileGenerator(vector, rows, columns);
    var segment = VectorCode.SEGMENT;
    return VectorCode.define(
        MethodHandles.lookup(),
        DotTile.class,
        vector.name + "DotTile" + rows + "x" + columns,
        builder ->
            builder.withMethodBody(
                "multiply",
                MethodTypeDesc.of(
                    CD_void, CD_int, segment, CD_long, CD_long, segment, CD_long, CD_long, segment,
                    CD_long, CD_long),
                0,
                generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1, 4, 7);
    int[] sums = VectorCode.references(code, rows * columns);
    for (int sum : sums) {
      vector.zero(code);
      code.astore(sum);
    }
    int[] leftRows =
        VectorCode.rowPositions(code, rows, code.parameterSlot(2), code.parameterSlot(3));
    int[] rightColumns =
        VectorCode.rowPositions(code, columns, code.parameterSlot(5), code.parameterSlot(6));
    int[] factors = VectorCode.references(code, rows);
    int column = code.allocateLocal(TypeKind.REFERENCE);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int row = 0; row < rows; row++) {
            load(code, 1, leftRows[row], step);
            code.astore(factors[row]);
          }
          for (int index = 0; index < columns; index++) {
            load(code, 4, rightColumns[index], step);
            code.astore(column);
            for (int row = 0; row < rows; row++) {
              int sum = sums[row * columns + index];
              vector.fusedMultiplyAdd(code, factors[row], column, sum);
              code.astore(sum);
            }
          }
        });
    int[] outRows =
        VectorCode.rowPositions(code, rows, code.parameterSlot(8), code.parameterSlot(9));
    for (int i = 0; i < sums.length; i++) {
      code.aload(sums[i]);
      vector.exact(code);
      code.aload(code.parameterSlot(7)).lload(outRows[i / columns]);
      code.loadConstant((long) (i % columns) * vector.vectorBytes).ladd();
      vector.storeSegment(code);
    }
    code.return_();
  }

  private void load(CodeBuilder code, int segment, int position, int step) {
    vector.species(code);
    code.aload(code.parameterSlot(segment));
    VectorCode.bytePosition(code, position, step, vector.vectorBytes);
    vector.loadSegmentExact(code);
  }
}
