package dev.gatun.bindings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine's C compiler, for tests that need libraries of their own, or a second opinion. */
public final class CCompiler {
  private static final Path GCC = Path.of("/usr/bin/gcc");

  private CCompiler() {}

  /** Ends the running test where there is no compiler. */
  public static void require() {
    if (!Files.isExecutable(GCC)) {
      Evidence.skip(
          "no C compiler at "
              + GCC
              + ": layouts are not compared, and no libraries are built to try the loader with");
    }
  }

  /**
   * Builds a shared library. It carries no soname, so that nothing else is taken for it.
   *
   * @param file where to
   * @param source C
   * @return the file
   */
  public static Path library(Path file, String source) {
    run(source, List.of("-shared", "-fPIC", "-o", file.toString(), "-x", "c", "-"));
    return file;
  }

  /**
   * Builds a program, runs it, and returns what it prints.
   *
   * @param folder to build it in
   * @param source C
   * @param includes where headers are
   * @return its output
   */
  public static String runProgram(Path folder, String source, List<Path> includes) {
    var program = folder.resolve("program");
    var arguments = new ArrayList<>(List.of("-w", "-o", program.toString()));
    includes.forEach(include -> arguments.add("-I" + include));
    arguments.addAll(List.of("-x", "c", "-"));
    run(source, arguments);
    return finish(List.of(program.toString()), "");
  }

  private static void run(String source, List<String> arguments) {
    var command = new ArrayList<>(List.of(GCC.toString()));
    command.addAll(arguments);
    finish(command, source);
  }

  private static String finish(List<String> command, String input) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(command + " ended with " + status + ":\n" + output);
      }
      return output;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }
}
