package dev.gatun.bench.contest;

import dev.gatun.bench.peers.Peer;

/**
 * How a peer does a case.
 *
 * @param <P> the peer
 */
@FunctionalInterface
public interface Side<P extends Peer> {

  /**
   * Prepares the work. Everything that does not belong to the work itself (wrapping memory, shapes,
   * flags) is done here, once.
   *
   * @param peer the library, which has been told how many threads it may use
   * @param operands the inputs, alive while the call is used
   * @return the prepared work with results of its own
   * @throws Exception when the library refuses; its message is for the report
   */
  Call prepare(P peer, Operands operands) throws Exception;
}
