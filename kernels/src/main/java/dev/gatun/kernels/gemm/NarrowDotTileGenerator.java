package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.memory.DType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/**
 * Writes tiles for narrow weights. These are widened without leaving their place: a weight that is
 * shifted to the upper end of its four bytes is a float, or a large integer, already.
 */
final class NarrowDotTileGenerator {
  private static final int BFLOAT16_BITS = 16;

  private final VectorCode floats;
  private final VectorCode integers;
  private final DType weights;
  private final int parts;
  private final int rows;
  private final int columns;

  private NarrowDotTileGenerator(int vectorBits, DType weights, int rows, int columns) {
    this.floats = VectorCode.of(DType.FLOAT32, vectorBits);
    this.integers = VectorCode.ofIntegersLike(DType.FLOAT32, vectorBits);
    this.weights = weights;
    this.parts = Integer.BYTES / weights.byteSize();
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Makes a tile.
   *
   * @param weights {@code BFLOAT16} or {@code INT8}
   */
  static NarrowDotTile tile(int vectorBits, DType weights, int rows, int columns) {
    var generator = new NarrowDotTileGenerator(vectorBits, weights, rows, columns);
    var segment = VectorCode.SEGMENT;
    var name = weights == DType.INT8 ? "Int8" : "Bfloat16";
    return VectorCode.define(
        MethodHandles.lookup(),
        NarrowDotTile.class,
        name + "DotTile" + rows + "x" + columns,
        builder -> {
          builder.withMethodBody(
              "multiply",
              MethodTypeDesc.of(
                  CD_void, CD_int, segment, CD_long, CD_long, segment, CD_long, CD_long, segment,
                  CD_long, CD_long),
              0,
              generator::writeLoop);
          builder.withMethodBody(
              "multiplyMasked",
              MethodTypeDesc.of(
                  CD_void, segment, segment, CD_long, CD_long, segment, CD_long, CD_long, segment,
                  CD_long, CD_long),
              0,
              generator::writeMasked);
        });
  }

  private void writeLoop(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1, 4, 7);
    int[] sums = VectorCode.references(code, rows * columns);
    for (int sum : sums) {
      floats.zero(code);
      code.astore(sum);
    }
    int step = code.allocateLocal(TypeKind.INT);
    int[] leftRows = leftRows(code);
    int[] rightColumns = rightColumns(code);
    int[] factors = VectorCode.references(code, rows * parts);
    int packed = code.allocateLocal(TypeKind.REFERENCE);
    int weight = code.allocateLocal(TypeKind.REFERENCE);
    VectorCode.loop(
        code,
        step,
        code.parameterSlot(0),
        () -> {
          for (int i = 0; i < factors.length; i++) {
            floats.species(code);
            code.aload(code.parameterSlot(1));
            VectorCode.bytePosition(code, leftRows[i / parts], step, parts * floats.vectorBytes);
            code.loadConstant((long) (i % parts) * floats.vectorBytes).ladd();
            floats.loadSegmentExact(code);
            code.astore(factors[i]);
          }
          for (int column = 0; column < columns; column++) {
            integers.species(code);
            code.aload(code.parameterSlot(4));
            VectorCode.bytePosition(code, rightColumns[column], step, integers.vectorBytes);
            integers.loadSegmentExact(code);
            code.astore(packed);
            addProducts(code, sums, factors, packed, weight, column);
          }
        });
    store(code, sums);
    code.return_();
  }

  private void writeMasked(CodeBuilder code) {
    VectorCode.nativeSegments(code, 0, 1, 4, 7);
    int[] sums = VectorCode.references(code, rows * columns);
    int[] sumRows = sumRows(code);
    for (int i = 0; i < sums.length; i++) {
      floats.species(code);
      pushSumPosition(code, sumRows, i);
      floats.loadSegment(code);
      code.astore(sums[i]);
    }
    int mask = code.allocateLocal(TypeKind.REFERENCE);
    integers.species(code);
    code.aload(code.parameterSlot(0)).lconst_0();
    integers.loadSegment(code);
    code.astore(mask);
    int[] leftRows = leftRows(code);
    int[] rightColumns = rightColumns(code);
    int[] factors = VectorCode.references(code, rows * parts);
    int packed = code.allocateLocal(TypeKind.REFERENCE);
    int weight = code.allocateLocal(TypeKind.REFERENCE);
    for (int i = 0; i < factors.length; i++) {
      floats.species(code);
      code.aload(code.parameterSlot(1)).lload(leftRows[i / parts]);
      code.loadConstant((long) (i % parts) * floats.vectorBytes).ladd();
      floats.loadSegmentExact(code);
      code.astore(factors[i]);
    }
    for (int column = 0; column < columns; column++) {
      integers.species(code);
      code.aload(code.parameterSlot(4)).lload(rightColumns[column]);
      integers.loadSegmentExact(code);
      code.aload(mask);
      integers.and(code);
      code.astore(packed);
      addProducts(code, sums, factors, packed, weight, column);
    }
    store(code, sums);
    code.return_();
  }

  /** Multiplies the weights of one vector, widened part by part, with the factors of all rows. */
  private void addProducts(
      CodeBuilder code, int[] sums, int[] factors, int packed, int weight, int column) {
    for (int part = 0; part < parts; part++) {
      code.aload(packed);
      if (weights == DType.INT8) {
        int upwards = Integer.SIZE - Byte.SIZE * (part + 1);
        if (upwards > 0) {
          integers.shift(code, "LSHL", upwards);
        }
        integers.shift(code, "ASHR", Integer.SIZE - Byte.SIZE);
        integers.toFloatValues(code, floats);
      } else {
        if (part == 0) {
          integers.shift(code, "LSHL", BFLOAT16_BITS);
        } else {
          integers.and(code, -1 << BFLOAT16_BITS);
        }
        integers.toFloating(code, floats);
      }
      code.astore(weight);
      for (int row = 0; row < rows; row++) {
        int sum = sums[row * columns + column];
        code.aload(factors[row * parts + part]).aload(weight).aload(sum);
        floats.fma(code);
        code.astore(sum);
      }
    }
  }

  private int[] leftRows(CodeBuilder code) {
    return VectorCode.rowPositions(code, rows, code.parameterSlot(2), code.parameterSlot(3));
  }

  private int[] rightColumns(CodeBuilder code) {
    return VectorCode.rowPositions(code, columns, code.parameterSlot(5), code.parameterSlot(6));
  }

  private int[] sumRows(CodeBuilder code) {
    return VectorCode.rowPositions(code, rows, code.parameterSlot(8), code.parameterSlot(9));
  }

  private void store(CodeBuilder code, int[] sums) {
    int[] sumRows = sumRows(code);
    for (int i = 0; i < sums.length; i++) {
      code.aload(sums[i]);
      floats.exact(code);
      pushSumPosition(code, sumRows, i);
      floats.storeSegment(code);
    }
  }

  private void pushSumPosition(CodeBuilder code, int[] sumRows, int index) {
    code.aload(code.parameterSlot(7)).lload(sumRows[index / columns]);
    code.loadConstant((long) (index % columns) * floats.vectorBytes).ladd();
  }
}
