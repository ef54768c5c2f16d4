package dev.gatun.examples.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the projects in {@code src/it}, which the build has compiled against the installed
 * artifacts: on the module path and on the class path, without a flag in either case.
 */
class ConsumerProjectIT {
  private static final List<String> COMPUTED =
      List.of("gradient: tensor([4., 6.])", "bytes in use: 0");
  private static final Path PROJECTS = Path.of("target", "it").toAbsolutePath();

  @Test
  void computesWithVectorsOnTheModulePath() throws Exception {
    var project = PROJECTS.resolve("consumer-on-modules");
    var path = "target" + File.separator + "classes" + File.pathSeparator + dependencies();
    var ran = JavaProcess.java(project, "-p", path, "-m", "consumer/consumer.Main");
    assertEquals(0, ran.status(), ran::toString);
    assertTrue(ran.out().getFirst().startsWith("kernels: vector-"), ran::toString);
    assertEquals(COMPUTED, ran.out().subList(1, ran.out().size()));
    assertEquals(
        List.of("WARNING: Using incubator modules: jdk.incubator.vector"),
        ran.err(),
        "no warning but the JVM's own");
  }

  @Test
  void computesWithScalarsOnTheClassPathAndSaysSoOnce() throws Exception {
    var project = PROJECTS.resolve("consumer-on-class-path");
    var ran =
        JavaProcess.java(
            project,
            "-cp",
            "target" + File.separator + "classes" + File.pathSeparator + dependencies() + "/*",
            "consumer.Main");
    assertEquals(0, ran.status(), ran::toString);
    assertEquals("kernels: scalar", ran.out().getFirst());
    assertEquals(COMPUTED, ran.out().subList(1, ran.out().size()));
    var said = ran.err().stream().filter(line -> line.contains("scalar kernels")).toList();
    assertEquals(1, said.size(), ran::toString);
    assertTrue(said.getFirst().contains("--add-modules jdk.incubator.vector"), ran::toString);
  }

  @Test
  void onlyGatunAndTheJdkAreNeededUpToAutograd(@TempDir Path scratch) throws Exception {
    var modules = Files.createDirectory(scratch.resolve("modules"));
    for (var jar : coreJars()) {
      Files.copy(jar, modules.resolve(jar.getFileName()));
    }
    var ran =
        JavaProcess.java(
            scratch, "-p", modules.toString(), "--add-modules", "dev.gatun.autograd", "--version");
    assertEquals(0, ran.status(), ran::toString);
  }

  @Test
  void linksIntoARuntimeImage(@TempDir Path scratch) throws Exception {
    var jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    assumeTrue(Files.isExecutable(jlink), "this JDK has no jlink");
    var image = scratch.resolve("image");
    var linked =
        JavaProcess.run(
            scratch,
            List.of(
                jlink.toString(),
                "--module-path",
                PROJECTS.resolve("consumer-on-modules").resolve(dependencies()).toString(),
                "--add-modules",
                "dev.gatun.autograd",
                "--output",
                image.toString()));
    assertEquals(0, linked.status(), linked::toString);
    var listed =
        JavaProcess.run(
            scratch, List.of(image.resolve("bin").resolve("java").toString(), "--list-modules"));
    assertEquals(0, listed.status(), listed::toString);
    assertTrue(listed.out().contains("jdk.incubator.vector@" + feature()), listed::toString);
    assertTrue(
        listed.out().stream().anyMatch(line -> line.startsWith("dev.gatun.autograd")),
        listed::toString);
  }

  private static String feature() {
    return System.getProperty("java.version");
  }

  private static String dependencies() {
    return "target" + File.separator + "dependencies";
  }

  private static List<Path> coreJars() throws IOException {
    var folder = PROJECTS.resolve("consumer-on-modules").resolve(dependencies());
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.filter(jar ->
              jar.getFileName()
                  .toString()
                  .matches("gatun-(memory|native-bindings|kernels|autograd)-.*"))
          .toList();
    }
  }
}
