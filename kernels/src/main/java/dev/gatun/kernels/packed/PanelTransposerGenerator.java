package dev.gatun.kernels.packed;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.LaneExchange;
import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes {@link PanelTransposer}s. */
final class PanelTransposerGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(CD_void, CD_int, VectorCode.SEGMENT, CD_long, CD_long, CD_Object, CD_int);

  private final VectorCode vector;
  private final int panelColumns;

  private PanelTransposerGenerator(VectorCode vector, int panelColumns) {
    this.vector = vector;
    this.panelColumns = panelColumns;
  }

  /** Makes the transposer for panels of so many vectors. */
  static PanelTransposer transposer(VectorCode vector, int vectors) {
    var generator = new PanelTransposerGenerator(vector, vectors * vector.lanes);
    return VectorCode.define(
        MethodHandles.lookup(),
        PanelTransposer.class,
        vector.name + "PanelTransposer" + vectors,
        builder -> builder.withMethodBody("transpose", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1);
    int array = vector.arrayParameter(code, 4);
    int lanes = vector.lanes;
    int[] positions =
        VectorCode.rowPositions(code, lanes, code.parameterSlot(2), code.parameterSlot(3));
    int[] rows = VectorCode.references(code, lanes);
    int block = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          LaneExchange.loadTransposed(code, vector, code.parameterSlot(1), positions, block, rows);
          for (int row = 0; row < lanes; row++) {
            code.aload(rows[row]).aload(array);
            code.iload(code.parameterSlot(5));
            code.iload(block).loadConstant(lanes * panelColumns).imul().iadd();
            code.loadConstant(row * panelColumns).iadd();
            vector.storeArray(code);
          }
        });
    code.return_();
  }
}
