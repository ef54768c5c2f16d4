package dev.gatun.kernels.random;

import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.ArgumentException;

/**
 * A position in a stream of random numbers: a seed and the number of blocks used so far.
 *
 * <p>Two generators of the same seed and offset give the same numbers. Thread-safe: threads that
 * share a generator never get the same numbers, but which thread gets which depends on who comes
 * first; for numbers that can be reproduced, give each thread a generator of its own.
 */
public final class Generator {
  /** The seed that the shared generator starts with. */
  public static final long DEFAULT_SEED = 67280421310721L;

  private static final String SEEDING = "seed of a generator";

  private static final Generator SHARED = new Generator(DEFAULT_SEED);

  /**
   * What there is to know about a generator.
   *
   * @param seed the seed, which selects the stream
   * @param offset the number of blocks used so far, not negative
   */
  public record State(long seed, long offset) {
    /** Checks the offset. */
    public State {
      if (offset < 0) {
        throw new ArgumentException("generator state: offset " + offset + " is negative");
      }
    }
  }

  private long seed;
  private long offset;

  /**
   * Makes a generator at the start of a stream.
   *
   * @param seed any number
   */
  public Generator(long seed) {
    this.seed = seed;
    if (Recording.isActive()) {
      // A generator that a step makes starts anew in each replay.
      Recording.perform(SEEDING, () -> put(seed, 0));
    }
  }

  /**
   * Returns the generator that is used where none is given.
   *
   * @return the generator that the whole process shares
   */
  public static Generator shared() {
    return SHARED;
  }

  /**
   * Puts this generator at the start of a stream.
   *
   * @param seed any number
   * @return this generator
   */
  public Generator manualSeed(long seed) {
    Recording.perform(SEEDING, () -> put(seed, 0));
    return this;
  }

  private synchronized void put(long newSeed, long newOffset) {
    seed = newSeed;
    offset = newOffset;
  }

  /**
   * Returns the seed.
   *
   * @return the seed given last
   */
  public synchronized long seed() {
    return seed;
  }

  /**
   * Returns where this generator is.
   *
   * @return seed and offset
   */
  public synchronized State state() {
    return new State(seed, offset);
  }

  /**
   * Puts this generator where another one was, or itself before.
   *
   * @param state seed and offset
   */
  public void setState(State state) {
    Recording.perform(SEEDING, () -> put(state.seed(), state.offset()));
  }

  /**
   * Takes the next blocks of the stream: nobody else gets them.
   *
   * @param blocks how many, not negative
   * @return the number of the first one
   * @throws ArgumentException if {@code blocks} is negative
   */
  public synchronized long advance(long blocks) {
    if (blocks < 0) {
      throw new ArgumentException("generator: advance by " + blocks + ": is negative");
    }
    long first = offset;
    offset += blocks;
    return first;
  }

  @Override
  public synchronized String toString() {
    return "Generator[seed=" + seed + ", offset=" + offset + "]";
  }
}
