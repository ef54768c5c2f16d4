package dev.gatun.bench.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.cases.Family;
import dev.gatun.bench.contest.BenchmarkCase;
import dev.gatun.bench.contest.Target;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CaseFilterTest {

  private final Family family =
      new Family(
          "pointwise",
          "Elementwise",
          List.of(BenchmarkCase.named("add 1K").build(), BenchmarkCase.named("exp 4M").build()));

  private List<String> chosen(String text) {
    return new CaseFilter(text, false).casesOf(family).stream().map(BenchmarkCase::name).toList();
  }

  @Test
  void nothingChoosesAll() {
    assertEquals(List.of("add 1K", "exp 4M"), chosen(""));
    assertFalse(new CaseFilter("", false).isPartial());
  }

  @Test
  void aFamilyOrPartOfANameChooses() {
    assertEquals(List.of("add 1K", "exp 4M"), chosen("pointwise"));
    assertEquals(List.of("exp 4M"), chosen("exp|tanh"));
    assertEquals(List.of(), chosen("softmax"));
    assertTrue(new CaseFilter("exp", false).isPartial());
  }

  @Test
  void aQuickRunLeavesOutCasesUnlessTheyAreNamed() {
    var cases =
        new Family(
            "gemm",
            "Products",
            List.of(
                BenchmarkCase.named("SGEMM 64 (NN)").target(Target.ofRatio(1)).build(),
                BenchmarkCase.named("SGEMM 96")
                    .target(Target.ofRatio(1))
                    .thoroughOnly(true)
                    .build(),
                BenchmarkCase.named("SGEMM 64, eager").build()));
    var quick = new CaseFilter("", true);
    assertEquals(1, quick.casesOf(cases).size());
    assertTrue(Pattern.matches(quick.expressionFor(cases), "SGEMM 64 (NN)"));
    assertFalse(Pattern.matches(quick.expressionFor(cases), "SGEMM 96"));
    assertFalse(Pattern.matches(quick.expressionFor(cases), "SGEMM 64, eager"));
    assertFalse(quick.includesFirstCalls());
    assertEquals(1, new CaseFilter("eager", true).casesOf(cases).size());
    assertEquals(1, new CaseFilter("96", true).casesOf(cases).size());
  }
}
