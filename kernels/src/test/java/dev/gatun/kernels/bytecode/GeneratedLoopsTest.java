package dev.gatun.kernels.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.CompilationLog;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever makes classes of kernels, has their loops compiled by themselves: a virtual machine of
 * its own runs some of each sort, and reports which methods of hidden classes have branched
 * backwards, and how long they are.
 */
class GeneratedLoopsTest {
  private static final int MOST_BYTES_INLINED = 325;
  private static final int RUNS = 20_000;
  private static final int SIZE = 64;
  private static final int NARROWEST = 4;

  /** A method of a hidden class of kernels, compiled after loops in it had turned. */
  private static final Pattern LOOPED =
      Pattern.compile(
          "<task .*method='dev[./]gatun[./]kernels[./](\\w+)[./](\\S+[/+]0x\\S+ \\S+) .*"
              + "bytes='(\\d+)'"
              + ".*backedge_count='\\d+'.*");

  @Test
  void noneIsShortEnoughToBeInlined(@TempDir Path folder) throws IOException, InterruptedException {
    var log = folder.resolve("compilation.xml");
    CompilationLog.record(log, GeneratedLoopsTest.class);
    var seen = new TreeSet<String>();
    var tooShort = new TreeSet<String>();
    try (var lines = Files.lines(log)) {
      lines
          .map(LOOPED::matcher)
          .filter(matcher -> matcher.matches())
          .forEach(matcher -> {
            seen.add(matcher.group(1));
            if (Integer.parseInt(matcher.group(3)) <= MOST_BYTES_INLINED) {
              tooShort.add(matcher.group(2));
            }
          });
    }
    assertTrue(seen.containsAll(Set.of("gemm", "pointwise", "reduce")), seen::toString);
    assertEquals(Set.of(), tooShort);
  }

  /** Runs in the virtual machine of its own. */
  public static void main(String[] arguments) {
    var provider = Kernels.provider();
    try (var _ = Scope.open()) {
      var matrix = StridedArray.allocate(DType.FLOAT32, Shape.of(SIZE, SIZE));
      var out = StridedArray.allocate(DType.FLOAT32, Shape.of(SIZE, SIZE));
      var sums = StridedArray.allocate(DType.FLOAT32, Shape.of(SIZE, 1));
      // The shortest tile: a row times one vector of columns.
      var row = StridedArray.allocate(DType.FLOAT32, Shape.of(1, SIZE));
      var columns = StridedArray.allocate(DType.FLOAT32, Shape.of(SIZE, NARROWEST));
      var narrow = StridedArray.allocate(DType.FLOAT32, Shape.of(1, NARROWEST));
      matrix.segment().fill((byte) 0);
      var x = Expression.input(0);
      var square =
          provider.pointwise(PointwiseProgram.of("square", DType.FLOAT32, 1, x.mul(x).add(x)));
      for (int run = 0; run < RUNS; run++) {
        provider.matmul().matmul(out, matrix, matrix, 1, 0, null, null);
        provider.matmul().matmul(narrow, row, columns, 1, 0, null, null);
        square.run(out, matrix, 1, 0);
        provider.reductions().softmax(out, matrix, 1);
        provider.reductions().reduce(Reduction.SUM, sums, matrix);
      }
    }
  }
}
