package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.CudaGraph;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.StridedArray;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work that is recorded as a CUDA graph when it is first run, and launched as one afterwards.
 *
 * <p>The first run is an ordinary one, in a queue of its own: kernels are compiled, and scratch
 * memory is taken. The same again is then recorded. It takes the same scratch memory, which that
 * queue keeps for as long as the graph may be launched. What cannot be recorded is run as it is:
 * work that the host waits for, or all work where each operation is waited for.
 */
final class GraphedWork implements DeviceProvider.Repetition {
  private static final Logger LOG = System.getLogger("dev.gatun.kernels.cuda");

  private final DeviceContext context;
  private final Runnable work;
  private final List<StridedArray> operands;

  /** The queues that it has been launched in, but for those that have been closed since. */
  private final List<WorkQueue> users = new ArrayList<>();

  private @Nullable WorkQueue own;
  private CudaGraph.@Nullable Executable graph;
  private boolean tried;

  GraphedWork(DeviceContext context, Runnable work, List<StridedArray> operands) {
    this.context = context;
    this.work = work;
    this.operands = operands;
    tried = WorkQueue.isBlocking();
  }

  @Override
  public void run() {
    var ready = graph;
    if (ready != null) {
      launch(ready);
    } else if (tried) {
      work.run();
    } else {
      tried = true;
      runAndRecord();
    }
  }

  private void launch(CudaGraph.Executable ready) {
    var queue = context.queue();
    if (!users.contains(queue)) {
      for (var operand : operands) {
        context.use("replay", operand.storage(), queue);
      }
      users.removeIf(WorkQueue::isClosed);
      users.add(queue);
    }
    try {
      ready.launch(queue.stream());
    } catch (CudaException failed) {
      throw queue.failure("replay", failed);
    }
    queue.note("replay");
  }

  private void runAndRecord() {
    var queue = context.queue();
    try {
      var recording = new WorkQueue(context, "the stream of a plan on " + context.device());
      own = recording;
      recording.keepMemory(true);
      recording.waitFor(queue);
      try (var use = DeviceStream.enter(recording)) {
        work.run();
        record(recording);
      } finally {
        queue.waitFor(recording);
      }
    } catch (CudaException failed) {
      throw queue.failure("replay", failed);
    }
    if (graph == null) {
      giveUp();
    }
  }

  private void record(WorkQueue recording) {
    try {
      recording.beginCapture();
      boolean recorded = false;
      try {
        work.run();
        recorded = true;
      } finally {
        try (var captured = recording.endCapture(recorded)) {
          if (captured != null) {
            graph = captured.instantiate();
          }
        }
      }
    } catch (CudaException | DeviceException reason) {
      LOG.log(Level.DEBUG, "not run as a graph: {0}", reason.getMessage());
    }
  }

  private void giveUp() {
    var recording = own;
    own = null;
    if (recording != null) {
      recording.keepMemory(false);
      recording.close();
      if (graph == null) {
        recording.closeKeptForGraph();
      }
    }
  }

  @Override
  public void close() {
    var recording = own;
    try {
      if (recording != null) {
        users.forEach(recording::waitFor);
      }
      giveUp();
      var ready = graph;
      graph = null;
      if (ready != null) {
        ready.close();
      }
      if (recording != null) {
        recording.closeKeptForGraph();
      }
    } catch (CudaException failed) {
      throw context.queue().failure("close", failed);
    }
  }
}
