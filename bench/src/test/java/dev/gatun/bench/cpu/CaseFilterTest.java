package dev.gatun.bench.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.BenchmarkCase;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaseFilterTest {

  private final Family family =
      new Family(
          "pointwise",
          "Elementwise",
          List.of(BenchmarkCase.named("add 1K").build(), BenchmarkCase.named("exp 4M").build()));

  private List<String> chosen(String text) {
    return new CaseFilter(text).casesOf(family).stream().map(BenchmarkCase::name).toList();
  }

  @Test
  void nothingChoosesAll() {
    assertEquals(List.of("add 1K", "exp 4M"), chosen(""));
    assertFalse(new CaseFilter("").isPartial());
  }

  @Test
  void aFamilyOrPartOfANameChooses() {
    assertEquals(List.of("add 1K", "exp 4M"), chosen("pointwise"));
    assertEquals(List.of("exp 4M"), chosen("exp|tanh"));
    assertEquals(List.of(), chosen("softmax"));
    assertTrue(new CaseFilter("exp").isPartial());
  }
}
