package dev.gatun.kernels.packed;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.TileCode;
import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/**
 * Writes {@link PackedTile}s.
 *
 * <p>Left to itself, the optimizing compiler would load all elements of a step, or of several,
 * before it multiplies, and keep sums in memory for want of registers. So a fence orders the loads
 * of a row before those of the next: on the processors with sixteen registers, which do not reorder
 * loads, it is no instruction.
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
  private final PackedForm form;
  private final boolean isMore;

  private PackedTileGenerator(TileCode tile, PackedForm form, boolean isMore) {
    this.tile = tile;
    this.form = form;
    this.isMore = isMore;
    vector = tile.vector();
  }

  /**
   * Makes a tile.
   *
   * @param form {@code ROWS} if neighbours in a block are from one row, else {@code COLUMNS}
   * @param isMore whether sums are added to the result, rather than stored
   */
  static PackedTile tile(
      VectorCode vector, PackedForm form, boolean isMore, int rows, int vectors) {
    var generator = new PackedTileGenerator(new TileCode(vector, rows, vectors), form, isMore);
    var kind = (form == PackedForm.ROWS ? "Rows" : "Columns") + (isMore ? "More" : "");
    return VectorCode.define(
        MethodHandles.lookup(),
        PackedTile.class,
        vector.name + kind + "PackedTile" + rows + "x" + vectors,
        builder -> builder.withMethodBody("multiply", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    int left = vector.arrayParameter(code, LEFT);
    int right = vector.arrayParameter(code, RIGHT);
    int block = code.allocateLocal(TypeKind.INT);
    int outBlock = code.allocateLocal(TypeKind.LONG);
    int leftBlock = code.allocateLocal(TypeKind.INT);
    int[] sums = tile.sums(code);
    var depth = new TileCode.Depth(code.parameterSlot(1), PackedTile.STEPS, true);
    var out = new TileCode.Out(code.parameterSlot(OUT), outBlock, code.parameterSlot(OUT + 2));
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          tile.setBlockPosition(code, block, OUT + 1, outBlock);
          setLeftBlock(code, block, leftBlock);
          tile.writeBlock(
              code,
              sums,
              isMore,
              depth,
              (pass, step, row) -> {
                int neighbours = form == PackedForm.ROWS ? PackedTile.neighbours(vector.lanes) : 1;
                int position =
                    (step / neighbours * tile.rows() + row) * neighbours + step % neighbours;
                pushIndex(code, left, leftBlock, pass, tile.rows(), position);
                vector.elementFromArray(code);
              },
              (pass, step, index) -> {
                vector.species(code);
                int width = tile.vectors() * vector.lanes;
                int constant = step * width + index * vector.lanes;
                pushIndex(code, right, code.parameterSlot(RIGHT + 1), pass, width, constant);
                vector.loadArray(code);
                vector.exact(code);
              },
              out);
        });
    code.return_();
  }

  private void setLeftBlock(CodeBuilder code, int block, int leftBlock) {
    code.iload(code.parameterSlot(LEFT + 1)).iload(block).loadConstant(tile.rows()).imul();
    code.iload(code.parameterSlot(LEFT + 2)).imul().iadd().istore(leftBlock);
  }

  /** Pushes an array and an index: {@code base + pass * steps * width + constant}. */
  private static void pushIndex(
      CodeBuilder code, int array, int base, int pass, int width, int constant) {
    code.aload(array).iload(base).iload(pass).loadConstant(PackedTile.STEPS * width).imul().iadd();
    code.loadConstant(constant).iadd();
  }
}
