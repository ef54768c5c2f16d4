package dev.gatun.bench.ops;

import dev.gatun.bench.fork.ForkFailedException;
import dev.gatun.bench.fork.ForkedJvm;
import dev.gatun.memory.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Has operations timed in a fresh JVM, and in another one after each that ended the first. */
final class OpsRun {

  private final List<String> options;
  private final int threads;

  /**
   * Prepares a run.
   *
   * @param draws calls for each operation
   * @param dtype the type of inputs that are numbers
   * @param threads how many threads each side may use
   * @param withGradients whether to time forward and backward together
   */
  OpsRun(int draws, DType dtype, int threads, boolean withGradients) {
    this.threads = threads;
    options = new ArrayList<>();
    options.add("--draws=" + draws);
    options.add("--dtype=" + dtype.name());
    options.add("--threads=" + threads);
    if (withGradients) {
      options.add("--gradients");
    }
  }

  /**
   * Times operations.
   *
   * @param names the operations
   * @param progress takes each row as it comes
   * @return the rows
   * @throws IOException when a fork fails before it has begun
   * @throws InterruptedException when this thread is interrupted; the fork is ended
   */
  List<OpRow> time(List<String> names, Consumer<OpRow> progress)
      throws IOException, InterruptedException {
    var rows = new ArrayList<OpRow>();
    Consumer<OpRow> found =
        row -> {
          rows.add(row);
          progress.accept(row);
        };
    var left = List.copyOf(names);
    while (!left.isEmpty()) {
      var begun = new ArrayList<String>();
      try {
        fork(left, begun, found);
        left = List.of();
      } catch (ForkFailedException failure) {
        if (begun.isEmpty()) {
          throw failure;
        }
        found.accept(
            OpRow.untimed(begun.getLast(), "", "the process ended: " + failure.getMessage()));
        left = left.subList(left.indexOf(begun.getLast()) + 1, left.size());
      }
    }
    return rows;
  }

  private void fork(List<String> names, List<String> begun, Consumer<OpRow> found)
      throws IOException, InterruptedException {
    var arguments = new ArrayList<>(options);
    arguments.add("--ops=" + String.join(",", names));
    new ForkedJvm(OpsFork.class, threads, ForkedJvm.TOUCHED_HEAP)
        .run(
            arguments,
            line -> {
              if (line.startsWith(OpsFork.BEGUN)) {
                begun.add(line.substring(OpsFork.BEGUN.length()));
                return;
              }
              var row = OpRow.ofLine(line);
              if (row != null) {
                found.accept(row);
              }
            });
  }
}
