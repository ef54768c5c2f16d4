package dev.gatun.kernels.convolution;

import dev.gatun.kernels.packed.PackedOperands;
import java.util.Arrays;

/** Packed operands for each piece that a depth is cut into, as many as were needed once. */
final class PieceOperands {
  private PackedOperands[] operands = {};

  /** Makes room for a number of pieces. */
  void reserve(int pieces) {
    int present = operands.length;
    if (present < pieces) {
      operands = Arrays.copyOf(operands, pieces);
      for (int piece = present; piece < pieces; piece++) {
        operands[piece] = new PackedOperands();
      }
    }
  }

  PackedOperands get(int piece) {
    return operands[piece];
  }
}
