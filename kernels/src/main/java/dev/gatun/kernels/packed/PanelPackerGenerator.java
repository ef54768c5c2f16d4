package dev.gatun.kernels.packed;

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

  private static final MethodTypeDesc SCATTERED_TYPE =
      MethodTypeDesc.of(
          CD_void,
          CD_int,
          VectorCode.SEGMENT,
          CD_long,
          CD_long.arrayType(),
          CD_int,
          CD_Object,
          CD_int);

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
        builder ->
            builder
                .withMethodBody("pack", TYPE, 0, generator::writePack)
                .withMethodBody("packScattered", SCATTERED_TYPE, 0, generator::writeScattered));
  }

  private void writePack(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1);
    int[] positions =
        VectorCode.rowPositions(code, vectors, code.parameterSlot(2), code.parameterSlot(4));
    write(
        code,
        5,
        (step, index) ->
            VectorCode.bytePosition(code, positions[index], step, code.parameterSlot(3), 0));
  }

  private void writeScattered(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1);
    write(
        code,
        5,
        (step, index) -> {
          code.aload(code.parameterSlot(3)).iload(code.parameterSlot(4)).iload(step).iadd();
          code.laload();
          code.lload(code.parameterSlot(2)).ladd();
          code.loadConstant((long) index * vector.vectorBytes).ladd();
        });
  }

  /** Pushes where a vector of a step is read. */
  private interface Position {
    void push(int step, int index);
  }

  /** Writes the loop over steps; an array and an index are parameters from {@code target} on. */
  private void write(CodeBuilder code, int target, Position position) {
    int array = vector.arrayParameter(code, target);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int index = 0; index < vectors; index++) {
            vector.species(code);
            code.aload(code.parameterSlot(1));
            position.push(step, index);
            vector.loadSegmentExact(code);
            code.aload(array)
                .iload(code.parameterSlot(target + 1))
                .iload(step)
                .loadConstant(advance);
            code.imul().iadd().loadConstant(index * vector.lanes).iadd();
            vector.storeArray(code);
          }
        });
    code.return_();
  }
}
