package dev.gatun.kernels.replay;

import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives recorded calls their operands: handles that are made once for each recorded array. */
final class Binding {
  private final Program program;
  private final Map<Storage, Storage> replacements;
  private final Storage slab;
  private final Storage hoistedSlab;
  private final Map<RecordedArray, StridedArray> handles = new HashMap<>();

  /**
   * Begins without handles.
   *
   * @param program whose calls they are
   * @param replacements storages to use in place of those that were recorded
   * @param slab where intermediates lie
   * @param hoistedSlab where the results of calls lie that are made once
   */
  Binding(Program program, Map<Storage, Storage> replacements, Storage slab, Storage hoistedSlab) {
    this.program = program;
    this.replacements = replacements;
    this.slab = slab;
    this.hoistedSlab = hoistedSlab;
  }

  /** The handles so far, each of which holds its storage until it is closed. */
  List<StridedArray> handles() {
    return List.copyOf(handles.values());
  }

  /** Makes calls ready to be run. */
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
