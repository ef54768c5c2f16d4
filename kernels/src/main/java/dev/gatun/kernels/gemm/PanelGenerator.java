package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes the loops that move rows of a fixed number of vectors. */
final class PanelGenerator {
  private final VectorCode vector;
  private final int vectors;

  private PanelGenerator(VectorCode vector, int vectors) {
    this.vector = vector;
    this.vectors = vectors;
  }

  static Panel panel(VectorCode vector, int vectors) {
    var generator = new PanelGenerator(vector, vectors);
    return VectorCode.define(
        MethodHandles.lookup(),
        Panel.class,
        vector.name + "Panel" + vectors,
        generator::writeMethods);
  }

  private void writeMethods(ClassBuilder builder) {
    var segment = VectorCode.SEGMENT;
    builder.withMethodBody(
        "copy",
        MethodTypeDesc.of(CD_void, CD_int, segment, CD_long, CD_long, segment, CD_long, CD_long),
        0,
        code -> {
          VectorCode.nativeSegments(code, 1, 4);
          writeLoop(code, 4, (row, index) -> load(code, 1, row, index));
        });
    builder.withMethodBody(
        "scale",
        MethodTypeDesc.of(
            CD_void, CD_int, CD_double, segment, CD_long, CD_long, segment, CD_long, CD_long),
        0,
        code -> {
          VectorCode.nativeSegments(code, 2, 5);
          int alpha = broadcast(code, 1);
          writeLoop(
              code,
              5,
              (row, index) -> {
                load(code, 2, row, index);
                code.aload(alpha);
                vector.multiply(code);
              });
        });
    builder.withMethodBody(
        "add",
        MethodTypeDesc.of(
            CD_void, CD_int, CD_double, segment, CD_long, CD_long, CD_double, segment, CD_long,
            CD_long, segment, CD_long, CD_long),
        0,
        code -> {
          VectorCode.nativeSegments(code, 2, 6, 9);
          int alpha = broadcast(code, 1);
          int beta = broadcast(code, 5);
          writeLoop(
              code,
              9,
              (row, index) -> {
                load(code, 2, row, index);
                code.aload(alpha);
                load(code, 6, row, index);
                code.aload(beta);
                vector.multiply(code);
                vector.fma(code);
              });
        });
  }

  /** Pushes the vector that is to be stored in a row. */
  private interface Result {
    void push(int row, int index);
  }

  /** Writes the loop over rows; the parameters from {@code target} on say where results go. */
  private void writeLoop(CodeBuilder code, int target, Result result) {
    int row = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        row,
        code.parameterSlot(0),
        () -> {
          for (int index = 0; index < vectors; index++) {
            result.push(row, index);
            pushPosition(code, target, row, index);
            vector.storeSegment(code);
          }
        });
    code.return_();
  }

  private void load(CodeBuilder code, int source, int row, int index) {
    vector.species(code);
    pushPosition(code, source, row, index);
    vector.loadSegmentExact(code);
  }

  /** Pushes a segment and a byte offset, described by three parameters. */
  private void pushPosition(CodeBuilder code, int first, int row, int index) {
    code.aload(code.parameterSlot(first));
    VectorCode.bytePosition(
        code,
        code.parameterSlot(first + 1),
        row,
        code.parameterSlot(first + 2),
        index * vector.vectorBytes);
  }

  private int broadcast(CodeBuilder code, int parameter) {
    int slot = code.allocateLocal(TypeKind.REFERENCE);
    vector.species(code);
    code.dload(code.parameterSlot(parameter));
    vector.broadcastDouble(code);
    code.astore(slot);
    return slot;
  }
}
