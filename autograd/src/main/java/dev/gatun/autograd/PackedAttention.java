package dev.gatun.autograd;

import dev.gatun.autograd.Attentions.Rules;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import org.jspecify.annotations.Nullable;

/**
 * Attention of positions to one another, with queries, keys and values side by side: heads are read
 * and written where they lie, in the input, in the output and in the input's gradient.
 */
final class PackedAttention {
  /** All inputs there may be. */
  static final long SAVED = 0x7;

  private static final int PARTS = 3;

  private PackedAttention() {}

  private static void check(Invocation<Rules> call) {
    Tensor packed = call.input(0);
    if (packed.rank() != 3) {
      throw new ShapeException(
          call.name() + ": " + packed.shape() + ": three axes, [batch, positions, features]");
    }
    long heads = call.attributes().heads();
    if (packed.size(2) % (PARTS * heads) != 0) {
      throw new ShapeException(
          call.name()
              + ": "
              + packed.shape()
              + ": the features are three times "
              + heads
              + " heads of some width");
    }
  }

  /** Shows [batch, positions, parts * heads * width] as [batch, positions, parts, heads, width]. */
  private static Tensor split(Tensor packed, long parts, long heads) {
    long width = packed.size(2) / (parts * heads);
    return packed.reshape(packed.size(0), packed.size(1), parts, heads, width);
  }

  /** From an input without parts to [batch, heads, positions, width]. */
  private static int[] headsFirst(Rules rules) {
    return rules.batchFirst() ? new int[] {0, 2, 1, 3} : new int[] {1, 2, 0, 3};
  }

  /** The way back. */
  private static int[] headsInside(Rules rules) {
    return rules.batchFirst() ? new int[] {0, 2, 1, 3} : new int[] {2, 0, 1, 3};
  }

  private static Tensor part(Rules rules, Tensor split, int part) {
    return split.viewOf(split.layout().select(2, part).permute(headsFirst(rules)));
  }

  private static AttentionCore core(
      String name, Rules rules, Tensor split, @Nullable Tensor mask, @Nullable Tensor drop) {
    return new AttentionCore(
        name,
        part(rules, split, 0),
        part(rules, split, 1),
        part(rules, split, 2),
        mask,
        drop,
        rules);
  }

  static Tensor forward(Invocation<Rules> call) {
    check(call);
    Rules rules = call.attributes();
    Tensor packed = call.input(0);
    Tensor mask = rules.masked() ? call.input(1) : null;
    Tensor drop = rules.drops() ? call.input(rules.masked() ? 2 : 1) : null;
    Shape shape = packed.shape().with(2, packed.size(2) / PARTS);
    Tensor result = call.result(packed.dtype(), shape);
    long width = shape.size(2) / rules.heads();
    try (Scope local = Scope.open()) {
      AttentionCore core =
          core(call.name(), rules, split(packed, PARTS, rules.heads()), mask, drop);
      StridedArray rows =
          Matrices.write(result, shape.size(0), shape.size(1), rules.heads(), width);
      AttentionCore.Weights weights = core.forward(heads(rules, rows));
      Matrices.written(result, rows);
      call.keep(local.keep(weights.weights()));
      if (drop != null) {
        call.keep(local.keep(weights.dropped()));
      }
    }
    return result;
  }

  private static StridedArray heads(Rules rules, StridedArray rows) {
    Layout layout = rows.layout().permute(headsFirst(rules));
    return new StridedArray(rows.storage().retain(), rows.dtype(), layout);
  }

  static @Nullable Tensor[] gradients(Backward<Rules> call, Tensor g) {
    Rules rules = call.attributes();
    Tensor mask = rules.masked() ? call.input(1) : null;
    Tensor drop = rules.drops() ? call.input(rules.masked() ? 2 : 1) : null;
    @Nullable Tensor[] results = new @Nullable Tensor[call.inputCount()];
    Tensor split = split(call.input(0), PARTS, rules.heads());
    Tensor gradient = split(g, 1, rules.heads());
    if (call.isRecording()) {
      int[] order = headsFirst(rules);
      AttentionCore core =
          new AttentionCore(
              "packed_attention",
              split.select(2, 0).permute(order),
              split.select(2, 1).permute(order),
              split.select(2, 2).permute(order),
              mask,
              drop,
              rules);
      AttentionCore.Gradients all = core.byOperations(gradient.select(2, 0).permute(order));
      results[0] = packed(rules, all).reshape(call.shape(0));
      if (rules.masked()) {
        results[1] = all.mask();
      }
      return results;
    }
    AttentionCore core = core("packed_attention", rules, split, mask, drop);
    boolean maskWanted = rules.masked() && call.wants(1);
    Tensor packed = Tensor.allocate(call.dtype(0), call.shape(0));
    Tensor parts = split(packed, PARTS, rules.heads());
    boolean wanted = call.wants(0);
    Tensor scores =
        core.backward(
            SeparateAttention.weights(call),
            part(rules, gradient, 0),
            wanted ? part(rules, parts, 0) : null,
            wanted ? part(rules, parts, 1) : null,
            wanted ? part(rules, parts, 2) : null,
            maskWanted);
    results[0] = wanted ? packed : null;
    if (maskWanted) {
      results[1] = scores;
    }
    return results;
  }

  private static Tensor packed(Rules rules, AttentionCore.Gradients all) {
    return Gatun.stack(2, turned(rules, all.q()), turned(rules, all.k()), turned(rules, all.v()));
  }

  private static Tensor turned(Rules rules, @Nullable Tensor heads) {
    if (heads == null) {
      throw new IllegalStateException("packed_attention: a gradient is missing");
    }
    return heads.permute(headsInside(rules));
  }
}
