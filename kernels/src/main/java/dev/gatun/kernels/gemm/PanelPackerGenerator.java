package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes {@link PanelPacker}s. */
final class PanelPackerGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(
          CD_void, CD_int, VectorCode.SEGMENT, CD_long, CD_long, CD_long, CD_Object, CD_int);

  private final VectorCode vector;
  private final int vectors;
  private final int advance;

  private PanelPackerGenerator(VectorCode vector, int vectors, int advance) {
    this.vector = vector;
    this.vectors = vectors;
    this.advance = advance;
  }

  /**
   * Makes a packer.
   *
   * @param vectors the number of vectors in a step
   * @param advance the distance between steps in the array
   */
  static PanelPacker packer(VectorCode vector, int vectors, int advance) {
    var generator = new PanelPackerGenerator(vector, vectors, advance);
    return VectorCode.define(
        MethodHandles.lookup(),
        PanelPacker.class,
        vector.name + "PanelPacker" + vectors + "of" + advance,
        builder -> builder.withMethodBody("pack", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1);
    int array = vector.arrayParameter(code, 5);
    int[] positions =
        VectorCode.rowPositions(code, vectors, code.parameterSlot(2), code.parameterSlot(4));
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int index = 0; index < vectors; index++) {
            vector.species(code);
            code.aload(code.parameterSlot(1));
            VectorCode.bytePosition(code, positions[index], step, code.parameterSlot(3), 0);
            vector.loadSegment(code);
            vector.exact(code);
            code.aload(array).iload(code.parameterSlot(6)).iload(step).loadConstant(advance);
            code.imul().iadd().loadConstant(index * vector.lanes).iadd();
            vector.storeArray(code);
          }
        });
    code.return_();
  }
}
