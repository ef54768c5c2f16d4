package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program on memory of its own, ready to run: the slab of intermediates is there, and every call
 * has its operands.
 *
 * <p>A run takes nothing from the heap or a pool, beyond what kernels do by themselves. One thread
 * at a time may run it.
 */
public final class Replay implements AutoCloseable {
  private static final int FREE = 0;
  private static final int RUNNING = 1;
  private static final int CLOSED = 2;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Replay.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Program program;
  private final HoistedResults hoisted;
  private final Step[] always;
  private final Storage[] written;
  private final List<StridedArray> handles;

  /** What a run makes: all calls, those of a device that are the same each time as one. */
  private final Step[] replayed;

  private final List<DeviceProvider.Repetition> repetitions = new ArrayList<>();

  /** Where it runs; null on the host. */
  private final @Nullable DeviceProvider device;

  /** What the last run was given to. */
  private DeviceProvider.@Nullable Stream last;

  @SuppressWarnings("unused") // accessed through STATE
  private int state;

  /**
   * Makes a program ready, and makes the calls that are made once where no other replay has.
   *
   * @param program the program
   * @param replacements storages to use in place of those that were recorded
   */
  public Replay(Program program, Map<Storage, Storage> replacements) {
    this.program = program;
    device = program.step().device();
    follow();
    Storage slab = Transfers.allocate(device, program.slab().bytes());
    List<StridedArray> made = List.of();
    boolean done = false;
    HoistedResults results = null;
    try {
      results = program.hoistedResults();
      Binding binding = new Binding(program, replacements, slab, results.slab());
      try {
        always = binding.steps(program.always());
      } finally {
        made = binding.handles();
      }
      hoisted = results;
      handles = made;
      written =
          program.written().stream()
              .map(storage -> replacements.getOrDefault(storage, storage))
              .toArray(Storage[]::new);
      replayed = device == null ? always : joined(device);
      done = true;
    } finally {
      slab.release();
      if (!done) {
        made.forEach(StridedArray::close);
        if (results != null) {
          results.leave();
        }
      }
    }
  }

  /** Joins calls that follow each other, and are the same each time. */
  private Step[] joined(DeviceProvider provider) {
    List<Step> steps = new ArrayList<>();
    int from = 0;
    while (from < always.length) {
      int to = from;
      while (to < always.length && program.always().get(to).isRepeatable()) {
        to++;
      }
      if (to - from < 2) {
        steps.add(always[from++]);
        continue;
      }
      Step[] part = Arrays.copyOfRange(always, from, to);
      DeviceProvider.Repetition repetition =
          provider.repetition(
              () -> {
                for (Step step : part) {
                  step.run();
                }
              },
              handles);
      repetitions.add(repetition);
      steps.add(new Step.OfRepetition(repetition));
      from = to;
    }
    return steps.toArray(new Step[0]);
  }

  /**
   * Runs the program.
   *
   * @throws PlanException when it is closed, is running on another thread, or this thread is
   *     capturing a plan
   */
  public void run() {
    claim();
    try {
      runClaimed();
    } finally {
      release();
    }
  }

  /**
   * Keeps every other thread from running this until {@link #release}: for who writes inputs first,
   * which a run that is under way still reads.
   *
   * @throws PlanException when it is closed, is running on another thread, or this thread is
   *     capturing a plan
   */
  public void claim() {
    begin("replay");
  }

  /** Runs the program, which this thread has claimed. */
  public void runClaimed() {
    try {
      hoisted.bringUpToDate();
      for (Step step : replayed) {
        step.run();
      }
    } finally {
      for (Storage storage : written) {
        storage.bumpVersion();
      }
    }
  }

  /** Ends what {@link #claim} began. */
  public void release() {
    STATE.setRelease(this, FREE);
  }

  /**
   * Runs the program until the virtual machine has compiled what it consists of, some seconds at
   * most, and leaves no trace: what is written is put back, generators too, and actions on the host
   * are not run.
   *
   * @throws PlanException when it is closed, is running on another thread, or this thread is
   *     capturing a plan
   */
  public void warmUp() {
    begin("warm_up");
    try (WarmUp warmUp = new WarmUp(program, written)) {
      hoisted.bringUpToDate();
      warmUp.run(always);
    } finally {
      release();
    }
  }

  private void begin(String operation) {
    if (Recording.isActive()) {
      throw new PlanException(
          operation + ": this thread is capturing a plan: a plan cannot be part of another");
    }
    if (!STATE.compareAndSet(this, FREE, RUNNING)) {
      throw inTheWay(operation);
    }
    boolean ready = false;
    try {
      follow();
      ready = true;
    } finally {
      if (!ready) {
        release();
      }
    }
  }

  /**
   * Has what this thread gives to a device from now on come after what the last run was given to:
   * the next one uses the same memory, inputs among it.
   */
  private void follow() {
    if (device == null) {
      return;
    }
    DeviceProvider.Stream stream = device.stream();
    if (last != null && last != stream) {
      last.join();
    }
    last = stream;
  }

  private PlanException inTheWay(String operation) {
    return new PlanException(
        (int) STATE.getAcquire(this) == CLOSED
            ? operation + ": the plan has been closed"
            : operation
                + ": the plan is running on another thread, or within itself; give each thread an"
                + " instance of its own");
  }

  /**
   * Tells whether this has been closed.
   *
   * @return whether it can no longer run
   */
  public boolean isClosed() {
    return (int) STATE.getAcquire(this) == CLOSED;
  }

  /**
   * Gives the memory back. Closing twice does nothing.
   *
   * @throws PlanException when it is running on another thread
   */
  @Override
  public void close() {
    if (isClosed()) {
      return;
    }
    if (!STATE.compareAndSet(this, FREE, CLOSED)) {
      throw inTheWay("close");
    }
    try {
      repetitions.forEach(DeviceProvider.Repetition::close);
    } finally {
      handles.forEach(StridedArray::close);
      hoisted.leave();
    }
  }
}
