package dev.gatun.bench.peers;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Workers;

/** Gatun itself, measured as its peers are. */
public final class Gatun implements Peer {

  /** Takes the kernels in use in this process. */
  public Gatun() {}

  @Override
  public String name() {
    return Peers.GATUN;
  }

  @Override
  public String description() {
    var version = Gatun.class.getPackage().getImplementationVersion();
    return "Gatun%s, %s kernels"
        .formatted(version == null ? "" : " " + version, Kernels.provider().name());
  }

  @Override
  public void setThreads(int threads) {
    Workers.setThreads(threads);
  }

  @Override
  public boolean isJava() {
    return true;
  }

  @Override
  public void close() {
    setThreads(1);
  }
}
