package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.Locale;

/**
 * Writes register tiles. Sums are local variables, all of them written out; the only loop is that
 * over the depth, counted by an int, with positions computed from it: a shape that the optimizing
 * compiler turns into nothing but loads and fused multiply-adds.
 */
final class TileGenerator {
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
  private final TileForm form;
  private final int rows;
  private final int vectors;

  private TileGenerator(VectorCode vector, TileForm form, int rows, int vectors) {
    this.vector = vector;
    this.form = form;
    this.rows = rows;
    this.vectors = vectors;
  }

  static Tile tile(VectorCode vector, TileForm form, int rows, int vectors) {
    var generator = new TileGenerator(vector, form, rows, vectors);
    var formName = form.name().charAt(0) + form.name().substring(1).toLowerCase(Locale.ROOT);
    return VectorCode.define(
        MethodHandles.lookup(),
        Tile.class,
        vector.name + formName + "Tile" + rows + "x" + vectors,
        builder -> {
          builder.withMethodBody("multiply", TYPE, 0, code -> generator.write(code, false));
          builder.withMethodBody("multiplyMore", TYPE, 0, code -> generator.write(code, true));
        });
  }

  private void write(CodeBuilder code, boolean more) {
    VectorCode.nativeSegments(code, 1, 5, 8);
    int[] sums = VectorCode.references(code, rows * vectors);
    if (more) {
      int[] positions = outPositions(code);
      for (int i = 0; i < sums.length; i++) {
        vector.species(code);
        pushOutPosition(code, positions, i);
        vector.loadSegment(code);
        code.astore(sums[i]);
      }
    } else {
      for (int sum : sums) {
        vector.zero(code);
        code.astore(sum);
      }
    }
    writeLoop(code, sums, elements(code), columns(code));
    // Computed behind the loop, where they do not take registers from it.
    int[] positions = outPositions(code);
    for (int i = 0; i < sums.length; i++) {
      code.aload(sums[i]);
      pushOutPosition(code, positions, i);
      vector.storeSegment(code);
    }
    code.return_();
  }

  private int[] outPositions(CodeBuilder code) {
    return VectorCode.rowPositions(code, rows, code.parameterSlot(9), code.parameterSlot(10));
  }

  private void pushOutPosition(CodeBuilder code, int[] positions, int index) {
    code.aload(code.parameterSlot(8)).lload(positions[index / vectors]);
    code.loadConstant((long) (index % vectors) * vector.vectorBytes).ladd();
  }

  /** Something that is pushed at a step of the depth, for one of several rows or vectors. */
  private interface Operand {
    void push(int step, int index);
  }

  private Operand elements(CodeBuilder code) {
    int left = code.parameterSlot(1);
    int columnBytes = code.parameterSlot(4);
    int[] positions =
        VectorCode.rowPositions(code, rows, code.parameterSlot(2), code.parameterSlot(3));
    return (step, row) -> {
      code.aload(left);
      vector.elementLayout(code);
      switch (form) {
        case ROWS -> VectorCode.bytePosition(code, positions[row], step, vector.elementBytes());
        case COLUMNS ->
            VectorCode.bytePosition(
                code, positions[0], step, columnBytes, row * vector.elementBytes());
        case PANEL, ANY -> VectorCode.bytePosition(code, positions[row], step, columnBytes, 0);
      }
      vector.elementFromSegment(code);
    };
  }

  private Operand columns(CodeBuilder code) {
    int right = code.parameterSlot(5);
    int offset = code.parameterSlot(6);
    int rowBytes = code.parameterSlot(7);
    int position = code.allocateLocal(TypeKind.LONG);
    return (step, index) -> {
      if (index == 0) {
        if (form == TileForm.PANEL) {
          VectorCode.bytePosition(code, offset, step, vectors * vector.vectorBytes);
        } else {
          VectorCode.bytePosition(code, offset, step, rowBytes, 0);
        }
        code.lstore(position);
      }
      vector.species(code);
      code.aload(right).lload(position).loadConstant((long) index * vector.vectorBytes).ladd();
      vector.loadSegment(code);
    };
  }

  /** Writes the loop over the depth, which is parameter 0. */
  private void writeLoop(CodeBuilder code, int[] sums, Operand element, Operand columns) {
    int[] column = VectorCode.references(code, vectors);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int index = 0; index < vectors; index++) {
            columns.push(step, index);
            code.astore(column[index]);
          }
          for (int row = 0; row < rows; row++) {
            vector.species(code);
            element.push(step, row);
            vector.broadcast(code);
            code.astore(factor);
            for (int index = 0; index < vectors; index++) {
              int sum = sums[row * vectors + index];
              code.aload(factor).aload(column[index]).aload(sum);
              vector.fma(code);
              code.astore(sum);
            }
          }
        });
  }
}
