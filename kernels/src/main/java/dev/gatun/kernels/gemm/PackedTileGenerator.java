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

/**
 * Writes {@link PackedTile}s.
 *
 * <p>Each row of the left operand has an index of its own. Were all elements of a step neighbours,
 * the optimizing compiler would load them all before it multiplies, and keep sums in memory for
 * want of registers.
 */
final class PackedTileGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(
          CD_void,
          CD_int,
          CD_int,
          CD_Object,
          CD_int,
          CD_int,
          CD_Object,
          CD_int,
          VectorCode.SEGMENT,
          CD_long,
          CD_long);

  private static final int LEFT = 2;
  private static final int RIGHT = 5;
  private static final int OUT = 7;

  private final TileCode tile;
  private final VectorCode vector;

  private PackedTileGenerator(TileCode tile) {
    this.tile = tile;
    vector = tile.vector();
  }

  static PackedTile tile(VectorCode vector, int rows, int vectors) {
    var generator = new PackedTileGenerator(new TileCode(vector, rows, vectors));
    return VectorCode.define(
        MethodHandles.lookup(),
        PackedTile.class,
        vector.name + "PackedTile" + rows + "x" + vectors,
        builder -> builder.withMethodBody("multiply", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, OUT);
    int left = array(code, LEFT);
    int right = array(code, RIGHT);
    int block = code.allocateLocal(TypeKind.INT);
    int outBlock = code.allocateLocal(TypeKind.LONG);
    int[] leftRows = VectorCode.locals(code, TypeKind.INT, tile.rows());
    int[] sums = tile.sums(code);
    var out = new TileCode.Out(code.parameterSlot(OUT), outBlock, code.parameterSlot(OUT + 2));
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          tile.setBlockPosition(code, block, OUT + 1, outBlock);
          setRowIndices(code, block, leftRows);
          tile.writeBlock(
              code,
              sums,
              (step, row) -> {
                code.aload(left).iload(leftRows[row]).iload(step).iadd();
                vector.elementFromArray(code);
              },
              (step, index) -> {
                vector.species(code);
                code.aload(right).iload(code.parameterSlot(RIGHT + 1)).iload(step);
                code.loadConstant(tile.vectors() * vector.lanes).imul().iadd();
                code.loadConstant(index * vector.lanes).iadd();
                vector.loadArray(code);
              },
              out);
        });
    code.return_();
  }

  /** Casts a parameter to an array, ahead of all loops. */
  private int array(CodeBuilder code, int parameter) {
    int array = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(code.parameterSlot(parameter));
    vector.castToArray(code);
    code.astore(array);
    return array;
  }

  private void setRowIndices(CodeBuilder code, int block, int[] leftRows) {
    int rowLength = code.parameterSlot(LEFT + 2);
    code.iload(code.parameterSlot(LEFT + 1)).iload(block).loadConstant(tile.rows()).imul();
    code.iload(rowLength).imul().iadd().istore(leftRows[0]);
    for (int row = 1; row < leftRows.length; row++) {
      code.iload(leftRows[row - 1]).iload(rowLength).iadd().istore(leftRows[row]);
    }
  }
}
