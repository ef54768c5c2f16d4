package dev.gatun.bench.cases;

import dev.gatun.bench.contest.Call;
import org.bytedeco.pytorch.InferenceMode;
import org.jspecify.annotations.Nullable;

/** libtorch in inference mode for as long as a series of calls lasts. */
abstract class TorchInference implements Call {

  private @Nullable InferenceMode mode;

  @Override
  public final void enter() {
    mode = new InferenceMode(true);
  }

  @Override
  public final void leave() {
    if (mode != null) {
      mode.close();
      mode = null;
    }
  }
}
