package dev.gatun.bench.peers.libtorch;

import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerProvider;
import dev.gatun.bench.peers.PeerUnavailableException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Loads {@link LibTorch}; found through {@link java.util.ServiceLoader}. */
public final class LibTorchProvider implements PeerProvider {

  /** Makes the provider; loads nothing yet. */
  public LibTorchProvider() {}

  @Override
  public String name() {
    return LibTorch.NAME;
  }

  @Override
  public Peer load() throws PeerUnavailableException {
    try {
      Loader.load(torch.class);
      return new LibTorch();
    } catch (LinkageError | RuntimeException failure) {
      throw new PeerUnavailableException("libtorch does not load: " + failure, failure);
    }
  }
}
