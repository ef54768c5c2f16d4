package dev.gatun.bench.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.gatun.bench.peers.OnnxRuntime;
import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerProvider;
import dev.gatun.bench.peers.PeerUnavailableException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** Loads {@link OnnxRuntime}; found through {@link java.util.ServiceLoader}. */
public final class OnnxRuntimeProvider implements PeerProvider {

  /** Makes the provider; loads nothing yet. */
  public OnnxRuntimeProvider() {}

  @Override
  public String name() {
    return OnnxRuntime.NAME;
  }

  @Override
  public Peer load() throws PeerUnavailableException {
    try {
      return new Library(OrtEnvironment.getEnvironment());
    } catch (LinkageError | RuntimeException failure) {
      throw new PeerUnavailableException("ONNX Runtime does not load: " + failure, failure);
    }
  }

  private static final class Library implements OnnxRuntime {

    private final OrtEnvironment environment;
    private int threads = 1;

    Library(OrtEnvironment environment) {
      this.environment = environment;
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String description() {
      return "ONNX Runtime " + environment.getVersion();
    }

    /** For sessions opened from now on: a session has threads of its own. */
    @Override
    public void setThreads(int threads) {
      this.threads = threads;
    }

    @Override
    public Session open(
        byte[] model,
        MemorySegment input,
        long[] inputShape,
        MemorySegment output,
        long[] outputShape)
        throws OrtException {
      try (var options = new OrtSession.SessionOptions()) {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        return new BoundSession(
            environment.createSession(model, options),
            OnnxTensor.createTensor(environment, floats(input), inputShape),
            OnnxTensor.createTensor(environment, floats(output), outputShape));
      }
    }

    private static FloatBuffer floats(MemorySegment memory) {
      return memory.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public void close() {
      environment.close();
    }
  }

  private static final class BoundSession implements OnnxRuntime.Session {

    private final OrtSession session;
    private final OnnxTensor input;
    private final OnnxTensor output;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    BoundSession(OrtSession session, OnnxTensor input, OnnxTensor output) {
      this.session = session;
      this.input = input;
      this.output = output;
      inputs = Map.of("x", input);
      outputs = Map.of("y", output);
    }

    @Override
    public void run() {
      try (var result = session.run(inputs, outputs)) {
        if (result.size() != 1) {
          throw new IllegalStateException("ONNX Runtime: outputs: " + result.size());
        }
      } catch (OrtException failure) {
        throw new IllegalStateException("ONNX Runtime: " + failure.getMessage(), failure);
      }
    }

    @Override
    public void close() {
      input.close();
      output.close();
      try {
        session.close();
      } catch (OrtException failure) {
        throw new IllegalStateException("ONNX Runtime: " + failure.getMessage(), failure);
      }
    }
  }
}
