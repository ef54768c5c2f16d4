package dev.gatun.bench.fork;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Starts {@code java} with this process's class path and Gatun's system properties.
 *
 * <p>The libraries' thread counts are set through their environment variables, because not every
 * copy of a library in the process can be reached by a call. Threads that idle are told to spin for
 * a few milliseconds only, so that a library that has just been measured does not burn a core while
 * the next one is. Calls that follow each other at once never notice.
 */
public final class ForkedJvm {

  /**
   * The heap is in memory before anything is measured, as it is in a service that has run for a
   * minute. In a virtual machine memory that is touched for the first time comes from the host,
   * page by page: that made a step on small tensors, which leaves 2 KB of garbage, five times
   * slower until the heap had been filled once, while native libraries reuse what they have.
   */
  public static final List<String> TOUCHED_HEAP = List.of("-Xms1g", "-XX:+AlwaysPreTouch");

  /** No library's idle threads spin longer than this in a fork, in milliseconds. */
  public static final long LONGEST_SPIN_MILLIS = 10;

  /** Two to the power of this many clock cycles: 4 ms at 4 GHz. */
  private static final String OPENBLAS_SPIN = "24";

  private static final String INTEL_SPIN_MILLIS = "5";

  private final String mainClass;
  private final int threads;
  private final List<String> jvmOptions;

  /**
   * Describes forks.
   *
   * @param mainClass their main class
   * @param threads threads that Gatun and the native libraries may use
   */
  public ForkedJvm(Class<?> mainClass, int threads) {
    this(mainClass, threads, List.of());
  }

  /**
   * Describes forks with options for their JVM.
   *
   * @param mainClass their main class
   * @param threads threads that Gatun and the native libraries may use
   * @param jvmOptions such as {@code -Xmx64m}
   */
  public ForkedJvm(Class<?> mainClass, int threads, List<String> jvmOptions) {
    this.mainClass = mainClass.getName();
    this.threads = threads;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /**
   * Runs one fork to its end.
   *
   * @param arguments arguments of the main class
   * @param lines takes each line of its standard output as it comes
   * @throws ForkFailedException when it ends with another status than 0
   * @throws IOException when it cannot be started or read from
   * @throws InterruptedException when this thread is interrupted; the fork is ended
   */
  public void run(List<String> arguments, Consumer<String> lines)
      throws IOException, InterruptedException {
    var errors = Files.createTempFile("gatun-bench", ".log");
    try {
      var process = start(arguments, errors);
      try (var output = process.inputReader()) {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
          lines.accept(line);
        }
        int status = process.waitFor();
        if (status != 0) {
          throw new ForkFailedException(status, Files.readString(errors));
        }
      } finally {
        process.destroy();
      }
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  private Process start(List<String> arguments, Path errors) throws IOException {
    var builder = new ProcessBuilder(command(arguments));
    var count = Integer.toString(threads);
    var environment = builder.environment();
    environment.put("OPENBLAS_NUM_THREADS", count);
    environment.put("OMP_NUM_THREADS", count);
    environment.put("MKL_NUM_THREADS", count);
    environment.put("OPENBLAS_THREAD_TIMEOUT", OPENBLAS_SPIN);
    environment.put("KMP_BLOCKTIME", INTEL_SPIN_MILLIS);
    return builder.redirectError(errors.toFile()).start();
  }

  private List<String> command(List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    // JavaCPP's handles are closed at once; its tracking of them by the collector costs time.
    command.add("-Dorg.bytedeco.javacpp.nopointergc=true");
    for (var name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("gatun.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add("-Dgatun.threads=" + threads);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    return command;
  }
}
