package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;

/** Writes the loops that move rows of a fixed number of vectors to and from scratch arrays. */
final class PanelGenerator {
  private final VectorCode vector;
  private final int vectors;

  private PanelGenerator(VectorCode vector, int vectors) {
    this.vector = vector;
    this.vectors = vectors;
  }

  static FloatPanel floatPanel(int vectorBits, int vectors) {
    var generator = new PanelGenerator(VectorCode.ofFloat(vectorBits), vectors);
    return VectorCode.define(FloatPanel.class, "FloatPanel" + vectors, generator::writeMethods);
  }

  static DoublePanel doublePanel(int vectorBits, int vectors) {
    var generator = new PanelGenerator(VectorCode.ofDouble(vectorBits), vectors);
    return VectorCode.define(DoublePanel.class, "DoublePanel" + vectors, generator::writeMethods);
  }

  private void writeMethods(ClassBuilder builder) {
    var array = vector.array;
    var segment = VectorCode.SEGMENT;
    builder.withMethodBody(
        "pack",
        MethodTypeDesc.of(CD_void, CD_int, segment, CD_long, CD_long, array, CD_int, CD_int),
        0,
        this::writePack);
    builder.withMethodBody(
        "store",
        MethodTypeDesc.of(
            CD_void, CD_int, array, CD_int, vector.element, segment, CD_long, CD_long),
        0,
        this::writeStore);
    builder.withMethodBody(
        "accumulate",
        MethodTypeDesc.of(
            CD_void,
            CD_int,
            array,
            CD_int,
            vector.element,
            vector.element,
            segment,
            CD_long,
            CD_long,
            segment,
            CD_long,
            CD_long),
        0,
        this::writeAccumulate);
  }

  private void writePack(CodeBuilder code) {
    int rows = code.parameterSlot(0);
    int source = code.parameterSlot(1);
    int sourceOffset = code.parameterSlot(2);
    int sourceRowBytes = code.parameterSlot(3);
    int target = code.parameterSlot(4);
    int targetOffset = code.parameterSlot(5);
    int targetStride = code.parameterSlot(6);
    int row = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        row,
        rows,
        () -> {
          for (int index = 0; index < vectors; index++) {
            vector.species(code);
            code.aload(source);
            VectorCode.bytePosition(
                code, sourceOffset, row, sourceRowBytes, index * vector.vectorBytes);
            vector.loadSegment(code);
            code.aload(target);
            VectorCode.position(code, targetOffset, row, targetStride, index * vector.lanes);
            vector.storeArray(code);
          }
        });
    code.return_();
  }

  private void writeStore(CodeBuilder code) {
    int rows = code.parameterSlot(0);
    int block = code.parameterSlot(1);
    int blockStride = code.parameterSlot(2);
    int alpha = code.parameterSlot(3);
    int target = code.parameterSlot(4);
    int targetOffset = code.parameterSlot(5);
    int targetRowBytes = code.parameterSlot(6);
    int factor = broadcast(code, alpha);
    int row = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        row,
        rows,
        () -> {
          for (int index = 0; index < vectors; index++) {
            loadBlock(code, block, blockStride, row, index);
            code.aload(factor);
            vector.multiply(code);
            storeRow(code, target, targetOffset, targetRowBytes, row, index);
          }
        });
    code.return_();
  }

  private void writeAccumulate(CodeBuilder code) {
    int rows = code.parameterSlot(0);
    int block = code.parameterSlot(1);
    int blockStride = code.parameterSlot(2);
    int alpha = code.parameterSlot(3);
    int beta = code.parameterSlot(4);
    int addend = code.parameterSlot(5);
    int addendOffset = code.parameterSlot(6);
    int addendRowBytes = code.parameterSlot(7);
    int target = code.parameterSlot(8);
    int targetOffset = code.parameterSlot(9);
    int targetRowBytes = code.parameterSlot(10);
    int factor = broadcast(code, alpha);
    int addendFactor = broadcast(code, beta);
    int row = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        row,
        rows,
        () -> {
          for (int index = 0; index < vectors; index++) {
            loadBlock(code, block, blockStride, row, index);
            code.aload(factor);
            vector.species(code);
            code.aload(addend);
            VectorCode.bytePosition(
                code, addendOffset, row, addendRowBytes, index * vector.vectorBytes);
            vector.loadSegment(code);
            code.aload(addendFactor);
            vector.multiply(code);
            vector.fma(code);
            storeRow(code, target, targetOffset, targetRowBytes, row, index);
          }
        });
    code.return_();
  }

  private int broadcast(CodeBuilder code, int scalar) {
    int slot = code.allocateLocal(TypeKind.REFERENCE);
    vector.species(code);
    code.loadLocal(vector.kind, scalar);
    vector.broadcast(code);
    code.astore(slot);
    return slot;
  }

  private void loadBlock(CodeBuilder code, int block, int stride, int row, int index) {
    vector.species(code);
    code.aload(block).iload(row).iload(stride).imul().loadConstant(index * vector.lanes).iadd();
    vector.loadArray(code);
  }

  private void storeRow(
      CodeBuilder code, int target, int offset, int rowBytes, int row, int index) {
    code.aload(target);
    VectorCode.bytePosition(code, offset, row, rowBytes, index * vector.vectorBytes);
    vector.storeSegment(code);
  }
}
