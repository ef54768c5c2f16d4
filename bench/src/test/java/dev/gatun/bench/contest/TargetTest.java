package dev.gatun.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.DType;
import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void isJudgedAsPrinted() {
    var target = Target.ofRatio(1.0);
    assertTrue(target.isMet(0.996, Double.NaN));
    assertFalse(target.isMet(0.994, Double.NaN));
  }

  @Test
  void bothPartsMustBeReached() {
    var target = new Target(1, 0.95);
    assertTrue(target.isMet(1.2, 0.96));
    assertFalse(target.isMet(1.2, 0.94));
    assertFalse(target.isMet(0.9, 0.96));
  }

  @Test
  void whatWasNotMeasuredIsNotReached() {
    assertFalse(Target.ofRatio(1).isMet(Double.NaN, 1));
  }

  @Test
  void nothingIsAskedOfSome() {
    assertFalse(Target.NONE.exists());
    assertTrue(Target.NONE.isMet(Double.NaN, Double.NaN));
  }

  @Test
  void arithmeticOrMemorySetsTheLeastTime() {
    var work = Work.ofProduct(DType.FLOAT32, 10, 20, 30);
    assertEquals(2 * 10 * 20 * 30, work.flops());
    assertEquals(4 * (300 + 600 + 200), work.bytes());
    assertEquals(12, work.leastSeconds(1000, 1e9));
    assertEquals(4.4, work.leastSeconds(1e9, 1000), 1e-12);
    assertEquals(2, Work.ofBytes(20).leastSeconds(Double.NaN, 10));
  }
}
