package dev.gatun.bench.peers.ejml;

import dev.gatun.bench.peers.Ejml;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerProvider;
import dev.gatun.memory.DType;
import org.ejml.EjmlVersion;
import org.ejml.concurrency.EjmlConcurrency;

/** Makes {@link Ejml}; found through {@link java.util.ServiceLoader}. */
public final class EjmlProvider implements PeerProvider {

  /** Makes the provider. */
  public EjmlProvider() {}

  @Override
  public String name() {
    return Ejml.NAME;
  }

  @Override
  public Peer load() {
    return new Library();
  }

  private static final class Library implements Ejml {

    private int threads = 1;

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String description() {
      return "EJML " + EjmlVersion.VERSION;
    }

    @Override
    public void setThreads(int threads) {
      if (threads != this.threads) {
        EjmlConcurrency.setMaxThreads(threads);
        this.threads = threads;
      }
    }

    @Override
    public boolean isJava() {
      return true;
    }

    @Override
    public Product product(
        DType dtype, boolean transposeA, boolean transposeB, int size, double[] a, double[] b) {
      return dtype == DType.FLOAT32
          ? new FloatProduct(transposeA, transposeB, threads > 1, size, a, b)
          : new DoubleProduct(transposeA, transposeB, threads > 1, size, a, b);
    }

    @Override
    public void close() {
      setThreads(1);
    }
  }
}
