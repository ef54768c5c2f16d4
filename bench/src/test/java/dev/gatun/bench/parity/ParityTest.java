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
import org.junit.jupiter.api.Test;
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

  @Test
  void namesAreDifferent() {
    var names = Subject.all().stream().map(Subject::name).toList();
    assertEquals(names.stream().distinct().toList(), names);
  }

  @TestFactory
  Stream<DynamicTest> everythingAgreesWithLibtorch() {
    var lookup = Peers.load(List.of(LibTorch.NAME)).getFirst();
    assumeTrue(lookup instanceof PeerLookup.Loaded, lookup::toString);
    var library = (LibTorch) ((PeerLookup.Loaded) lookup).peer();
    var parity = new Parity(library, 1);
    return Subject.all().stream()
        .map(subject -> dynamicTest(subject.name(), () -> assertAgrees(parity, subject)))
        .onClose(parity::close);
  }

  private static void assertAgrees(Parity parity, Subject subject) {
    var row = parity.compare(subject, 0, CASES);
    assertEquals(0, row.mismatches(), () -> String.join("\n", row.examples()));
  }
}
