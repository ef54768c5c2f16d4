package dev.gatun.bench.contest;

import dev.gatun.bench.peers.Gatun;
import dev.gatun.bench.peers.Peer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the report: a computation, what is asked of Gatun, and how everybody does it.
 *
 * <p>Immutable; made by {@link #named}. Nothing of it runs before the contest.
 */
public final class BenchmarkCase {

  private final String name;
  private final boolean oneThread;
  private final boolean thoroughOnly;
  private final Target target;
  private final Work work;
  private final double tolerance;
  private final List<Input> inputs;
  private final List<Entrant<?>> entrants;
  private final @Nullable String missing;

  private BenchmarkCase(Builder builder) {
    name = builder.name;
    oneThread = builder.oneThread;
    thoroughOnly = builder.thoroughOnly;
    target = builder.target;
    work = builder.work;
    tolerance = builder.tolerance;
    inputs = List.copyOf(builder.inputs);
    entrants = List.copyOf(builder.entrants);
    missing = builder.missing;
  }

  /**
   * Starts a declaration.
   *
   * @param name the row's name, unique in the report
   * @return a builder
   */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /**
   * The row's name.
   *
   * @return a name such as {@code exp 64K}
   */
  public String name() {
    return name;
  }

  /**
   * Whether everybody is held to one thread.
   *
   * @return false where all may be used
   */
  public boolean isOneThread() {
    return oneThread;
  }

  /**
   * Whether a quick run leaves it out.
   *
   * @return false where every run has it
   */
  public boolean isThoroughOnly() {
    return thoroughOnly;
  }

  /**
   * What is asked of Gatun.
   *
   * @return the target
   */
  public Target target() {
    return target;
  }

  /**
   * What there is to do.
   *
   * @return the work
   */
  public Work work() {
    return work;
  }

  /**
   * How far results may differ, relative to their Euclidean norm.
   *
   * @return the largest difference to accept
   */
  public double tolerance() {
    return tolerance;
  }

  /**
   * The random operands.
   *
   * @return their descriptions
   */
  public List<Input> inputs() {
    return inputs;
  }

  /**
   * Who takes part and how; Gatun first.
   *
   * @return the entries
   */
  public List<Entrant<?>> entrants() {
    return entrants;
  }

  /**
   * Prepares a peer's side; the first where it has several.
   *
   * @param peer the peer
   * @param operands the operands, made from {@link #inputs}
   * @return its call
   * @throws IllegalArgumentException when the peer takes no part
   * @throws Exception when the side cannot be prepared
   */
  public Call prepare(Peer peer, Operands operands) throws Exception {
    for (var entrant : entrants) {
      if (entrant.type().isInstance(peer)) {
        return entrant.prepare(peer, operands);
      }
    }
    throw new IllegalArgumentException(name + ": " + peer.name() + " takes no part");
  }

  /**
   * Why Gatun cannot take part.
   *
   * @return the reason, null where it does
   */
  public @Nullable String missing() {
    return missing;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects a declaration. */
  public static final class Builder {

    private static final double FLOAT32_TOLERANCE = 1e-5;

    private final String name;
    private boolean oneThread;
    private boolean thoroughOnly;
    private Target target = Target.NONE;
    private Work work = Work.ofBytes(0);
    private double tolerance = FLOAT32_TOLERANCE;
    private List<Input> inputs = List.of();
    private final List<Entrant<?>> entrants = new ArrayList<>();
    private @Nullable String missing;

    private Builder(String name) {
      this.name = name;
    }

    /**
     * Holds everybody to one thread.
     *
     * @return this
     */
    public Builder onOneThread() {
      oneThread = true;
      return this;
    }

    /**
     * Leaves this case out of quick runs, or not.
     *
     * @param value whether to leave it out: it takes long, lies between others, or beside one much
     *     like it
     * @return this
     */
    public Builder thoroughOnly(boolean value) {
      thoroughOnly = value;
      return this;
    }

    /**
     * Asks for something; without this nothing is asked.
     *
     * @param target the target
     * @return this
     */
    public Builder target(Target target) {
      this.target = target;
      return this;
    }

    /**
     * Says what there is to do.
     *
     * @param work the work
     * @return this
     */
    public Builder work(Work work) {
      this.work = work;
      return this;
    }

    /**
     * Says how far results may differ, relative to their Euclidean norm; 1e-5 without this.
     *
     * @param tolerance the largest difference to accept
     * @return this
     */
    public Builder tolerance(double tolerance) {
      this.tolerance = tolerance;
      return this;
    }

    /**
     * Names the operands.
     *
     * @param inputs their descriptions
     * @return this
     */
    public Builder inputs(Input... inputs) {
      this.inputs = List.of(inputs);
      return this;
    }

    /**
     * Names the operands.
     *
     * @param inputs their descriptions
     * @return this
     */
    public Builder inputs(List<Input> inputs) {
      this.inputs = List.copyOf(inputs);
      return this;
    }

    /**
     * Adds Gatun's side.
     *
     * @param side how Gatun does the work
     * @return this
     */
    public Builder gatun(Side<Gatun> side) {
      return peer(Gatun.class, "", side);
    }

    /**
     * Says that Gatun cannot do this yet; the case is shown and counts as missed.
     *
     * @param reason why
     * @return this
     */
    public Builder withoutGatun(String reason) {
      missing = reason;
      return this;
    }

    /**
     * Adds a peer's side.
     *
     * @param <P> the peer
     * @param type the peer's class
     * @param side how it does the work
     * @return this
     */
    public <P extends Peer> Builder peer(Class<P> type, Side<P> side) {
      return peer(type, "", side);
    }

    /**
     * Adds one of several ways in which a peer can do the work.
     *
     * @param <P> the peer
     * @param type the peer's class
     * @param variant what to call this way
     * @param side how it does the work
     * @return this
     */
    public <P extends Peer> Builder peer(Class<P> type, String variant, Side<P> side) {
      entrants.add(new Entrant<>(type, variant, side));
      return this;
    }

    /**
     * Ends the declaration.
     *
     * @return the case
     */
    public BenchmarkCase build() {
      return new BenchmarkCase(this);
    }
  }
}
