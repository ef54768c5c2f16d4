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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread retains while another gives up the only reference and takes a new block at once.
 * Either the retain is refused, or it holds the block, which then nobody else may write into.
 */
@JCStressTest
@State
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Too late: the retain is refused.")
@Outcome(id = "42, 1, 0", expect = Expect.ACCEPTABLE, desc = "In time: the block is held.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The block was reused while it was held.")
public class RetainAgainstLastReleaseTest {

  private static final MemoryPool POOL = References.pool("retain-against-last-release");

  private final Storage storage = POOL.allocate(References.BLOCK_BYTES);
  private @Nullable Storage next;

  /**
   * Retains, writes, reads and releases.
   *
   * @param result first: what was read, 0 when the retain was refused
   */
  @Actor
  public void retain(III_Result result) {
    if (References.retain(storage) == 1) {
      result.r1 = References.writeAndRead(storage);
      storage.release();
    }
  }

  /**
   * Gives up the reference and becomes the owner of another block.
   *
   * @param result second: whether the release counted
   */
  @Actor
  public void release(III_Result result) {
    result.r2 = References.release(storage);
    next = References.allocateAndWrite(POOL);
  }

  /**
   * Looks afterwards.
   *
   * @param result third: references left
   */
  @Arbiter
  public void afterwards(III_Result result) {
    result.r3 = storage.references();
    if (next != null) {
      next.release();
    }
  }
}
