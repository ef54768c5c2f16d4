package dev.gatun.examples.consumer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a Java program of its own process did.
 *
 * @param status its exit status
 * @param out the lines of its standard output
 * @param err the lines of its standard error
 */
record JavaProcess(int status, List<String> out, List<String> err) {
  /** Runs {@code java} of the JDK that runs the tests, without options from the environment. */
  static JavaProcess java(Path directory, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    return run(directory, command);
  }

  static JavaProcess run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    var out = Files.createTempFile("gatun-out", ".txt");
    var err = Files.createTempFile("gatun-err", ".txt");
    try {
      var builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().remove("JDK_JAVA_OPTIONS");
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      int status = builder.start().waitFor();
      return new JavaProcess(status, lines(out), lines(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }
}
