package dev.gatun.bench.peers;

/**
 * Knows how to load one peer. Peers whose classes are only there in the {@code peers} profile
 * announce themselves through {@link java.util.ServiceLoader}.
 */
public interface PeerProvider {

  /**
   * The name of the peer this provider loads.
   *
   * @return the same as the peer's {@link Peer#name()}
   */
  String name();

  /**
   * Loads the library into this process.
   *
   * @return the peer, ready to be used
   * @throws PeerUnavailableException when the library is not there or does not load
   */
  Peer load() throws PeerUnavailableException;
}
