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

/** Two threads allocate while blocks of the same size come back: each gets a block of its own. */
@JCStressTest
@State
@Outcome(id = "42, 1", expect = Expect.ACCEPTABLE, desc = "Two blocks.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One block was handed out twice.")
public class ConcurrentAllocationsTest {

  private static final MemoryPool POOL = References.pool("concurrent-allocations");

  private final Storage former = POOL.allocate(References.BLOCK_BYTES);
  private @Nullable Storage mine;
  private @Nullable Storage other;

  /**
   * Allocates, writes and reads.
   *
   * @param result first: what was read
   */
  @Actor
  public void allocate(II_Result result) {
    var storage = POOL.allocate(References.BLOCK_BYTES);
    result.r1 = References.writeAndRead(storage);
    mine = storage;
  }

  /** Gives a block back, allocates one and writes. */
  @Actor
  public void releaseAndAllocate() {
    former.release();
    other = References.allocateAndWrite(POOL);
  }

  /**
   * Compares the blocks and gives them back.
   *
   * @param result second: 1 when they are different memory
   */
  @Arbiter
  public void afterwards(II_Result result) {
    if (mine != null && other != null) {
      result.r2 = mine.segment().address() == other.segment().address() ? 0 : 1;
      mine.release();
      other.release();
    }
  }
}
