package dev.gatun.kernels.record;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryObserver;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A time in which one thread's kernel calls are noted, as they run.
 *
 * <p>What makes a difference between a run and its replay is refused with a {@link PlanException}
 * at the call: a look at elements from the host, a kernel that returns data to the host. Code whose
 * host side has numbers that change from run to run wraps what changes them in {@link #perform}.
 *
 * <p>Belongs to the thread that opened it.
 */
public final class Recording implements AutoCloseable {
  private static final ThreadLocal<@Nullable Recording> CURRENT = new ThreadLocal<>();

  /** The number of threads that record. Other threads may see it late, a thread itself does not. */
  private static int open;

  private final KernelProvider provider = RecordingProvider.real(Kernels.provider());
  private final Kernels.Selection selection;
  private final MemoryObserver.Observation observation;
  private final List<RecordedCall> calls = new ArrayList<>();
  private final Map<Storage, StorageNotes> storages = new HashMap<>();
  private final Set<double[]> live = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Set<Object> remembered = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Runnable> lastActions = new ArrayList<>();

  /** What has to be put back before a call is made again, by the number of the call. */
  private final Map<Integer, List<RecordedCall>> restorations = new TreeMap<>();

  /** Storages kept for replays; each is retained once. */
  private final List<Storage> kept = new ArrayList<>();

  private static final Method COPY = copyMethod();

  private boolean withinKernel;
  private boolean ended;

  /** What is known of a storage. */
  private static final class StorageNotes {
    /** Whether the thread took it from a pool while recording. */
    final boolean born;

    /** Whether the host may have filled it before a kernel touched it. */
    boolean filledByHost;

    /** The number of the first call that used it; -1 when none has. */
    int firstCall = -1;

    /** Whether its first contents came from the host, and no kernel has written it. */
    boolean constant;

    StorageNotes(boolean born) {
      this.born = born;
    }
  }

  private Recording() {
    selection = Kernels.useOnThisThread(RecordingProvider.of(provider));
    observation =
        MemoryObserver.observe(
            new MemoryObserver() {
              @Override
              public void allocated(Storage storage) {
                if (!withinKernel) {
                  storages.put(storage, new StorageNotes(true));
                }
              }

              @Override
              public void handedOut(String operation, StridedArray array) {
                Recording.this.handedOut(operation, array);
              }
            });
  }

  /**
   * Begins to record what this thread computes.
   *
   * @return the recording, to be closed by this thread
   * @throws PlanException when this thread records already
   */
  public static Recording open() {
    if (CURRENT.get() != null) {
      throw new PlanException("capture: this thread is capturing a plan already");
    }
    Recording recording = new Recording();
    CURRENT.set(recording);
    count(1);
    return recording;
  }

  private static synchronized void count(int change) {
    open += change;
  }

  /**
   * Tells whether this thread's calls are being recorded.
   *
   * @return whether they are
   */
  public static boolean isActive() {
    return current() != null;
  }

  private static @Nullable Recording current() {
    return open == 0 ? null : CURRENT.get();
  }

  /** The recording of this thread; null when there is none, or a kernel is calling another. */
  static @Nullable Recording takingNotes() {
    Recording recording = current();
    return recording == null || recording.withinKernel ? null : recording;
  }

  /**
   * Runs plain code that replays must run again, in order with the kernels: it counts steps, or
   * works numbers out anew.
   *
   * @param name what the code does, for listings
   * @param action the code; must not call kernels or take memory
   */
  public static void perform(String name, Runnable action) {
    action.run();
    Recording recording = current();
    if (recording != null) {
      recording.calls.add(new HostAction(name, action, null));
    }
  }

  /**
   * As {@link #perform(String, Runnable)}, for code that fills an array. Replays may run it earlier
   * than the step did, but not before a host action that came before it.
   *
   * @param name what the code does, for listings
   * @param action the code; must not call kernels or take memory
   * @param numbers the array: elementwise kernels that are given it as their parameters see its
   *     contents of the time when they run, not those of the time when they were recorded
   */
  public static void perform(String name, Runnable action, double[] numbers) {
    action.run();
    Recording recording = current();
    if (recording != null) {
      recording.live.add(numbers);
      recording.calls.add(new HostAction(name, action, numbers));
    }
  }

  /**
   * Throws when this thread records: the operation looks at elements.
   *
   * @param operation the operation, to begin the message with
   * @throws PlanException when it does
   */
  public static void refuseHostAccess(String operation) {
    if (current() != null) {
      throw new PlanException(
          operation
              + ": the step looks at elements on the host while it is being captured; a replay"
              + " would not: return the tensor from the step, and look at the plan's output");
    }
  }

  /**
   * Takes note that the host fills an array that is new.
   *
   * @param array the array, just allocated
   */
  public static void filledByHost(StridedArray array) {
    Recording recording = current();
    if (recording != null) {
      recording.handedOut("fill", array);
    }
  }

  /**
   * Remembers an object until the recording ends, where this thread records.
   *
   * @param object the object, by identity
   */
  public static void remember(Object object) {
    Recording recording = current();
    if (recording != null) {
      recording.remembered.add(object);
    }
  }

  /**
   * Tells whether an object is {@linkplain #remember remembered}.
   *
   * @param object the object
   * @return whether this thread's recording remembers it
   */
  public static boolean remembers(Object object) {
    Recording recording = current();
    return recording != null && recording.remembered.contains(object);
  }

  /**
   * Computes something of which no notes are taken: it was there before the step, as far as replays
   * are concerned.
   *
   * @param <T> the type of the result
   * @param computation what to compute
   * @return the result
   */
  public static <T> T unrecorded(Supplier<T> computation) {
    Recording recording = takingNotes();
    if (recording == null) {
      return computation.get();
    }
    recording.withinKernel = true;
    try {
      return computation.get();
    } finally {
      recording.withinKernel = false;
    }
  }

  /**
   * Has something done when the step is over, while notes are still being taken.
   *
   * @param action what to do; ignored where this thread does not record
   */
  public static void beforeEnd(Runnable action) {
    Recording recording = current();
    if (recording != null) {
      recording.lastActions.add(action);
    }
  }

  private void handedOut(String operation, StridedArray array) {
    if (withinKernel) {
      return;
    }
    StorageNotes notes = storages.get(array.storage());
    if (notes == null || !notes.born || notes.firstCall >= 0) {
      refuseHostAccess(operation);
    } else {
      notes.filledByHost = true;
    }
  }

  // ---- kernels

  void run(Object family, Method method, @Nullable Object[] arguments, Runnable real) {
    CallSignature.of(method).checkRecordable();
    run(KernelCall.of(family, method, arguments, live::contains), real);
  }

  void run(PointwiseKernel kernel, StridedArray[] outs, StridedArray[] ins, double[] parameters) {
    boolean shared = live.contains(parameters);
    run(
        new PointwiseCall(
            kernel,
            List.of(RecordedArray.of(outs)),
            List.of(RecordedArray.of(ins)),
            shared ? parameters : parameters.clone(),
            shared),
        () -> kernel.run(outs, ins, parameters));
  }

  private void run(RecordedCall call, Runnable real) {
    call.reads().forEach(array -> noteRead(array.storage()));
    call.writes().forEach(array -> noteWrite(array));
    withinKernel = true;
    try {
      real.run();
    } finally {
      withinKernel = false;
    }
    calls.add(call);
  }

  private StorageNotes notes(Storage storage) {
    StorageNotes notes = storages.get(storage);
    if (notes == null) {
      notes = new StorageNotes(false);
      storages.put(storage, notes);
    }
    if (!notes.born && notes.firstCall < 0) {
      kept.add(storage.retain());
    }
    return notes;
  }

  private void noteRead(Storage storage) {
    StorageNotes notes = notes(storage);
    if (notes.firstCall < 0) {
      notes.firstCall = calls.size();
      if (notes.born) {
        notes.constant = true;
        kept.add(storage.retain());
      }
    }
  }

  private void noteWrite(RecordedArray array) {
    Storage storage = array.storage();
    StorageNotes notes = notes(storage);
    boolean first = notes.firstCall < 0;
    if (first) {
      notes.firstCall = calls.size();
    }
    if (notes.constant || first && notes.born && notes.filledByHost && !covers(array)) {
      // A kernel is about to write what the host has filled: each replay begins with what was
      // there.
      notes.constant = false;
      restorations
          .computeIfAbsent(notes.firstCall, call -> new ArrayList<>())
          .add(restoration(storage));
    }
  }

  private static boolean covers(RecordedArray array) {
    Layout layout = array.layout();
    return layout.isContiguous()
        && layout.offset() == 0
        && layout.numel() << array.dtype().byteShift() == array.storage().byteSize();
  }

  private static Method copyMethod() {
    try {
      return IndexKernels.class.getMethod("copy", StridedArray.class, StridedArray.class);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private RecordedCall restoration(Storage storage) {
    withinKernel = true;
    try {
      Storage copy = Transfers.copyOf(storage);
      kept.add(copy);
      StorageNotes notes = new StorageNotes(false);
      notes.constant = true;
      storages.put(copy, notes);
      Layout bytes = Layout.contiguous(Shape.of(storage.byteSize()));
      return KernelCall.of(
          provider.indexing(),
          COPY,
          new Object[] {
            new RecordedArray(storage, DType.UINT8, bytes),
            new RecordedArray(copy, DType.UINT8, bytes)
          },
          live::contains);
    } finally {
      withinKernel = false;
    }
  }

  // ---- the end

  /**
   * Ends the recording and returns what was recorded. To be called when everything that the step
   * made has been closed, save what is to outlive it.
   *
   * @return the step, which the caller closes
   */
  public RecordedStep end() {
    lastActions.forEach(Runnable::run);
    stop();
    List<RecordedCall> all = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      all.addAll(restorations.getOrDefault(i, List.of()));
      all.add(calls.get(i));
    }
    Map<Storage, RecordedStep.Origin> origins = new HashMap<>();
    for (RecordedCall call : all) {
      call.reads().forEach(array -> origins.computeIfAbsent(array.storage(), this::origin));
      call.writes().forEach(array -> origins.computeIfAbsent(array.storage(), this::origin));
    }
    RecordedStep step = new RecordedStep(provider, all, origins, List.copyOf(kept));
    kept.clear();
    return step;
  }

  private RecordedStep.Origin origin(Storage storage) {
    StorageNotes notes = storages.get(storage);
    if (notes == null || !notes.born) {
      return notes != null && notes.constant
          ? RecordedStep.Origin.CONSTANT
          : RecordedStep.Origin.EXTERNAL;
    }
    if (notes.constant) {
      return RecordedStep.Origin.CONSTANT;
    }
    int others = storage.references() - Collections.frequency(kept, storage);
    if (others == 0) {
      return RecordedStep.Origin.TRANSIENT;
    }
    kept.add(storage.retain());
    return RecordedStep.Origin.SURVIVING;
  }

  private void stop() {
    if (!ended) {
      ended = true;
      observation.close();
      selection.close();
      CURRENT.remove();
      count(-1);
    }
  }

  /** Ends the recording, and forgets what {@link #end} has not handed out. */
  @Override
  public void close() {
    stop();
    kept.forEach(Storage::release);
    kept.clear();
  }
}
