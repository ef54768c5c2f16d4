package dev.gatun.bench.stress;

import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Storage;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two holders: one still works with the block while the other releases it and takes a new one at
 * once. The block comes back only when both are done.
 */
@JCStressTest
@State
@Outcome(id = "42, 0", expect = Expect.ACCEPTABLE, desc = "Nobody wrote into the held block.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The block was reused before its last release.")
public class ReuseAfterLastReleaseTest {

  private static final MemoryPool POOL = References.pool("reuse-after-last-release");

  private final Storage storage = POOL.allocate(References.BLOCK_BYTES).retain();
  private @Nullable Storage next;

  /**
   * Writes and reads while holding the block, then releases it.
   *
   * @param result first: what was read
   */
  @Actor
  public void work(II_Result result) {
    result.r1 = References.writeAndRead(storage);
    storage.release();
  }

  /** Gives up its reference and becomes the owner of another block. */
  @Actor
  public void release() {
    storage.release();
    next = References.allocateAndWrite(POOL);
  }

  /**
   * Looks afterwards.
   *
   * @param result second: references left
   */
  @Arbiter
  public void afterwards(II_Result result) {
    result.r2 = storage.references();
    if (next != null) {
      next.release();
    }
  }
}
