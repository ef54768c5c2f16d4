package dev.gatun.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.cases.CpuCases;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeersTest {

  @Test
  void everyPeerIsAnsweredForInTheOrderAsked() {
    var names = List.of("libtorch", "OpenBLAS", "EJML", "ONNXRuntime", "oneMKL");
    var lookups = Peers.load(names);
    assertEquals(names, lookups.stream().map(PeerLookup::name).toList());
    for (var lookup : lookups) {
      switch (lookup) {
        case PeerLookup.Loaded(Peer peer) -> assertFalse(peer.description().isBlank());
        case PeerLookup.Missing(String name, String reason) -> assertFalse(reason.isBlank(), name);
      }
    }
  }

  @Test
  void everyEntrantOfACaseHasANameToLoadItBy() {
    for (var family : CpuCases.families()) {
      for (var benchmark : family.cases()) {
        for (var entrant : benchmark.entrants()) {
          var name = Peers.nameOf(entrant.type());
          assertTrue(name.equals(Peers.GATUN) || Peers.NAMES.contains(name), benchmark.name());
        }
      }
    }
  }

  @Test
  void aProbeSaysTheSameAsLoading() throws Exception {
    var loaded = Peers.load(List.of("OpenBLAS")).getFirst() instanceof PeerLookup.Loaded;
    var probe = PeerProbe.probe(List.of("OpenBLAS")).getFirst();
    assertEquals(loaded, probe.loads(), probe.text());
  }

  @Test
  void aBundleThatIsNotThereIsAReasonAndNoCrash() {
    var bundle = new NativeBundle("no/such/folder/", List.of(), List.of(), "libnothing.so");
    var error = assertThrows(PeerUnavailableException.class, bundle::load);
    assertFalse(String.valueOf(error.getMessage()).isBlank());
  }
}
