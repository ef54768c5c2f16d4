package dev.gatun.kernels.replay;

import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.VectorPointwiseKernel;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.DType;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes one elementwise kernel of two, where one reads what the other writes, element for element:
 * one pass over memory instead of two, and no memory for what passes between them, unless somebody
 * else needs it.
 *
 * <p>What passes between them has the type in which both compute, so that storing and loading it
 * changes nothing: results are the same to the last bit.
 */
final class Fusion {
  private final RecordedStep step;
  private final Map<Storage, Origin> origins;
  private final List<RecordedCall> calls;

  private Fusion(RecordedStep step, Map<Storage, Origin> origins, List<RecordedCall> calls) {
    this.step = step;
    this.origins = origins;
    this.calls = new ArrayList<>(calls);
  }

  /** Fuses what can be fused. */
  static List<RecordedCall> apply(
      RecordedStep step, Map<Storage, Origin> origins, List<RecordedCall> calls) {
    Fusion fusion = new Fusion(step, origins, calls);
    fusion.run();
    return fusion.calls;
  }

  private void run() {
    for (int at = 0; at < calls.size(); ) {
      int next = calls.get(at) instanceof PointwiseCall consumer ? fuse(consumer, at) : -1;
      at = next >= 0 ? next : at + 1;
    }
  }

  /** Fuses a call with one that it depends on; where the fused call is, or -1. */
  private int fuse(PointwiseCall consumer, int at) {
    for (RecordedArray input : consumer.reads()) {
      int from = writer(input.storage(), at);
      if (from >= 0
          && calls.get(from) instanceof PointwiseCall producer
          && producer.writes().contains(input)) {
        int fused = fuse(producer, from, consumer, at, input);
        if (fused >= 0) {
          return fused;
        }
      }
    }
    return -1;
  }

  private int writer(Storage storage, int before) {
    for (int i = before - 1; i >= 0; i--) {
      if (CallOrder.uses(calls.get(i).writes(), storage)) {
        return i;
      }
    }
    return -1;
  }

  private int fuse(
      PointwiseCall producer, int from, PointwiseCall consumer, int to, RecordedArray between) {
    if (!isSafe(producer, consumer, between)) {
      return -1;
    }
    boolean sinks = CallOrder.canSink(calls, from, to);
    if (!sinks && !CallOrder.canRise(calls, to, from)) {
      return -1;
    }
    PointwiseCall fused = join(producer, consumer, kept(producer, from, to));
    if (fused == null) {
      return -1;
    }
    calls.set(sinks ? to : from, fused);
    calls.remove(sinks ? from : to);
    return sinks ? to - 1 : from;
  }

  private static boolean isSafe(
      PointwiseCall producer, PointwiseCall consumer, RecordedArray between) {
    DType type = producer.kernel().program().computeType();
    if (between.dtype() != type
        || consumer.kernel().program().computeType() != type
        || producer.live() && consumer.live() && producer.parameters() != consumer.parameters()) {
      return false;
    }
    for (RecordedArray output : consumer.writes()) {
      if (!output.layout().shape().equals(between.layout().shape())) {
        return false;
      }
      // Nothing may be written twice, or read in another way than it is written.
      if (CallOrder.uses(producer.writes(), output.storage())
          || isReadOtherwise(producer, output)
          || isReadOtherwise(consumer, output)) {
        return false;
      }
    }
    for (RecordedArray output : producer.writes()) {
      if (isReadOtherwise(producer, output) || isReadOtherwise(consumer, output)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isReadOtherwise(PointwiseCall call, RecordedArray output) {
    for (RecordedArray input : call.reads()) {
      if (input.storage() == output.storage() && !input.equals(output)) {
        return true;
      }
    }
    return false;
  }

  /** The outputs of the producer that somebody else needs as well. */
  private boolean[] kept(PointwiseCall producer, int from, int to) {
    boolean[] kept = new boolean[producer.writes().size()];
    for (int i = 0; i < kept.length; i++) {
      Storage storage = producer.writes().get(i).storage();
      kept[i] = origins.get(storage) != Origin.TRANSIENT;
      for (int j = 0; j < calls.size(); j++) {
        RecordedCall call = calls.get(j);
        if (j != from && j != to) {
          kept[i] |=
              CallOrder.uses(call.reads(), storage) || CallOrder.uses(call.writes(), storage);
        }
      }
    }
    return kept;
  }

  private @Nullable PointwiseCall join(
      PointwiseCall producer, PointwiseCall consumer, boolean[] kept) {
    FusedFormulas formulas = new FusedFormulas();
    formulas.add(producer);
    formulas.add(consumer);
    List<RecordedArray> outputs = new ArrayList<>();
    for (int i = 0; i < kept.length; i++) {
      if (kept[i]) {
        outputs.add(producer.writes().get(i));
      }
    }
    outputs.addAll(consumer.writes());
    PointwiseProgram program =
        formulas.program(
            FusedFormulas.name(producer, consumer),
            outputs,
            consumer.kernel().program().computeType());
    if (program == null) {
      return null;
    }
    PointwiseKernel kernel = step.provider().pointwise(program);
    if (step.device() == null && !(kernel instanceof VectorPointwiseKernel)) {
      // Too large for one loop of the CPU.
      return null;
    }
    return new PointwiseCall(
        kernel,
        List.copyOf(outputs),
        formulas.inputs(),
        formulas.parameters(),
        producer.live() || consumer.live());
  }
}
