package dev.gatun.bench.cases;

import dev.gatun.bench.contest.BenchmarkCase;
import java.util.List;

/** Everything that {@code gatun bench cpu} measures, in the order of the report. */
public final class CpuCases {

  private CpuCases() {}

  /**
   * Lists the families.
   *
   * @return every family; the names of all cases differ
   */
  public static List<Family> families() {
    return List.of(
        GemmCases.sgemm(),
        GemmCases.dgemm(),
        SkinnyCases.family(),
        PointwiseCases.family(),
        FusedCases.family(),
        ReductionCases.family(),
        ConvolutionCases.family(),
        StepPartCases.family(),
        MlpCases.family(),
        TransformerCases.family(),
        SmallTensorCase.family());
  }

  /**
   * Finds a case.
   *
   * @param name its name
   * @return the case
   * @throws IllegalArgumentException when there is none of that name
   */
  public static BenchmarkCase named(String name) {
    return families().stream()
        .flatMap(family -> family.cases().stream())
        .filter(candidate -> candidate.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no case '" + name + "'"));
  }
}
