package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.Check;
import dev.gatun.autograd.check.OpChecks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Everything that follows from the declarations of the catalogue. */
class CatalogueTest {
  private static final Map<Check.Kind, Integer> PASSED = new EnumMap<>(Check.Kind.class);

  @TestFactory
  Stream<DynamicContainer> declaredOperations() {
    return Catalogue.all().stream()
        .map(op ->
            DynamicContainer.dynamicContainer(
                op.name(),
                OpChecks.of(op).stream()
                    .map(check ->
                        DynamicTest.dynamicTest(
                            check.toString(),
                            () -> {
                              check.run();
                              PASSED.merge(check.kind(), 1, Integer::sum);
                            }))));
  }

  @Test
  void namesAreUniqueAndMany() {
    List<Op> all = Catalogue.all();
    Set<String> names = new HashSet<>();
    for (Op op : all) {
      assertTrue(names.add(op.name()), op.name() + " is declared twice");
    }
    assertTrue(all.size() >= 60, "only " + all.size() + " operations");
  }

  @Test
  void gradientNamesAreReadable() {
    assertEquals("LogSoftmaxBackward", Softmaxes.LOG_SOFTMAX.gradientName());
    assertEquals("AddBackward", Arithmetic.ADD.gradientName());
  }

  /** The launcher adds these figures up and prints them. */
  @AfterAll
  static void writeCounts() throws IOException {
    Properties counts = new Properties();
    counts.setProperty("ops", Integer.toString(Catalogue.all().size()));
    PASSED.forEach((kind, count) ->
        counts.setProperty(kind.name().toLowerCase(Locale.ROOT), Integer.toString(count)));
    Path folder = Files.createDirectories(Path.of("target", "generated-cases"));
    try (var writer = Files.newBufferedWriter(folder.resolve("autograd.properties"))) {
      counts.store(writer, null);
    }
  }
}
