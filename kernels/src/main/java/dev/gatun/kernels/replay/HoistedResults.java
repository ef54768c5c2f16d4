package dev.gatun.kernels.replay;

import dev.gatun.kernels.Transfers;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;

/**
 * What the calls of a program compute that are made once, and again when what they read has been
 * written. Replays on several threads may share it: whichever finds it out of date first brings it
 * up to date, and the others wait.
 */
final class HoistedResults {
  private static final VarHandle VERSION = MethodHandles.arrayElementVarHandle(int[].class);

  private final Storage slab;
  private final Step[] steps;
  private final List<StridedArray> handles;
  private final Storage[] sources;

  /** The sources' versions that the results are of, each set after all of the results. */
  private final int[] versions;

  private final int[] versionsSeen;
  private int users = 1;

  /** Computes the results, for one user. */
  HoistedResults(Program program) {
    DeviceMemory memory = program.step().device();
    slab = Transfers.allocate(memory, program.hoistedSlab().bytes());
    // Calls that are made once read nothing that replays have of their own.
    Binding binding = new Binding(program, Map.of(), slab, slab);
    boolean done = false;
    try {
      steps = binding.steps(program.once());
      handles = binding.handles();
      sources = program.sources().toArray(Storage[]::new);
      versions = new int[sources.length];
      versionsSeen = new int[sources.length];
      compute();
      done = true;
    } finally {
      if (!done) {
        binding.handles().forEach(StridedArray::close);
        slab.release();
      }
    }
  }

  /** Where they lie. */
  Storage slab() {
    return slab;
  }

  /** Adds a user; false when the last one has left. */
  synchronized boolean join() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** Computes them again when something they depend on has been written since. */
  void bringUpToDate() {
    if (isOutOfDate()) {
      synchronized (this) {
        if (isOutOfDate()) {
          compute();
        }
      }
    }
  }

  private boolean isOutOfDate() {
    for (int i = 0; i < sources.length; i++) {
      if (sources[i].version() != (int) VERSION.getAcquire(versions, i)) {
        return true;
      }
    }
    return false;
  }

  /** A source that another thread writes meanwhile counts as changed the next time. */
  private void compute() {
    for (int i = 0; i < sources.length; i++) {
      versionsSeen[i] = sources[i].version();
    }
    for (Step step : steps) {
      step.run();
    }
    for (int i = 0; i < sources.length; i++) {
      VERSION.setRelease(versions, i, versionsSeen[i]);
    }
  }

  /** Takes a user away, and gives the memory back with the last one. */
  synchronized void leave() {
    if (--users == 0) {
      handles.forEach(StridedArray::close);
      slab.release();
    }
  }
}
