package dev.gatun.kernels.convolution;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/**
 * Writes {@link DepthTile}s. Sums are local variables, all of them written out; the only loop is
 * that over the depth, counted by an int, with positions computed from it: a shape that the
 * optimizing compiler turns into nothing but loads and fused multiply-adds.
 */
final class DepthTileGenerator {
  private static final MethodTypeDesc TYPE =
      MethodTypeDesc.of(
          CD_void,
          CD_int,
          VectorCode.SEGMENT,
          CD_long,
          CD_long,
          VectorCode.SEGMENT,
          CD_long,
          CD_long.arrayType(),
          VectorCode.SEGMENT,
          CD_long,
          CD_long);

  private static final int DEPTH = 0;
  private static final int LEFT = 1;
  private static final int RIGHT = 4;
  private static final int TABLE = 6;
  private static final int OUT = 7;

  private final VectorCode vector;
  private final int rows;
  private final int vectors;
  private final int chains;

  private DepthTileGenerator(VectorCode vector, int rows, int vectors, int chains) {
    this.chains = chains;
    this.vector = vector;
    this.rows = rows;
    this.vectors = vectors;
  }

  /** Makes a tile that keeps one sum for each result, or two. */
  static DepthTile tile(VectorCode vector, int rows, int vectors, int chains) {
    var generator = new DepthTileGenerator(vector, rows, vectors, chains);
    return VectorCode.define(
        MethodHandles.lookup(),
        DepthTile.class,
        vector.name + "DepthTile" + rows + "x" + vectors + "x" + chains,
        builder -> builder.withMethodBody("multiply", TYPE, 0, generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, LEFT, RIGHT, OUT);
    int[] sums = VectorCode.references(code, chains * rows * vectors);
    // Made once: each time is code that the first compiler puts in place, and it soon has too much.
    vector.zero(code);
    for (int sum : sums) {
      code.dup().astore(sum);
    }
    code.pop();
    writeLoop(code, sums);
    // Computed behind the loop, where they do not take registers from it.
    int[] positions = outPositions(code);
    for (int i = 0; i < rows * vectors; i++) {
      code.aload(sums[i]);
      vector.exact(code);
      if (chains > 1) {
        code.aload(sums[rows * vectors + i]);
        vector.add(code);
      }
      pushOutPosition(code, positions, i);
      vector.storeSegment(code);
    }
    code.return_();
  }

  private int[] outPositions(CodeBuilder code) {
    return VectorCode.rowPositions(
        code, rows, code.parameterSlot(OUT + 1), code.parameterSlot(OUT + 2));
  }

  private void pushOutPosition(CodeBuilder code, int[] positions, int index) {
    code.aload(code.parameterSlot(OUT)).lload(positions[index / vectors]);
    code.loadConstant((long) (index % vectors) * vector.vectorBytes).ladd();
  }

  private void writeLoop(CodeBuilder code, int[] sums) {
    int[] leftRows =
        VectorCode.rowPositions(
            code, rows, code.parameterSlot(LEFT + 1), code.parameterSlot(LEFT + 2));
    int[] column = VectorCode.references(code, vectors);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int position = code.allocateLocal(TypeKind.LONG);
    int step = code.allocateLocal(TypeKind.INT);
    int steps = code.allocateLocal(TypeKind.INT);
    code.iload(code.parameterSlot(DEPTH)).loadConstant(chains).idiv().istore(steps);
    VectorCode.loop(
        code,
        step,
        steps,
        () -> {
          for (int chain = 0; chain < chains; chain++) {
            code.aload(code.parameterSlot(TABLE)).iload(step).loadConstant(chains).imul();
            code.loadConstant(chain).iadd().laload();
            code.lload(code.parameterSlot(RIGHT + 1)).ladd().lstore(position);
            for (int index = 0; index < vectors; index++) {
              vector.species(code);
              code.aload(code.parameterSlot(RIGHT)).lload(position);
              code.loadConstant((long) index * vector.vectorBytes).ladd();
              vector.loadSegmentBriefly(code);
              code.astore(column[index]);
            }
            for (int row = 0; row < rows; row++) {
              vector.species(code);
              vector.elementAccess(code);
              code.aload(code.parameterSlot(LEFT));
              VectorCode.bytePosition(code, leftRows[row], step, chains * vector.elementBytes());
              code.loadConstant((long) chain * vector.elementBytes()).ladd();
              vector.elementFromSegment(code);
              vector.broadcast(code);
              code.astore(factor);
              for (int index = 0; index < vectors; index++) {
                int sum = sums[(chain * rows + row) * vectors + index];
                vector.fusedMultiplyAdd(code, factor, column[index], sum);
                code.astore(sum);
              }
            }
          }
        });
  }
}
