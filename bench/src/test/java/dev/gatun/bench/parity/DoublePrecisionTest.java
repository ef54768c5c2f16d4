package dev.gatun.bench.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.autograd.Draw;
import dev.gatun.bench.peers.PeerLookup;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.peers.libtorch.LibTorch;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of calls in double precision the truth is libtorch's own, which is rounded. */
class DoublePrecisionTest {
  private static final int SEED = 7;

  /** A call whose result is off by a part of itself. */
  private record Off(Subject subject, double part) implements Subject {
    @Override
    public String name() {
      return subject.name();
    }

    @Override
    public ParityCase draw(Draw draw, Predicate<ParityCase> exists) {
      var right = subject.draw(draw, exists);
      return new ParityCase(
          right.inputs(),
          right.leaves(),
          right.elements(),
          right.pytorch(),
          inputs -> right.gatun().apply(inputs).mul(1 + part),
          right.description());
    }

    @Override
    public boolean isElementwise() {
      return subject.isElementwise();
    }
  }

  private static int mismatches(Subject subject, int number) {
    var lookup = Peers.load(List.of(LibTorch.NAME)).getFirst();
    assumeTrue(lookup instanceof PeerLookup.Loaded, lookup::toString);
    try (var parity = new Parity((LibTorch) ((PeerLookup.Loaded) lookup).peer(), SEED)) {
      return parity.compare(subject, number, 1).mismatches();
    }
  }

  private static Subject subject(String name) {
    return Subject.all().stream().filter(some -> some.name().equals(name)).findFirst().get();
  }

  @ParameterizedTest
  @CsvSource({"renorm, 199", "var_mean, 158", "corrcoef, 237"})
  void sumsOfLibtorchAreNotTheTruthToTheLastPlace(String name, int number) {
    assertEquals(0, mismatches(subject(name), number));
  }

  @ParameterizedTest
  @CsvSource({"renorm, 199", "var_mean, 158"})
  void whatRoundingsDoNotExplainIsWrong(String name, int number) {
    assertEquals(1, mismatches(new Off(subject(name), 0x1p-42), number));
  }
}
