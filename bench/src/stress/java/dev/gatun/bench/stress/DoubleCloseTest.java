package dev.gatun.bench.stress;

import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two threads close the same handle: it gives up one reference, not two. */
@JCStressTest
@State
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The other holder's reference is left.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Closed twice, or not at all.")
public class DoubleCloseTest {

  private static final MemoryPool POOL = References.pool("double-close");

  private final Storage storage = POOL.allocate(References.BLOCK_BYTES).retain();
  private final StridedArray handle =
      new StridedArray(storage, DType.FLOAT32, Layout.contiguous(Shape.of(4)));

  /** Closes the handle. */
  @Actor
  public void first() {
    handle.close();
  }

  /** Closes the handle. */
  @Actor
  public void second() {
    handle.close();
  }

  /**
   * Counts, and gives up the other holder's reference.
   *
   * @param result references left
   */
  @Arbiter
  public void afterwards(I_Result result) {
    result.r1 = storage.references();
    storage.release();
  }
}
