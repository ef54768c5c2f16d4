package dev.gatun.bench.contest;

import dev.gatun.bench.peers.Peer;

/**
 * A peer's entry for a case.
 *
 * @param <P> the peer
 * @param type the peer's class
 * @param variant which of several ways this is, such as {@code sgemv}; empty where there is one
 * @param side how the peer does the work
 */
public record Entrant<P extends Peer>(Class<P> type, String variant, Side<P> side) {

  /**
   * Prepares the work.
   *
   * @param peer an instance of {@link #type()}
   * @param operands the inputs, alive while the call is used
   * @return the prepared work
   * @throws Exception when the library refuses
   */
  public Call prepare(Peer peer, Operands operands) throws Exception {
    return side.prepare(type.cast(peer), operands);
  }
}
