package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The table of operations in the documentation is written from the catalogue, and kept in step. */
class OperationsTableTest {
  private static final Path TABLE = Path.of("..", "docs", "operations.md");

  @Test
  void theTableSaysWhatTheCatalogueSays() throws IOException {
    String expected = table();
    if (Boolean.getBoolean("gatun.docs.write")) {
      Files.writeString(TABLE, expected);
    }
    assertEquals(
        expected,
        Files.exists(TABLE) ? Files.readString(TABLE) : "",
        "docs/operations.md is out of step: mvn -pl autograd -am test"
            + " -Dtest=OperationsTableTest -Dgatun.docs.write=true");
  }

  private static String table() {
    StringBuilder text = new StringBuilder();
    text.append("# Operations\n\n");
    text.append("Written from the catalogue by `OperationsTableTest`; do not edit by hand.\n\n");
    text.append("| operation | kind | inputs | gradient |\n|---|---|---|---|\n");
    List<Op> all = Catalogue.all();
    for (Op op : all) {
      String reason = op.whyNoGradient();
      text.append("| `").append(op.name()).append("` | ").append(kind(op)).append(" | ");
      text.append(inputs(op)).append(" | ");
      text.append(reason == null ? "yes, of any order" : "none: " + reason).append(" |\n");
    }
    return text.append('\n').append(all.size()).append(" operations.\n").toString();
  }

  private static String kind(Op op) {
    return switch (op) {
      case PointwiseOp pointwise ->
          "pointwise, " + pointwise.typeRule().name().toLowerCase(Locale.ROOT);
      case StructuralOp<?> structural -> "structural";
    };
  }

  private static String inputs(Op op) {
    return switch (op) {
      case PointwiseOp pointwise -> Integer.toString(pointwise.arity());
      case StructuralOp<?> structural -> {
        int fewest = Integer.MAX_VALUE;
        int most = 0;
        for (Sample<?> sample : structural.samples()) {
          fewest = Math.min(fewest, sample.operands().size());
          most = Math.max(most, sample.operands().size());
        }
        yield fewest == most ? Integer.toString(most) : "any number";
      }
    };
  }
}
