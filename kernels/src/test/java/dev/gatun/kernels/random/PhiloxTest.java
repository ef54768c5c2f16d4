package dev.gatun.kernels.random;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** Known answers that are published with the paper, in Random123's file kat_vectors. */
  @Test
  void knownAnswers() {
    assertEquals(0xe169c58d_6627e8d5L, Philox.generate(0, 0, 0, false));
    assertEquals(0x9b00dbd8_bc57ac4cL, Philox.generate(0, 0, 0, true));
    assertEquals(0x41c83b0e_408f276dL, Philox.generate(-1, -1, -1, false));
    assertEquals(0x6d5451fd_a20bc7c6L, Philox.generate(-1, -1, -1, true));
    long low = 0x85a308d3_243f6a88L;
    long high = 0x03707344_13198a2eL;
    long key = 0x299f31d0_a4093822L;
    assertEquals(0x94fdcceb_d16cfe09L, Philox.generate(low, high, key, false));
    assertEquals(0x24126ea1_5001e420L, Philox.generate(low, high, key, true));
  }

  @Test
  void blocksAreTheSameAsTheirHalves() {
    var random = new Random(4);
    for (int i = 0; i < 100; i++) {
      long seed = random.nextLong();
      long block = random.nextLong();
      int[] words = new int[8];
      Philox.block(seed, block, words, 1, 2);
      assertEquals(Philox.lower(seed, block), words[1] & 0xFFFF_FFFFL | (long) words[3] << 32);
      assertEquals(Philox.upper(seed, block), words[5] & 0xFFFF_FFFFL | (long) words[7] << 32);
    }
  }
}
