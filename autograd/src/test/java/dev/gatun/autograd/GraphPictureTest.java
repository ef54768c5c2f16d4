package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.ones;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.memory.ArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestScope.class)
class GraphPictureTest {
  @TempDir private Path folder;

  private static GraphPicture picture() {
    Tensor w = ones(3, 2).requiresGrad_();
    Tensor b = ones(2).requiresGrad_();
    Tensor y = ones(4, 3).matmul(w).add(b).add(b).tanh();
    return GraphPicture.of(Map.of("the \"w\"", w), y);
  }

  @Test
  void showsOperationsLeavesAndShapes() {
    assertEquals(
        """
        digraph gatun {
          node [shape=box, fontname="sans-serif", fontsize=11];
          edge [fontname="sans-serif", fontsize=9];
          n0 [label="tanh\\nfloat32[4, 2]"];
          n1 [label="add\\nfloat32[4, 2]"];
          n2 [label="add\\nfloat32[4, 2]"];
          n3 [label="leaf\\nfloat32[2]", style=filled, fillcolor="#bbdefb"];
          n4 [label="matmul\\nfloat32[4, 2]"];
          n5 [label="the \\"w\\"\\nfloat32[3, 2]", style=filled, fillcolor="#bbdefb"];
          out0 [label="output", style=filled, fillcolor="#c8e6c9"];
          n1 -> n0 [label="[4, 2]"];
          n2 -> n1 [label="[4, 2]"];
          n3 -> n1 [label="[2]"];
          n4 -> n2 [label="[4, 2]"];
          n3 -> n2 [label="[2]"];
          n5 -> n4 [label="[3, 2]"];
          n0 -> out0 [label="[4, 2]"];
        }
        """,
        picture().dot());
  }

  @Test
  void severalOutputsAndLeavesAsOutputs() {
    Tensor w = ones(2).requiresGrad_();
    String text = GraphPicture.of(w, w.exp()).dot();
    assertTrue(text.contains("n0 -> out0 [label=\"[2]\"]"), text);
    assertTrue(text.contains("n1 -> out1 [label=\"[2]\"]"), text);
    assertTrue(text.contains("\"output 1\""), text);
    assertThrows(GradientException.class, () -> GraphPicture.of(ones(2)));
  }

  @Test
  void textIsWrittenAsItIs() throws IOException {
    Path file = folder.resolve("graph.dot");
    picture().write(file);
    assertEquals(picture().dot(), Files.readString(file));
    assertThrows(ArgumentException.class, () -> picture().write(folder.resolve("graph.bmp")));
  }

  @Test
  void aMissingProgramIsNamed() {
    Path file = folder.resolve("graph.svg");
    GraphvizException e =
        assertThrows(
            GraphvizException.class, () -> picture().write(file, "no-such-program-anywhere"));
    assertTrue(e.getMessage().contains("install Graphviz"), e.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theProgramDraws() throws IOException {
    // Called as dot is: -Tsvg -o FILE TEXT.
    Path program = script("echo \"<svg $1>\" > \"$3\"; cat \"$4\" >> \"$3\"");
    Path file = folder.resolve("graph.SVG");
    picture().write(file, program.toString());
    assertEquals("<svg -Tsvg>\n" + picture().dot(), Files.readString(file));
    Path broken = script("echo syntax error in line 3; exit 7");
    GraphvizException e =
        assertThrows(GraphvizException.class, () -> picture().write(file, broken.toString()));
    assertTrue(e.getMessage().endsWith("ended with 7: syntax error in line 3"), e.getMessage());
  }

  private Path script(String body) throws IOException {
    Path file = Files.createTempFile(folder, "program", ".sh");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
