package dev.gatun.bench.cases;

import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.bench.contest.Call;
import dev.gatun.bench.contest.Operands;
import dev.gatun.bench.peers.Gatun;
import dev.gatun.nn.TransformerEncoder;
import dev.gatun.nn.TransformerEncoderLayer;

/** The encoder in Gatun, and its answers. */
final class TransformerGatun {

  private TransformerGatun() {}

  /** Builds the encoder with the operands' parameters; it is closed with the operands. */
  static TransformerEncoder encoder(Operands operands) {
    var settings =
        TransformerEncoderLayer.Settings.of(TransformerShape.WIDTH, TransformerShape.HEADS)
            .withFeedForward(TransformerShape.INNER)
            .withDropout(0)
            .withBatchFirst(true);
    var encoder =
        operands.own(
            new TransformerEncoder(
                () -> new TransformerEncoderLayer(settings), TransformerShape.LAYERS));
    var parameters = encoder.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      GatunCall.load(parameters.get(i), operands.input(TransformerShape.operand(0, i)));
    }
    return encoder;
  }

  static Call eager(Gatun gatun, Operands operands) {
    return GatunCall.answering(operands, encoder(operands));
  }

  static Call plan(Gatun gatun, Operands operands) {
    var encoder = encoder(operands);
    encoder.eval();
    var input = GatunCall.wrap(operands, operands.input(0));
    try (var _ = NoGrad.open()) {
      return new PlanCall(operands.own(Plan.capture(encoder::forward, input)));
    }
  }
}
