package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes the transposition of square blocks in registers. */
final class TransposerGenerator {
  private final VectorCode vector;

  private TransposerGenerator(VectorCode vector) {
    this.vector = vector;
  }

  /** Makes the transposer for vectors of integers as large as the elements to move. */
  static Transposer transposer(VectorCode vector) {
    var generator = new TransposerGenerator(vector);
    var segment = VectorCode.SEGMENT;
    return VectorCode.define(
        MethodHandles.lookup(),
        Transposer.class,
        vector.name + "Transposer",
        builder ->
            builder.withMethodBody(
                "transpose",
                MethodTypeDesc.of(
                    CD_void, CD_int, segment, segment, CD_long, CD_long, segment, CD_long, CD_long),
                0,
                generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1, 2, 5);
    int lanes = vector.lanes;
    int steps = Integer.numberOfTrailingZeros(lanes);
    int[] selections = VectorCode.references(code, 2 * steps);
    for (int i = 0; i < selections.length; i++) {
      vector.species(code);
      code.aload(code.parameterSlot(1)).loadConstant((long) i * vector.vectorBytes);
      vector.loadSegment(code);
      code.astore(selections[i]);
    }
    int source = code.parameterSlot(2);
    int target = code.parameterSlot(5);
    int targetRowBytes = code.parameterSlot(7);
    int[] sourceRows =
        VectorCode.rowPositions(code, lanes, code.parameterSlot(3), code.parameterSlot(4));
    int targetBlock = code.allocateLocal(TypeKind.LONG);
    int[] rows = VectorCode.references(code, lanes);
    int block = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          for (int row = 0; row < lanes; row++) {
            vector.species(code);
            code.aload(source).lload(sourceRows[row]);
            code.iload(block).i2l().loadConstant((long) vector.vectorBytes).lmul().ladd();
            vector.loadSegment(code);
            code.astore(rows[row]);
          }
          for (int step = 0; step < steps; step++) {
            writeStep(code, rows, selections, step);
          }
          code.lload(code.parameterSlot(6)).iload(block).i2l().loadConstant((long) lanes).lmul();
          code.lload(targetRowBytes).lmul().ladd().lstore(targetBlock);
          for (int row = 0; row < lanes; row++) {
            code.aload(rows[row]).aload(target).lload(targetBlock);
            code.loadConstant((long) row).lload(targetRowBytes).lmul().ladd();
            vector.storeSegment(code);
          }
        });
    code.return_();
  }

  private void writeStep(CodeBuilder code, int[] rows, int[] selections, int step) {
    int distance = 1 << step;
    for (int row = 0; row < rows.length; row++) {
      if ((row & distance) == 0) {
        int other = row + distance;
        code.aload(selections[2 * step]).aload(rows[row]).aload(rows[other]);
        vector.select(code);
        code.aload(selections[2 * step + 1]).aload(rows[row]).aload(rows[other]);
        vector.select(code);
        code.astore(rows[other]).astore(rows[row]);
      }
    }
  }
}
