package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.LaneExchange;
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
                    CD_void, CD_int, segment, CD_long, CD_long, segment, CD_long, CD_long),
                0,
                generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1, 4);
    int lanes = vector.lanes;
    int source = code.parameterSlot(1);
    int target = code.parameterSlot(4);
    int targetRowBytes = code.parameterSlot(6);
    int[] sourceRows =
        VectorCode.rowPositions(code, lanes, code.parameterSlot(2), code.parameterSlot(3));
    int targetBlock = code.allocateLocal(TypeKind.LONG);
    int[] rows = VectorCode.references(code, lanes);
    int block = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          LaneExchange.loadTransposed(code, vector, source, sourceRows, block, rows);
          code.lload(code.parameterSlot(5)).iload(block).i2l().loadConstant((long) lanes).lmul();
          code.lload(targetRowBytes).lmul().ladd().lstore(targetBlock);
          for (int row = 0; row < lanes; row++) {
            code.aload(rows[row]).aload(target).lload(targetBlock);
            code.loadConstant((long) row).lload(targetRowBytes).lmul().ladd();
            vector.storeSegment(code);
          }
        });
    code.return_();
  }
}
