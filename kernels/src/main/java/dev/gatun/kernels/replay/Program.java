package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.gemm.ProductSums;
import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recorded step, worked over: calls without effect are gone, calls whose results never change are
 * apart, and every intermediate has its place in a slab. Any number of {@link Replay}s run it, on
 * any threads.
 */
public final class Program {
  private final RecordedStep step;
  private final Hoisting hoisting;
  private final SlabLayout slab;
  private final SlabLayout hoistedSlab;
  private final long bytesWithoutReuse;
  private final long preparedBytes;
  private final Set<Storage> inputs;
  private final Set<Storage> written = new LinkedHashSet<>();

  /** What replays on the host share, once there has been one; guarded by this. */
  private @Nullable HoistedResults hoisted;

  /**
   * Makes a program.
   *
   * @param step what was recorded; stays its owner's, and open as long as the program is used
   * @param inputs storages from outside that are written between replays
   */
  public Program(RecordedStep step, Set<Storage> inputs) {
    this.step = step;
    this.inputs = Set.copyOf(inputs);
    refuseOverlaps(step);
    Map<Storage, Origin> origins = new HashMap<>(step.origins());
    List<RecordedCall> calls = optimized(step);
    long prepared = 0;
    if (step.device() == null) {
      // Weights first: they are prepared from where they lie.
      SteadyStorages steady = new SteadyStorages(origins, calls, this.inputs);
      PreparedWeights weights = new PreparedWeights(step.provider(), origins, calls, steady);
      calls = ExplicitScratch.apply(step.provider(), origins, weights.calls(), steady);
      prepared = weights.bytes();
    } else {
      calls = ReluBits.apply(step.device(), origins, calls);
    }
    this.preparedBytes = prepared;
    this.hoisting = new Hoisting(calls, origins, this.inputs);
    Lifetimes lifetimes =
        new Lifetimes(
            hoisting.always(),
            storage ->
                origins.get(storage) == Origin.TRANSIENT && !hoisting.results().contains(storage));
    this.bytesWithoutReuse = lifetimes.bytesWithoutReuse();
    this.slab = SlabLayout.of(lifetimes.blocks(hoisting.always()));
    Lifetimes hoisted =
        new Lifetimes(hoisting.once(), storage -> hoisting.results().contains(storage));
    for (RecordedCall call : hoisting.always()) {
      call.reads().forEach(array -> hoisted.extend(array.storage()));
    }
    this.hoistedSlab = SlabLayout.of(hoisted.blocks(hoisting.once()));
    for (RecordedCall call : calls) {
      for (RecordedArray array : call.writes()) {
        if (origins.get(array.storage()) != Origin.TRANSIENT) {
          written.add(array.storage());
        }
      }
    }
  }

  /** What depends on what is worked out storage by storage: one memory must not be two of them. */
  private static void refuseOverlaps(RecordedStep step) {
    List<Storage> foreign =
        step.origins().keySet().stream().filter(storage -> !storage.isPooled()).toList();
    for (int i = 0; i < foreign.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (foreign.get(i).overlaps(foreign.get(j))) {
          throw new PlanException(
              "capture: the step uses two tensors that wrap the same memory separately; wrap it"
                  + " once, and make views of that");
        }
      }
    }
  }

  private static List<RecordedCall> optimized(RecordedStep step) {
    Map<Storage, Origin> origins = step.origins();
    List<RecordedCall> calls = DeadCalls.remove(step.calls(), origins);
    if (step.provider() == ScalarProvider.instance()) {
      // It computes with more digits than it stores: fused formulas would give other results.
      return calls;
    }
    calls = CallOrder.numbersFirst(calls);
    calls = Fusion.apply(step, origins, calls);
    DeviceProvider device = step.device();
    calls = Epilogues.apply(origins, calls, device);
    ProductSums sums = device == null ? null : device.productSums();
    return sums == null ? calls : BiasGradients.apply(calls, sums);
  }

  /** The calls that are made once, and again when what they depend on has changed. */
  List<RecordedCall> once() {
    return hoisting.once();
  }

  /** The calls that are made at each replay. */
  List<RecordedCall> always() {
    return hoisting.always();
  }

  Set<Storage> sources() {
    return hoisting.sources();
  }

  Set<Storage> written() {
    return written;
  }

  /**
   * Returns the results of the calls that are made once, for a replay to use and leave. Those on
   * the host share one copy; on a device, where each replay may be in a stream of its own, each has
   * its own.
   */
  HoistedResults hoistedResults() {
    if (step.device() != null) {
      return new HoistedResults(this);
    }
    synchronized (this) {
      if (hoisted == null || !hoisted.join()) {
        hoisted = new HoistedResults(this);
      }
      return hoisted;
    }
  }

  SlabLayout slab() {
    return slab;
  }

  SlabLayout hoistedSlab() {
    return hoistedSlab;
  }

  /**
   * Returns the step that this program was made from.
   *
   * @return the step
   */
  public RecordedStep step() {
    return step;
  }

  /**
   * Returns why a second instance would get in the way of the first.
   *
   * @param results the storages of which each instance has its own, beside the inputs
   * @return the reason, or null when instances are independent
   */
  public @Nullable String whyNotShared(Set<Storage> results) {
    for (RecordedCall call : step.calls()) {
      if (call instanceof HostAction action) {
        return "the step runs '" + action.name() + "' on the host";
      }
    }
    for (RecordedCall call : always()) {
      for (RecordedArray array : call.writes()) {
        Storage storage = array.storage();
        Origin origin = step.origins().get(storage);
        if (origin == Origin.EXTERNAL && !inputs.contains(storage)) {
          return call.name() + " writes " + array + ", which was there before the step";
        }
        if (origin == Origin.SURVIVING && !results.contains(storage)) {
          return call.name() + " writes " + array + ", which outlives the step but is no output";
        }
      }
    }
    return null;
  }

  /**
   * Returns what the program has come to.
   *
   * @return figures and the calls in words
   */
  public ProgramReport report() {
    List<String> listing = new ArrayList<>();
    for (RecordedCall call : once()) {
      listing.add("once " + Listing.describe(call, this));
    }
    for (RecordedCall call : always()) {
      listing.add(Listing.describe(call, this));
    }
    return new ProgramReport(
        step.calls().size(),
        always().size(),
        once().size(),
        slab.bytes(),
        bytesWithoutReuse,
        hoistedSlab.bytes(),
        preparedBytes,
        listing);
  }
}
