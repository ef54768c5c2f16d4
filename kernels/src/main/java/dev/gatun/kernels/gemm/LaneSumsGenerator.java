package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gatun.kernels.bytecode.LaneExchange;
import dev.gatun.kernels.bytecode.VectorCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;

/** Writes the addition of lanes: a transposition in which each exchange ends in a sum. */
final class LaneSumsGenerator {
  private final VectorCode vector;

  private LaneSumsGenerator(VectorCode vector) {
    this.vector = vector;
  }

  /**
   * Makes the sums.
   *
   * @param vector the code of the vectors to add
   */
  static LaneSums sums(VectorCode vector) {
    var generator = new LaneSumsGenerator(vector);
    var segment = VectorCode.SEGMENT;
    return VectorCode.define(
        MethodHandles.lookup(),
        LaneSums.class,
        vector.name + "LaneSums",
        builder ->
            builder.withMethodBody(
                "add",
                MethodTypeDesc.of(CD_void, CD_int, segment, segment, CD_long, CD_long),
                0,
                generator::write));
  }

  private void write(CodeBuilder code) {
    VectorCode.nativeSegments(code, 1, 2);
    int lanes = vector.lanes;
    int steps = Integer.numberOfTrailingZeros(lanes);
    int[] sums = VectorCode.references(code, lanes);
    int group = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        group,
        code.parameterSlot(0),
        () -> {
          for (int i = 0; i < lanes; i++) {
            vector.species(code);
            code.aload(code.parameterSlot(1)).iload(group).i2l();
            code.loadConstant((long) lanes * vector.vectorBytes).lmul();
            code.loadConstant((long) i * vector.vectorBytes).ladd();
            vector.loadSegmentExact(code);
            code.astore(sums[i]);
          }
          for (int step = steps - 1; step >= 0; step--) {
            int distance = 1 << step;
            for (int i = 0; i < distance; i++) {
              LaneExchange.pushPairSums(code, vector, sums[i], sums[i + distance], distance);
              code.astore(sums[i]);
            }
          }
          code.aload(sums[0]).aload(code.parameterSlot(2));
          VectorCode.bytePosition(code, code.parameterSlot(3), group, code.parameterSlot(4), 0);
          vector.storeSegment(code);
        });
    code.return_();
  }
}
