package dev.gatun.bench.stress;

import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Storage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads release a storage that has one reference: one of them is refused. */
@JCStressTest
@State
@Outcome(
    id = {"1, 0, 0", "0, 1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "One release counts, the other is refused.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both count, or none, or references are left.")
public class DoubleReleaseTest {

  private static final MemoryPool POOL = References.pool("double-release");

  private final Storage storage = POOL.allocate(References.BLOCK_BYTES);

  /**
   * Releases.
   *
   * @param result first: whether it counted
   */
  @Actor
  public void first(III_Result result) {
    result.r1 = References.release(storage);
  }

  /**
   * Releases.
   *
   * @param result second: whether it counted
   */
  @Actor
  public void second(III_Result result) {
    result.r2 = References.release(storage);
  }

  /**
   * Looks afterwards.
   *
   * @param result third: references left
   */
  @Arbiter
  public void afterwards(III_Result result) {
    result.r3 = storage.references();
  }
}
