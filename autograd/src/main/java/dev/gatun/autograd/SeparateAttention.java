package dev.gatun.autograd;

import dev.gatun.autograd.Attentions.Rules;
import dev.gatun.kernels.Kernels;
import dev.gatun.memory.Shape;
import org.jspecify.annotations.Nullable;

/** Attention of queries, keys and values in tensors of their own. */
final class SeparateAttention {
  /** All inputs there may be. */
  static final long SAVED = 0x1f;

  private SeparateAttention() {}

  static Tensor forward(Invocation<Rules> call) {
    Rules rules = call.attributes();
    Tensor mask = rules.masked() ? call.input(3) : null;
    Tensor drop = rules.drops() ? call.input(rules.masked() ? 4 : 3) : null;
    AttentionCore given =
        new AttentionCore(
            call.name(), call.input(0), call.input(1), call.input(2), mask, drop, rules);
    Tensor result = call.result(given.q().dtype(), given.outputShape());
    AttentionCore core = given.widened();
    AttentionCore.Weights weights;
    if (core == given) {
      weights = core.forward(result);
    } else {
      try (Tensor wide = Tensor.allocate(core.q().dtype(), result.shape())) {
        weights = core.forward(wide);
        Kernels.provider().indexing().copy(result, wide);
      }
      core.closeWidened(given);
    }
    call.keep(weights.weights());
    if (drop != null) {
      call.keep(weights.dropped());
    }
    return result;
  }

  /** PyTorch's own function where it takes the same rules, else what it is defined by. */
  static PyTorchCall pytorch(Rules rules, int inputs) {
    if (!rules.drops() && !(rules.masked() && rules.causal())) {
      return PyTorchCall.of(
          "torch.scaled_dot_product_attention(a, b, c, %s, 0.0, p, scale=q)"
              .formatted(rules.masked() ? "d" : "None"),
          rules.causal(),
          rules.scale());
    }
    String scores = "torch.matmul(a, torch.transpose(b, -2, -1)) * p";
    if (rules.masked()) {
      scores = "(" + scores + " + d)";
    }
    if (rules.causal()) {
      String later = "torch.triu(torch.ones_like(" + scores + "), 1) > 0";
      scores = "torch.masked_fill(" + scores + ", " + later + ", -float('inf'))";
    }
    String weights = "torch.softmax(" + scores + ", -1)";
    return rules.drops()
        ? PyTorchCall.of(
            "torch.matmul(%s * %s * q, c)".formatted(weights, rules.masked() ? "e" : "d"),
            rules.scale(),
            rules.dropFactor())
        : PyTorchCall.of("torch.matmul(" + weights + ", c)", rules.scale());
  }

  private static AttentionCore core(Backward<Rules> call) {
    Rules rules = call.attributes();
    Tensor mask = rules.masked() ? call.input(3) : null;
    Tensor drop = rules.drops() ? call.input(rules.masked() ? 4 : 3) : null;
    return new AttentionCore(
        "scaled_dot_product_attention",
        call.input(0),
        call.input(1),
        call.input(2),
        mask,
        drop,
        rules);
  }

  static @Nullable Tensor[] gradients(Backward<Rules> call, Tensor g) {
    AttentionCore given = core(call);
    @Nullable Tensor[] results = new @Nullable Tensor[call.inputCount()];
    if (call.isRecording()) {
      AttentionCore.Gradients all = given.byOperations(g);
      results[0] = all.q();
      results[1] = all.k();
      results[2] = all.v();
      if (call.attributes().masked()) {
        results[3] = all.mask();
      }
      return results;
    }
    AttentionCore core = given.widened();
    Shape batch = core.outputShape();
    for (int i = 0; i < 3; i++) {
      results[i] =
          call.wants(i) ? Tensor.allocate(core.q().dtype(), ofBatch(batch, call.shape(i))) : null;
    }
    boolean maskWanted = call.attributes().masked() && call.wants(3);
    Tensor gradient = core == given ? g : RoundedOnce.widened(g);
    Tensor scores =
        core.backward(weights(call), gradient, results[0], results[1], results[2], maskWanted);
    if (core != given) {
      gradient.close();
      core.closeWidened(given);
    }
    if (maskWanted) {
      results[3] = scores;
    }
    return results;
  }

  static AttentionCore.Weights weights(Backward<Rules> call) {
    Tensor weights = call.kept(0);
    return new AttentionCore.Weights(weights, call.attributes().drops() ? call.kept(1) : weights);
  }

  private static Shape ofBatch(Shape batch, Shape operand) {
    return batch
        .with(batch.rank() - 2, operand.size(operand.rank() - 2))
        .with(batch.rank() - 1, operand.size(operand.rank() - 1));
  }
}
