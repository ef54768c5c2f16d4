package dev.gatun.bench.peers.libtorch;

import dev.gatun.bench.peers.MatrixOperands;
import dev.gatun.bench.peers.MatrixProduct;
import dev.gatun.bench.peers.Peer;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch through its JVM wrapper, as a Java program would use it: tensors over the same memory as
 * everybody else's operands, {@code mm} with an {@code out} tensor, inference mode on.
 *
 * <p>{@code set_num_threads} reaches libtorch's own thread pool but not that of the OpenBLAS it is
 * linked with, which takes its number from the environment ({@code OPENBLAS_NUM_THREADS}) when the
 * process starts. Whoever measures sets both.
 */
final class LibTorch implements Peer {

  static final String NAME = "libtorch";

  private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([^,\\s]+)");
  private static final Pattern CAPABILITY = Pattern.compile("CPU capability usage: (\\S+)");
  private static final Pattern BLAS = Pattern.compile("BLAS_INFO=([^,\\s]+)");

  private final InferenceMode inferenceMode;
  private final String description;

  LibTorch() {
    try (var configuration = torch.show_config()) {
      var text = configuration.getString();
      description =
          "libtorch %s, %s, BLAS %s"
              .formatted(find(VERSION, text), find(CAPABILITY, text), find(BLAS, text));
    }
    inferenceMode = new InferenceMode(true);
    bindSymbols();
  }

  /**
   * Calls what will be measured once. The system's loader looks a function up at its first call; by
   * the time of the first measurement another library with functions of the same names may have
   * become global to the process, and libtorch would be measured with that library's code.
   */
  private void bindSymbols() {
    setThreads(Runtime.getRuntime().availableProcessors());
    for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      try (var arena = Arena.ofShared();
          var product = matrixProduct(MatrixOperands.random(dtype, 256, 1, arena))) {
        product.run();
      }
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void setThreads(int threads) {
    torch.set_num_threads(threads);
  }

  @Override
  public MatrixProduct matrixProduct(MatrixOperands operands) {
    return new Product(operands);
  }

  @Override
  public void close() {
    inferenceMode.close();
  }

  private static String find(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  private static final class Product implements MatrixProduct {

    private final Arena arena = Arena.ofShared();
    private final MemorySegment result;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;

    Product(MatrixOperands operands) {
      result = operands.allocateResult(arena);
      a = tensor(operands, operands.a());
      b = tensor(operands, operands.b());
      c = tensor(operands, result);
    }

    @Override
    public void run() {
      torch.mm_out(c, a, b).close();
    }

    @Override
    public MemorySegment result() {
      return result;
    }

    @Override
    public void close() {
      a.close();
      b.close();
      c.close();
      arena.close();
    }

    private static Tensor tensor(MatrixOperands operands, MemorySegment matrix) {
      var type =
          operands.dtype() == DType.FLOAT32 ? torch.ScalarType.Float : torch.ScalarType.Double;
      long size = operands.size();
      try (var memory = new Address(matrix.address());
          var options = new TensorOptions(type)) {
        return torch.from_blob(memory, new long[] {size, size}, options);
      }
    }
  }

  /** An address that is somebody else's to free. */
  private static final class Address extends Pointer {

    Address(long address) {
      this.address = address;
    }
  }
}
