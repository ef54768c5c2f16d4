package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of calls in double precision the truth is libtorch's own, which is rounded. */
class DoublePrecisionTest {
  private static final int SEED = 7;

  /** Calls whose results are off by a part of themselves. */
  private static Composite off(Composite right, double part) {
    return new Composite(
        right.name(),
        draw -> {
          var call = right.drawn().apply(draw);
          return new Composite.Call(
              call.operands(),
              inputs -> call.gatun().apply(inputs).mul(1 + part),
              call.pytorch(),
              call.ties());
        });
  }

  private static int mismatches(Subject subject, int number) {
    return mismatches(subject, SEED, number);
  }

  private static int mismatches(Subject subject, long seed, int number) {
    var lookup = Peers.load(List.of(LibTorch.NAME)).getFirst();
    assumeTrue(lookup instanceof PeerLookup.Loaded, lookup::toString);
    try (var parity = new Parity((LibTorch) ((PeerLookup.Loaded) lookup).peer(), seed)) {
      return parity.compare(subject, number, 1).mismatches();
    }
  }

  private static Composite composite(String name) {
    return Composite.all().filter(some -> some.name().equals(name)).findFirst().get();
  }

  @ParameterizedTest
  @CsvSource({"renorm, 199", "var_mean, 158", "corrcoef, 237"})
  void sumsOfLibtorchAreNotTheTruthToTheLastPlace(String name, int number) {
    assertEquals(0, mismatches(composite(name), number));
  }

  @ParameterizedTest
  @CsvSource({"renorm, 199", "var_mean, 158"})
  void whatRoundingsDoNotExplainIsWrong(String name, int number) {
    assertEquals(1, mismatches(off(composite(name), 0x1p-42), number));
  }

  @Test
  void quotientsOfIntegersBesideNumbersAreNotTakenInSinglePrecision() {
    var addcdiv =
        Subject.all().stream().filter(some -> some.name().equals("addcdiv")).findFirst().get();
    assertEquals(0, mismatches(addcdiv, 11, 206));
  }
}
