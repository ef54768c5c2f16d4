package dev.gatun.bench.stress;

import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Storage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** Two holders of a storage with two references release it: both count, and nothing is left. */
@JCStressTest
@State
@Outcome(id = "1, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Both count, a third is refused.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A reference was lost or invented.")
public class ConcurrentReleasesTest {

  private static final MemoryPool POOL = References.pool("concurrent-releases");

  private final Storage storage = POOL.allocate(References.BLOCK_BYTES).retain();

  /**
   * Releases.
   *
   * @param result first: whether it counted
   */
  @Actor
  public void first(IIII_Result result) {
    result.r1 = References.release(storage);
  }

  /**
   * Releases.
   *
   * @param result second: whether it counted
   */
  @Actor
  public void second(IIII_Result result) {
    result.r2 = References.release(storage);
  }

  /**
   * Looks afterwards, and tries once more.
   *
   * @param result third: references left; fourth: whether one more release counted
   */
  @Arbiter
  public void afterwards(IIII_Result result) {
    result.r3 = storage.references();
    result.r4 = References.release(storage);
  }
}
