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
 * Writes register tiles. Sums are local variables, all of them written out; the inner loop is that
 * over the depth, counted by an int, with positions computed from it: a shape that the optimizing
 * compiler turns into little but loads and fused multiply-adds.
 */
final class TileGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(
          CD_void,
          CD_int,
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
        builder -> builder.withMethodBody("multiply", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 2, 6, 9);
    int block = code.allocateLocal(TypeKind.INT);
    int leftBlock = code.allocateLocal(TypeKind.LONG);
    int outBlock = code.allocateLocal(TypeKind.LONG);
    int[] sums = VectorCode.references(code, rows * vectors);
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          setBlockPosition(code, block, 3, leftBlock);
          setBlockPosition(code, block, 10, outBlock);
          writeBlock(code, sums, leftBlock, outBlock);
        });
    code.return_();
  }

  /** Finds the first row of a block from two parameters: an offset, and the distance of rows. */
  private void setBlockPosition(CodeBuilder code, int block, int parameter, int position) {
    code.lload(code.parameterSlot(parameter)).iload(block).i2l().loadConstant((long) rows).lmul();
    code.lload(code.parameterSlot(parameter + 1)).lmul().ladd().lstore(position);
  }

  private void writeBlock(CodeBuilder code, int[] sums, int leftBlock, int outBlock) {
    // One call for all: the first compiler gives up where too much is inlined.
    vector.zero(code);
    code.astore(sums[0]);
    for (int i = 1; i < sums.length; i++) {
      code.aload(sums[0]).astore(sums[i]);
    }
    writeLoop(code, sums, elements(code, leftBlock), columns(code));
    // Computed behind the loop, where they do not take registers from it.
    int[] positions = outPositions(code, outBlock);
    for (int i = 0; i < sums.length; i++) {
      code.aload(sums[i]);
      pushOutPosition(code, positions, i);
      vector.storeSegment(code);
    }
  }

  private int[] outPositions(CodeBuilder code, int outBlock) {
    return VectorCode.rowPositions(code, rows, outBlock, code.parameterSlot(11));
  }

  private void pushOutPosition(CodeBuilder code, int[] positions, int index) {
    code.aload(code.parameterSlot(9)).lload(positions[index / vectors]);
    code.loadConstant((long) (index % vectors) * vector.vectorBytes).ladd();
  }

  /** Something that is pushed at a step of the depth, for one of several rows or vectors. */
  private interface Operand {
    void push(int step, int index);
  }

  private Operand elements(CodeBuilder code, int leftBlock) {
    int left = code.parameterSlot(2);
    int columnBytes = code.parameterSlot(5);
    int[] positions = VectorCode.rowPositions(code, rows, leftBlock, code.parameterSlot(4));
    return (step, row) -> {
      vector.elementAccess(code);
      code.aload(left);
      switch (form) {
        case ROWS -> VectorCode.bytePosition(code, positions[row], step, vector.elementBytes());
        case COLUMNS ->
            VectorCode.bytePosition(
                code, positions[0], step, columnBytes, row * vector.elementBytes());
        case ANY -> VectorCode.bytePosition(code, positions[row], step, columnBytes, 0);
      }
      vector.elementFromSegment(code);
    };
  }

  private Operand columns(CodeBuilder code) {
    int right = code.parameterSlot(6);
    int offset = code.parameterSlot(7);
    int rowBytes = code.parameterSlot(8);
    int position = code.allocateLocal(TypeKind.LONG);
    return (step, index) -> {
      if (index == 0) {
        VectorCode.bytePosition(code, offset, step, rowBytes, 0);
        code.lstore(position);
      }
      vector.species(code);
      code.aload(right).lload(position).loadConstant((long) index * vector.vectorBytes).ladd();
      vector.loadSegment(code);
    };
  }

  /** Writes the loop over the depth, which is parameter 1. */
  private void writeLoop(CodeBuilder code, int[] sums, Operand element, Operand columns) {
    int[] column = VectorCode.references(code, vectors);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int step = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(1),
        () -> {
          for (int index = 0; index < vectors; index++) {
            columns.push(step, index);
            vector.exact(code);
            code.astore(column[index]);
          }
          for (int row = 0; row < rows; row++) {
            vector.species(code);
            element.push(step, row);
            vector.broadcast(code);
            vector.exact(code);
            code.astore(factor);
            for (int index = 0; index < vectors; index++) {
              int sum = sums[row * vectors + index];
              vector.fusedMultiplyAdd(code, factor, column[index], sum);
              code.astore(sum);
            }
          }
        });
  }
}
