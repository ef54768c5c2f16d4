package dev.gatun.bench.peers;

import java.lang.foreign.MemorySegment;

/**
 * ONNX Runtime: inference of whole models. Its classes are there in the profile {@code peers} only.
 */
public interface OnnxRuntime extends Peer {

  /** The name in tables and files. */
  String NAME = "ONNXRuntime";

  /** A model that is loaded and bound to its input and output. */
  interface Session extends Runnable, AutoCloseable {

    /** Gives the model's memory back. */
    @Override
    void close();
  }

  /**
   * Loads a model with one float32 input named {@code x} and one float32 output named {@code y},
   * with all of the library's optimizations and the threads set at this moment.
   *
   * @param model the model as a file of ONNX would hold it
   * @param input the input's elements, alive while the session is used
   * @param inputShape the input's shape
   * @param output where the output goes, alive while the session is used
   * @param outputShape the output's shape
   * @return a session that computes once each time it runs
   * @throws Exception when the library refuses
   */
  Session open(
      byte[] model,
      MemorySegment input,
      long[] inputShape,
      MemorySegment output,
      long[] outputShape)
      throws Exception;
}
