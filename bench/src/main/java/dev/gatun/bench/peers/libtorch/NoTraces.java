package dev.gatun.bench.peers.libtorch;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.StringSupplier;
import org.bytedeco.pytorch.global.torch;

/**
 * What libtorch puts into its errors instead of a trace of its own functions: nothing. To find the
 * names of some dozen functions in a library of that size takes longer than most calls.
 */
final class NoTraces extends StringSupplier {
  /** libtorch calls it for as long as the process lives. */
  private static final NoTraces INSTANCE = new NoTraces();

  private final BytePointer nothing = new BytePointer("");

  private NoTraces() {}

  /** Has errors come without traces from now on. */
  static void install() {
    torch.SetStackTraceFetcher(INSTANCE);
  }

  @Override
  public BytePointer call() {
    return nothing;
  }
}
