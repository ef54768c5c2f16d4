package dev.gatun.bindings.generated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.bindings.CCompiler;
import dev.gatun.bindings.Evidence;
import dev.gatun.bindings.RealLibraries;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Structures and constants are what a C compiler makes of NVIDIA's headers. */
class HeadersTest {
  private static final Path CONFIG = Path.of("..", "jextract-config");

  @TempDir private Path folder;

  /** A question to the compiler: an expression of type long. */
  private record Question(String expression, long ours) {}

  @Test
  void layouts() {
    CCompiler.require();
    int layouts = 0;
    for (SymbolList list : SymbolList.values()) {
      var questions = new ArrayList<Question>();
      for (String name : list.names("struct")) {
        ask(questions, name, layout(list.type(name)));
        layouts++;
      }
      compare(list, questions);
    }
    Evidence.count("layouts_compared", "gcc", layouts);
  }

  private static void ask(List<Question> questions, String name, GroupLayout layout) {
    String type = name.endsWith("_st") || name.startsWith("Gatun") ? "struct " + name : name;
    questions.add(new Question("sizeof(" + type + ")", layout.byteSize()));
    questions.add(new Question("_Alignof(" + type + ")", layout.byteAlignment()));
    for (MemoryLayout member : layout.memberLayouts()) {
      member
          .name()
          .ifPresent(field -> {
            questions.add(
                new Question(
                    "__builtin_offsetof(" + type + ", " + field + ")",
                    layout.byteOffset(PathElement.groupElement(field))));
            questions.add(
                new Question("sizeof(((" + type + " *)0)->" + field + ")", member.byteSize()));
          });
    }
  }

  private static GroupLayout layout(Class<?> type) {
    try {
      return (GroupLayout) type.getMethod("layout").invoke(null);
    } catch (ReflectiveOperationException absent) {
      throw new AssertionError(absent);
    }
  }

  @ParameterizedTest
  @EnumSource
  void constants(SymbolList list) {
    CCompiler.require();
    var questions = new ArrayList<Question>();
    for (String name : list.names("constant")) {
      questions.add(new Question("(long)" + name, value(list, name)));
    }
    compare(list, questions);
    Evidence.count("constants_compiled", list.list(), questions.size());
  }

  /** A constant as a number, whatever its type in C. */
  static long value(SymbolList list, String name) {
    return switch (list.read(name)) {
      case Integer number -> number;
      case Long number -> number;
      case MemorySegment pointer -> pointer.address();
      case Object other -> throw new AssertionError(name + " is " + other);
    };
  }

  private void compare(SymbolList list, List<Question> questions) {
    if (questions.isEmpty()) {
      return;
    }
    var includes = new ArrayList<>(RealLibraries.requireHeaders());
    var source = new StringBuilder("#include <stdio.h>\n#include \"");
    source.append(CONFIG.resolve(list.list() + ".umbrella.h").toAbsolutePath().normalize());
    source.append("\"\nint main(void) {\n");
    var ours = new StringBuilder();
    for (Question question : questions) {
      source.append("  printf(\"%s = %ld\\n\", \"").append(question.expression());
      source.append("\", (long)(").append(question.expression()).append("));\n");
      ours.append(question.expression()).append(" = ").append(question.ours()).append('\n');
    }
    source.append("  return 0;\n}\n");
    assertEquals(
        CCompiler.runProgram(folder, source.toString(), includes), ours.toString(), list.list());
  }
}
