package dev.gatun.bench.peers;

/** What came of looking for a peer: the peer, or the reason why there is none. */
public sealed interface PeerLookup {

  /**
   * The peer's name.
   *
   * @return the name, whether or not the peer was found
   */
  String name();

  /**
   * The peer is loaded and takes part.
   *
   * @param peer the peer
   */
  record Loaded(Peer peer) implements PeerLookup {
    @Override
    public String name() {
      return peer.name();
    }
  }

  /**
   * The peer does not take part.
   *
   * @param name the peer's name
   * @param reason why, for the report
   */
  record Missing(String name, String reason) implements PeerLookup {}
}
