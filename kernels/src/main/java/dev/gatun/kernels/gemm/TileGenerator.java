package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.TileCode;
import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes {@link Tile}s: operands are read where they lie, in segments. */
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

  private final TileCode tile;
  private final VectorCode vector;
  private final TileForm form;

  private TileGenerator(TileCode tile, TileForm form) {
    this.tile = tile;
    this.form = form;
    vector = tile.vector();
  }

  static Tile tile(VectorCode vector, TileForm form, int rows, int vectors) {
    var generator = new TileGenerator(new TileCode(vector, rows, vectors), form);
    return VectorCode.define(
        MethodHandles.lookup(),
        Tile.class,
        vector.name + form.capitalizedName() + "Tile" + rows + "x" + vectors,
        builder -> builder.withMethodBody("multiply", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 2, 6);
    int block = code.allocateLocal(TypeKind.INT);
    int leftBlock = code.allocateLocal(TypeKind.LONG);
    int outBlock = code.allocateLocal(TypeKind.LONG);
    int[] sums = tile.sums(code);
    var depth = new TileCode.Depth(code.parameterSlot(1), 1, false);
    var out = new TileCode.Out(code.parameterSlot(9), outBlock, code.parameterSlot(11));
    VectorCode.loop(
        code,
        block,
        code.parameterSlot(0),
        () -> {
          tile.setBlockPosition(code, block, 3, leftBlock);
          tile.setBlockPosition(code, block, 10, outBlock);
          tile.writeBlock(code, sums, false, depth, elements(code, leftBlock), columns(code), out);
        });
    code.return_();
  }

  private TileCode.Operand elements(CodeBuilder code, int leftBlock) {
    int left = code.parameterSlot(2);
    int columnBytes = code.parameterSlot(5);
    int[] positions = VectorCode.rowPositions(code, tile.rows(), leftBlock, code.parameterSlot(4));
    return (step, _, row) -> {
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

  private TileCode.Operand columns(CodeBuilder code) {
    int right = code.parameterSlot(6);
    int offset = code.parameterSlot(7);
    int rowBytes = code.parameterSlot(8);
    int position = code.allocateLocal(TypeKind.LONG);
    return (step, _, index) -> {
      if (index == 0) {
        VectorCode.bytePosition(code, offset, step, rowBytes, 0);
        code.lstore(position);
      }
      vector.species(code);
      code.aload(right).lload(position).loadConstant((long) index * vector.vectorBytes).ladd();
      vector.loadSegmentBriefly(code);
    };
  }
}
