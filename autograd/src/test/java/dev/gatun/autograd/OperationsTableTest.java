package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.memory.DType;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of operations in the documentation is written from the catalogue, and kept in step. */
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
    List<Op> all = Catalogue.all();
    StringBuilder text = new StringBuilder();
    text.append("# Operations\n\n");
    text.append("Written from the catalogue by `OperationsTableTest`; do not edit by hand. Shapes");
    text.append(" and types are what a call\ngave when the page was written; the test makes the");
    text.append(" same calls and compares.\n\n");
    text.append("## What there is\n\n");
    text.append("The methods are those of `Tensor` (`x`) and `Gatun`. The call in PyTorch, for");
    text.append(" inputs `a`, `b`, ..., is what `./gatun parity`\nholds the operation to; the");
    text.append(" shapes are those of one such call.\n\n");
    text.append("| operation | methods | in PyTorch | for example | inputs | kind | gradient |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    for (Op op : all) {
      OperationCalls calls = OperationCalls.of(op);
      row(
          text,
          code(op.name()),
          methods(op),
          code(calls.inPyTorch()),
          calls.shapes(),
          inputs(op),
          kind(op),
          op.whyNoGradient() == null ? "yes, of any order" : "none: " + op.whyNoGradient());
    }
    text.append('\n').append(all.size()).append(" operations.\n\n");
    text.append("## Which types they take\n\n");
    text.append(
        "Where all inputs that may be of any type are of one: `yes` where the result is of");
    text.append(" that type, else the result's type;\na dash where the call is refused. Every");
    text.append(" provider of kernels answers alike: plain Java, and vectors of 128, 256 and 512");
    text.append(" bits.\n\n| operation |");
    for (DType dtype : DType.values()) {
      text.append(' ').append(dtype).append(" |");
    }
    text.append("\n|").append("---|".repeat(DType.values().length + 1)).append('\n');
    for (Op op : all) {
      OperationCalls calls = OperationCalls.of(op);
      List<String> cells = new ArrayList<>(List.of(code(op.name())));
      for (DType dtype : DType.values()) {
        cells.add(calls.answer(dtype));
      }
      row(text, cells.toArray(String[]::new));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text.replace("|", "\\|") + "`";
  }

  /** The public methods that are called as the operation is. */
  private static String methods(Op op) {
    String name = op.name().replace("_", "").toLowerCase(Locale.ROOT);
    return Stream.of(Tensor.class, Gatun.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method ->
            !method.isBridge()
                && method
                    .getName()
                    .replaceFirst("(_|Out)$", "")
                    .toLowerCase(Locale.ROOT)
                    .equals(name))
        .map(OperationsTableTest::signature)
        .distinct()
        .sorted()
        .map(OperationsTableTest::code)
        .collect(Collectors.joining(", "));
  }

  private static String signature(Method method) {
    String parameters =
        Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", "));
    if (method.isVarArgs()) {
      parameters = parameters.substring(0, parameters.length() - "[]".length()) + "...";
    }
    String receiver = Modifier.isStatic(method.getModifiers()) ? "Gatun." : "x.";
    return receiver + method.getName() + "(" + parameters + ")";
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
