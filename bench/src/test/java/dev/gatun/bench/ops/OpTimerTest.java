package dev.gatun.bench.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.autograd.Op;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.TypeRule;
import dev.gatun.bench.parity.Referee;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.memory.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpTimerTest {

  private static final PointwiseOp SQUARE = PointwiseOp.unary("square", x -> x.mul(x));

  private @Nullable Referee referee;

  @BeforeEach
  void open() {
    var lookup = Peers.load(List.of(LibTorch.NAME)).getFirst();
    assumeTrue(lookup instanceof PeerLookup.Loaded, lookup::toString);
    var library = (LibTorch) ((PeerLookup.Loaded) lookup).peer();
    library.setThreads(1);
    referee = new Referee(library);
  }

  @AfterEach
  void close() {
    if (referee != null) {
      referee.close();
    }
  }

  private List<OpRow> time(Op op, int draws, boolean withGradients) {
    return new OpTimer(referee, DType.FLOAT32, withGradients).time(op, draws);
  }

  @Test
  void whatAgreesIsTimedOnBothSides() {
    var rows = time(SQUARE, 2, false);
    assertEquals(2, rows.size());
    for (var row : rows) {
      assertEquals("", row.trouble());
      assertTrue(row.gatunSeconds() > 0 && row.libtorchSeconds() > 0, row + "");
      assertTrue(row.ratio() > 0, row + "");
    }
  }

  @Test
  void theSameSeedsGiveTheSameCalls() {
    assertEquals(
        time(SQUARE, 1, false).getFirst().call(), time(SQUARE, 1, false).getFirst().call());
  }

  @Test
  void forwardAndBackwardTakeLongerThanForward() {
    var forward = time(SQUARE, 1, false).getFirst();
    var both = time(SQUARE, 1, true).getFirst();
    assertEquals("", both.trouble());
    assertEquals(forward.call(), both.call());
    assertTrue(both.libtorchSeconds() > forward.libtorchSeconds(), forward + " " + both);
  }

  @Test
  void whatDiffersIsReportedAndNotTimed() {
    var wrong = time(SQUARE.pytorch("torch.neg(a)"), 1, false).getFirst();
    assertTrue(wrong.trouble().startsWith("differs: the result: element"), wrong + "");
    assertTrue(Double.isNaN(wrong.gatunSeconds()), wrong + "");
  }

  @Test
  void aWrongGradientIsReported() {
    var wrong = time(SQUARE.pytorch("torch.square(a.detach()) + a - a.detach()"), 1, true);
    assertTrue(
        wrong.getFirst().trouble().startsWith("differs: the gradient of input 0"), wrong + "");
  }

  @Test
  void roundingsOfALongSumAreNoDifference() {
    var sum =
        StructuralOp.<Integer>named("sum", call -> call.input(0).flip(0, 1).sum())
            .withoutGradient("not here")
            .pytorch("torch.sum(a)")
            .drawn(draw -> Sample.of(0, Operand.real(draw.sizes(2, 2))));
    assertEquals("", time(sum, 1, false).getFirst().trouble());
  }

  @Test
  void whatTakesNoFloatingPointIsTimedOnIntegers() {
    var and = PointwiseOp.binary("bitwise_and", Expression::bitwiseAnd).typed(TypeRule.BITWISE);
    var row = time(and, 1, false).getFirst();
    assertEquals("", row.trouble());
    assertTrue(row.call().startsWith("int32["), row.call());
  }

  @Test
  void whatLibtorchDoesNotKnowIsRefused() {
    var row = time(SQUARE.pytorch("torch.no_such_function(a)"), 1, false).getFirst();
    assertTrue(row.trouble().startsWith("refused by libtorch"), row + "");
  }

  @Test
  void whatIsNotDrawnIsNotTimed() {
    var op = StructuralOp.<Integer>named("undrawn", call -> call.input(0).neg());
    assertEquals(List.of(OpRow.untimed("undrawn", "", "no drawn call")), time(op, 1, false));
  }

  @Test
  void whatHasNoGradientIsLeftOutWhereGradientsAreTimed() {
    assertEquals(List.of(), time(SQUARE.withoutGradient("for once"), 1, true));
  }
}
