package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.pointwise.SplitPointwiseKernel;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedEpilogue;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.DType;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has elementwise kernels work on blocks of a matrix product while they are in cache: activations,
 * their gradients, and the step of an optimizer on the gradient that is just being computed. On a
 * device those that its products are known to compute themselves.
 */
final class Epilogues {
  private final Map<Storage, Origin> origins;
  private final List<RecordedCall> calls;
  private final @Nullable DeviceProvider device;

  private Epilogues(
      Map<Storage, Origin> origins, List<RecordedCall> calls, @Nullable DeviceProvider device) {
    this.origins = origins;
    this.device = device;
    this.calls = new ArrayList<>(calls);
  }

  /**
   * Attaches what can be attached.
   *
   * @param device where the calls are made; null for the host
   */
  static List<RecordedCall> apply(
      Map<Storage, Origin> origins, List<RecordedCall> calls, @Nullable DeviceProvider device) {
    Epilogues epilogues = new Epilogues(origins, calls, device);
    for (int at = 0; at < epilogues.calls.size(); ) {
      if (!epilogues.attach(at)) {
        at++;
      }
    }
    return epilogues.calls;
  }

  /** Attaches the product at one place to an elementwise call that reads it, if there is one. */
  private boolean attach(int at) {
    ProductCall product = ProductCall.of(calls.get(at));
    if (product == null || product.epilogue() != null) {
      return false;
    }
    RecordedArray out = product.out();
    for (int next = at + 1; next < calls.size(); next++) {
      RecordedCall call = calls.get(next);
      if (call instanceof PointwiseCall pointwise
          && pointwise.reads().contains(out)
          && isSafe(product, pointwise)
          && join(product, at, pointwise, next)) {
        return true;
      }
      if (CallOrder.uses(call.writes(), out.storage())) {
        return false;
      }
    }
    return false;
  }

  private boolean isSafe(ProductCall product, PointwiseCall pointwise) {
    RecordedArray out = product.out();
    if (!isComputedThere(out, pointwise)) {
      return false;
    }
    for (RecordedArray output : pointwise.writes()) {
      if (!output.layout().shape().equals(out.layout().shape())
          || product.hasOperandIn(output.storage())
          || output.storage() == out.storage() && !output.equals(out)
          || isReadOtherwise(pointwise, output)) {
        return false;
      }
    }
    return !isReadOtherwise(pointwise, out);
  }

  /** Tells whether products work on what they have just computed, as the elementwise call would. */
  private boolean isComputedThere(RecordedArray out, PointwiseCall pointwise) {
    DeviceProvider there = device;
    if (there != null) {
      return there.joinsProducts(pointwise.kernel(), pointwise.reads().indexOf(out));
    }
    DType type = out.dtype();
    return (type == DType.FLOAT32 || type == DType.FLOAT64)
        && pointwise.kernel().program().computeType() == type
        && !(pointwise.kernel() instanceof SplitPointwiseKernel);
  }

  private static boolean isReadOtherwise(PointwiseCall call, RecordedArray array) {
    for (RecordedArray input : call.reads()) {
      if (input.storage() == array.storage() && !input.equals(array)) {
        return true;
      }
    }
    return false;
  }

  private boolean join(ProductCall product, int from, PointwiseCall pointwise, int to) {
    boolean rises = CallOrder.canRise(calls, to, from);
    if (!rises && !CallOrder.canSink(calls, from, to)) {
      return false;
    }
    RecordedArray out = product.out();
    RecordedArray place = isNeededOnlyBy(out.storage(), from, to) ? place(out, pointwise) : out;
    List<RecordedArray> reads = new ArrayList<>(pointwise.reads());
    reads.replaceAll(array -> array.equals(out) ? place : array);
    Map<Integer, Object> changed = new HashMap<>();
    changed.put(ProductCall.OUT, place);
    changed.put(
        ProductCall.EPILOGUE,
        new RecordedEpilogue(
            pointwise.kernel(),
            pointwise.writes(),
            List.copyOf(reads),
            pointwise.parameters(),
            pointwise.live()));
    calls.set(rises ? from : to, product.call().with(changed));
    calls.remove(rises ? to : from);
    return true;
  }

  private boolean isNeededOnlyBy(Storage storage, int from, int to) {
    if (origins.get(storage) != Origin.TRANSIENT) {
      return false;
    }
    for (int i = 0; i < calls.size(); i++) {
      if (i != from
          && i != to
          && (CallOrder.uses(calls.get(i).reads(), storage)
              || CallOrder.uses(calls.get(i).writes(), storage))) {
        return false;
      }
    }
    return true;
  }

  /** Where the product goes: right to an output where the elementwise call replaces it. */
  private static RecordedArray place(RecordedArray out, PointwiseCall pointwise) {
    for (RecordedArray output : pointwise.writes()) {
      if (output.dtype() == out.dtype()
          && output.layout().isContiguous()
          && !CallOrder.uses(pointwise.reads(), output.storage())) {
        return output;
      }
    }
    return out;
  }
}
