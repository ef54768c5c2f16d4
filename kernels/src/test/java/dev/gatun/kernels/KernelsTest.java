package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelsTest {
  /** What another virtual machine runs: prints the provider, then a sum that it computes. */
  public static final class Program {
    private Program() {}

    /** Prints the provider twice and the sum of eight twos. */
    public static void main(String[] arguments) {
      try (var _ = Scope.open()) {
        var kernels = Kernels.provider();
        var in =
            Layouts.filled(Layouts.Kind.CONTIGUOUS, dev.gatun.memory.DType.FLOAT32, () -> 2, 8);
        var out = Layouts.allocate(Layouts.Kind.CONTIGUOUS, dev.gatun.memory.DType.FLOAT32, 1);
        kernels.reductions().reduce(dev.gatun.kernels.reduce.Reduction.SUM, out, in);
        System.out.println(kernels + " " + Kernels.provider() + " " + Layouts.values(out)[0]);
      }
    }
  }

  private static String run(String... options) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), Program.class.getName()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static String classPath() {
    var entries = new ArrayList<String>();
    for (var type : List.of(KernelsTest.class, Kernels.class, Scope.class)) {
      entries.add(Path.of(uri(type)).toString());
    }
    return String.join(java.io.File.pathSeparator, entries);
  }

  private static java.net.URI uri(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void withoutTheVectorModuleScalarKernelsRunAndSaySoOnce() throws Exception {
    var output = run();
    assertTrue(output.contains("scalar scalar 16.0"), output);
    assertEquals(2, output.split("--add-modules jdk.incubator.vector", -1).length, output);
  }

  @Test
  void withTheVectorModuleTheWidestVectorsRun() throws Exception {
    var output = run("--add-modules", "jdk.incubator.vector");
    var expected = "vector-" + VectorProvider.availableWidths().getLast();
    assertTrue(output.contains(expected + " " + expected + " 16.0"), output);
    assertFalse(output.contains("scalar"), output);
  }

  @Test
  void propertiesForceTheProvider() throws Exception {
    var vectors = "--add-modules=jdk.incubator.vector";
    assertTrue(run(vectors, "-Dgatun.provider=scalar").contains("scalar scalar 16.0"));
    assertTrue(run(vectors, "-Dgatun.lanes=128").contains("vector-128 vector-128 16.0"));
  }

  @Test
  void whatIsNotThereIsRefusedAndNotReplaced() throws Exception {
    var missing = run("-Dgatun.provider=vector");
    assertTrue(missing.contains("ArgumentException: vector kernels were asked for, but"), missing);
    assertFalse(missing.contains("16.0"), missing);
    var vectors = "--add-modules=jdk.incubator.vector";
    assertTrue(run(vectors, "-Dgatun.lanes=64").contains("64 bits: this machine has"));
    assertTrue(run(vectors, "-Dgatun.lanes=wide").contains("gatun.lanes=wide: expected"));
    assertTrue(run(vectors, "-Dgatun.provider=gpu").contains("gatun.provider=gpu: expected"));
  }

  @Test
  void theProviderCanBeChangedForAWhile() {
    var before = Kernels.provider();
    try (var _ = Kernels.use(ScalarProvider.instance())) {
      assertSame(ScalarProvider.instance(), Kernels.provider());
    }
    assertSame(before, Kernels.provider());
  }

  @Test
  void widthsHaveOneProviderEach() {
    for (int width : VectorProvider.availableWidths()) {
      var provider = VectorProvider.ofWidth(width);
      assertSame(provider, VectorProvider.ofWidth(width));
      assertEquals(width, provider.laneBits());
      assertEquals("vector-" + width, provider.name());
    }
    assertThrows(ArgumentException.class, () -> VectorProvider.ofWidth(96));
  }
}
