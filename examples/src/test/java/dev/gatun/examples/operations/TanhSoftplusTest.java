package dev.gatun.examples.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.check.Check;
import dev.gatun.autograd.check.OpChecks;
import dev.gatun.memory.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** One declaration, and all that follows from it. */
class TanhSoftplusTest {
  private static final Map<Check.Kind, Integer> PASSED = new EnumMap<>(Check.Kind.class);

  @TestFactory
  Stream<DynamicTest> checksFollowFromTheDeclaration() {
    return Catalogue.of(TanhSoftplus.class).stream()
        .flatMap(op -> OpChecks.of(op).stream())
        .map(check ->
            DynamicTest.dynamicTest(
                check.toString(),
                () -> {
                  check.run();
                  PASSED.merge(check.kind(), 1, Integer::sum);
                }));
  }

  @Test
  void forwardAndBackward() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.tensor(-1.0, 0.5, 2.0).requiresGrad_();
      Tensor y = TanhSoftplus.TANH_SOFTPLUS.apply(x);
      y.sum().backward();
      assertEquals("TanhSoftplusBackward", y.gradFn());
      Tensor gradient = x.grad();
      assertNotNull(gradient);
      for (int i = 0; i < 3; i++) {
        double at = x.get(i);
        assertEquals(formula(at), y.get(i), 1e-6);
        double slope = (formula(at + 1e-5) - formula(at - 1e-5)) / 2e-5;
        assertEquals(slope, gradient.get(i), 1e-5);
      }
    }
  }

  private static double formula(double x) {
    return x * Math.tanh(Math.log1p(Math.exp(x)));
  }

  /** The launcher adds these figures up and prints them. */
  @AfterAll
  static void writeCounts() throws IOException {
    Properties counts = new Properties();
    counts.setProperty("ops", "1");
    PASSED.forEach((kind, count) ->
        counts.setProperty(kind.name().toLowerCase(Locale.ROOT), Integer.toString(count)));
    Path folder = Files.createDirectories(Path.of("target", "generated-cases"));
    try (var writer = Files.newBufferedWriter(folder.resolve("examples.properties"))) {
      counts.store(writer, null);
    }
  }
}
