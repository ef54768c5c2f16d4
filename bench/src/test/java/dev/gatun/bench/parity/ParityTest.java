package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Draw;
import dev.gatun.autograd.Op;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.memory.Scope;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ParityTest {

  private static final int CASES = 20;

  @TestFactory
  Stream<DynamicTest> everyOperationSaysWhatItIsInPyTorchOrWhyItIsNotThere() {
    return Catalogue.all().stream().map(op -> dynamicTest(op.name(), () -> hasMeaning(op)));
  }

  private static void hasMeaning(Op op) {
    var reason = op.whyNotInPyTorch();
    if (reason != null) {
      assertFalse(reason.isBlank());
      return;
    }
    for (int i = 0; i < CASES; i++) {
      try (var _ = Scope.open()) {
        assertFalse(ParityCase.of(op, new Draw(i)).pytorch().expression().isBlank());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> everyOperationAgreesWithLibtorch() {
    var lookup = Peers.load(List.of(LibTorch.NAME)).getFirst();
    assumeTrue(lookup instanceof PeerLookup.Loaded, lookup::toString);
    var library = (LibTorch) ((PeerLookup.Loaded) lookup).peer();
    var parity = new Parity(library, 1);
    return Catalogue.all().stream()
        .filter(op -> op.whyNotInPyTorch() == null)
        .map(op -> dynamicTest(op.name(), () -> assertAgrees(parity, op)))
        .onClose(parity::close);
  }

  private static void assertAgrees(Parity parity, Op op) {
    var row = parity.compare(op, 0, CASES);
    assertEquals(0, row.mismatches(), () -> String.join("\n", row.examples()));
  }
}
