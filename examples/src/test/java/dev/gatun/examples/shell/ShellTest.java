package dev.gatun.examples.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.tool.JavaShellToolBuilder;
import org.junit.jupiter.api.Test;

/** What the shell answers, with the file that the launcher starts it with. */
class ShellTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void gradientsAreAnsweredAsPyTorchPrintsThem() throws Exception {
    var answer =
        answer(
            """
            var x = tensor(1.0, 2.0).requiresGrad_()
            x.square().sum().backward()
            x.grad()
            arange(6).reshape(2, 3).get(all(), at(1))
            new Linear(2, 3).parameterCount()
            """);
    assertTrue(answer.contains("x ==> tensor([1., 2.], requires_grad=True)"), answer);
    assertTrue(answer.contains("==> tensor([2., 4.])"), answer);
    assertTrue(answer.contains("==> tensor([1, 4])"), answer);
    assertTrue(answer.contains("==> 9"), answer);
  }

  @Test
  void helpAndDirAnswer() throws Exception {
    var answer =
        answer(
            """
            help("matmul")
            help("log_softmax")
            help("Linear")
            help("matmull")
            help("Linear.nothing")
            dir(Tensor.class)
            """);
    assertTrue(answer.contains("matmul: an operation; gradients: of any order"), answer);
    assertTrue(answer.contains("Tensor Tensor.matmul(Tensor other)"), answer);
    assertTrue(answer.contains("Multiplies matrices by PyTorch's rules"), answer);
    assertTrue(answer.contains("other: the right operand, of the same type"), answer);
    assertTrue(answer.contains("Tensor Tensor.logSoftmax(int axis)"), answer);
    assertTrue(answer.contains("An affine map of the last axis"), answer);
    assertTrue(answer.contains("Nothing is called matmull. Perhaps you mean matmul."), answer);
    assertTrue(answer.contains("Linear has no method nothing."), answer);
    assertTrue(answer.contains("registerPostAccumulateGradHook"), answer);
    assertTrue(answer.lines().noneMatch(line -> line.contains("{@")), answer);
  }

  /** Starts a shell as the launcher does, but on the class path, and types into it. */
  private static String answer(String typed) throws Exception {
    var out = new ByteArrayOutputStream();
    var sources =
        Stream.of("memory", "kernels", "autograd", "nn")
            .map(module -> ROOT.resolve(module).resolve("src/main/java").toString())
            .collect(Collectors.joining(File.pathSeparator));
    int status =
        JavaShellToolBuilder.builder()
            .in(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)), null)
            .out(new PrintStream(out, true, StandardCharsets.UTF_8))
            .persistence(new HashMap<>())
            .start(
                "--class-path",
                System.getProperty("java.class.path"),
                "-R--add-modules=jdk.incubator.vector",
                "-R-Dgatun.sources=" + sources,
                "--startup",
                "DEFAULT",
                "--startup",
                ROOT.resolve("examples/src/main/jshell/gatun.jsh").toString());
    assertEquals(0, status);
    return out.toString(StandardCharsets.UTF_8);
  }
}
