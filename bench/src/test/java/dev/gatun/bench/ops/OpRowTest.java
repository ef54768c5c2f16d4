package dev.gatun.bench.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OpRowTest {

  private static final OpRow ROW = new OpRow("add", "[2, 3] [3]", 1.5e-3, 3e-3, 2, "");

  @Test
  void aRowIsReadAsItWasWritten() {
    assertEquals(ROW, OpRow.ofLine(ROW.line()));
    var untimed = OpRow.untimed("add", "[2, 3]", "differs");
    assertEquals(untimed, OpRow.ofLine(untimed.line()));
  }

  @Test
  void aReasonOfSeveralLinesStaysOneRow() {
    var row = OpRow.ofLine(OpRow.untimed("add", "", "refused:\n\tno such type").line());
    assertEquals(OpRow.untimed("add", "", "refused: no such type"), row);
  }

  @Test
  void otherLinesAreNoRows() {
    assertNull(OpRow.ofLine("WARNING: something\tof\tsomebody\telse's\tin\tseven\tfields"));
    assertNull(OpRow.ofLine(OpsFork.BEGUN + "add"));
  }

  @Test
  void aCallIsShortWhenNeitherSideTakesLong() {
    assertTrue(new OpRow("add", "", 0.4e-6, 4e-6, 10, "").isShort());
    assertFalse(new OpRow("add", "", 4e-3, 10e-6, 0.0025, "").isShort());
  }

  @Test
  void onlyWhatHasNoTroubleIsTimed() {
    assertTrue(ROW.isTimed());
    assertFalse(OpRow.untimed("add", "", "no drawn call").isTimed());
  }
}
