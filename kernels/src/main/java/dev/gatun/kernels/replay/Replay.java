package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Layout;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
  private final Step[] once;
  private final Step[] always;
  private final Storage[] sources;
  private final int[] versions;
  private final int[] versionsSeen;
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
   * Makes a program ready, and makes the calls that are made once.
   *
   * @param program the program
   * @param replacements storages to use in place of those that were recorded
   */
  public Replay(Program program, Map<Storage, Storage> replacements) {
    this.program = program;
    device = program.step().device();
    follow();
    Binding binding = new Binding(program, replacements);
    boolean done = false;
    try {
      once = binding.steps(program.once());
      always = binding.steps(program.always());
      sources =
          program.sources().stream()
              .map(storage -> replacements.getOrDefault(storage, storage))
              .toArray(Storage[]::new);
      versions = new int[sources.length];
      versionsSeen = new int[sources.length];
      written =
          program.written().stream()
              .map(storage -> replacements.getOrDefault(storage, storage))
              .toArray(Storage[]::new);
      handles = List.copyOf(binding.handles.values());
      replayed = device == null ? always : joined(device);
      runOnce();
      done = true;
    } finally {
      binding.slab.release();
      binding.hoistedSlab.release();
      if (!done) {
        binding.handles.values().forEach(StridedArray::close);
      }
    }
  }

  /** Finds operands. */
  private static final class Binding {
    private final Program program;
    private final Map<Storage, Storage> replacements;
    private final Storage slab;
    private final Storage hoistedSlab;
    private final Map<RecordedArray, StridedArray> handles = new HashMap<>();

    Binding(Program program, Map<Storage, Storage> replacements) {
      this.program = program;
      this.replacements = replacements;
      DeviceMemory memory = program.step().device();
      this.slab = Transfers.allocate(memory, program.slab().bytes());
      this.hoistedSlab = Transfers.allocate(memory, program.hoistedSlab().bytes());
    }

    Step[] steps(List<RecordedCall> calls) {
      List<Step> steps = new ArrayList<>();
      // Handles belong to the replay, not to a scope that happens to be open.
      try (Scope suspended = Scope.suspend()) {
        for (RecordedCall call : calls) {
          steps.add(
              switch (call) {
                case PointwiseCall pointwise -> step(pointwise);
                case KernelCall kernel -> new Step.OfFamily(kernel.bind(this::array));
                case HostAction host -> new Step.OfHost(host.action());
              });
        }
      }
      return steps.toArray(new Step[0]);
    }

    private Step step(PointwiseCall call) {
      StridedArray[] outs = call.writes().stream().map(this::array).toArray(StridedArray[]::new);
      StridedArray[] ins = call.reads().stream().map(this::array).toArray(StridedArray[]::new);
      double[] parameters = call.parameters();
      if (outs.length == 1 && !call.live() && parameters.length <= 2) {
        double p0 = parameters.length > 0 ? parameters[0] : 0;
        double p1 = parameters.length > 1 ? parameters[1] : 0;
        if (ins.length == 1) {
          return new Step.OfOne(call.kernel(), outs[0], ins[0], p0, p1);
        }
        if (ins.length == 2) {
          return new Step.OfTwo(call.kernel(), outs[0], ins[0], ins[1], p0, p1);
        }
      }
      return new Step.OfSeveral(call.kernel(), outs, ins, parameters);
    }

    private StridedArray array(RecordedArray recorded) {
      StridedArray known = handles.get(recorded);
      if (known == null) {
        known = make(recorded);
        handles.put(recorded, known);
      }
      return known;
    }

    private StridedArray make(RecordedArray recorded) {
      Storage storage = recorded.storage();
      SlabLayout layout = program.slab();
      Storage place = slab;
      if (!layout.holds(storage)) {
        layout = program.hoistedSlab();
        place = hoistedSlab;
      }
      if (!layout.holds(storage)) {
        Storage used = replacements.getOrDefault(storage, storage);
        return new StridedArray(used.retain(), recorded.dtype(), recorded.layout());
      }
      long shift = layout.offset(storage) >> recorded.dtype().byteShift();
      Layout moved =
          Layout.strided(
              recorded.layout().shape(),
              recorded.layout().strides(),
              recorded.layout().offset() + shift);
      return new StridedArray(place.retain(), recorded.dtype(), moved);
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
      if (sourcesHaveChanged()) {
        runOnce();
      }
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
      if (sourcesHaveChanged()) {
        runOnce();
      }
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

  private boolean sourcesHaveChanged() {
    for (int i = 0; i < sources.length; i++) {
      if (sources[i].version() != versions[i]) {
        return true;
      }
    }
    return false;
  }

  /** A source that another thread writes meanwhile counts as changed the next time. */
  private void runOnce() {
    for (int i = 0; i < sources.length; i++) {
      versionsSeen[i] = sources[i].version();
    }
    for (Step step : once) {
      step.run();
    }
    System.arraycopy(versionsSeen, 0, versions, 0, versions.length);
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
    }
  }
}
