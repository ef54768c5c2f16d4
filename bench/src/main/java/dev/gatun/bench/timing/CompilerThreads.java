package dev.gatun.bench.timing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JIT compiler's threads of this process, as Linux tells: are they at work? On a machine that
 * is not quiet they may need seconds for what takes them milliseconds otherwise, and code that
 * seems steady is only waiting for them.
 */
public final class CompilerThreads {

  private static final Path TASKS = Path.of("/proc/self/task");

  private CompilerThreads() {}

  /**
   * Whether none of them can run now.
   *
   * @return true where the system does not tell
   */
  public static boolean areIdle() {
    for (var task : tasks()) {
      if (isCompiling(task)) {
        return false;
      }
    }
    return true;
  }

  private static List<Path> tasks() {
    var found = new ArrayList<Path>();
    if (Files.isDirectory(TASKS)) {
      try (var tasks = Files.newDirectoryStream(TASKS)) {
        tasks.forEach(found::add);
      } catch (IOException unreadable) {
        return List.of();
      }
    }
    return found;
  }

  /** A line of this file has the number, the name in parentheses and a letter for the state. */
  private static boolean isCompiling(Path task) {
    try {
      var line = Files.readString(task.resolve("stat"));
      int end = line.lastIndexOf(')');
      var name = line.substring(0, end);
      return (name.contains("(C1 ") || name.contains("(C2 ")) && line.startsWith(" R", end + 1);
    } catch (IOException ended) {
      // Threads come and go while their list is read.
      return false;
    }
  }
}
