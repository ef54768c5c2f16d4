package dev.gatun.bench.peers.libtorch;

import dev.gatun.bench.peers.Peer;
import dev.gatun.bench.peers.PeerProvider;
import dev.gatun.bench.peers.PeerUnavailableException;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch through its JVM wrapper, as a Java program would use it: tensors over the same memory as
 * everybody else's operands.
 */
public final class LibTorch implements Peer {

  /** The name in tables and files. */
  public static final String NAME = "libtorch";

  private static final int BINDING_SIZE = 256;
  private static final Pattern VERSION = Pattern.compile("TORCH_VERSION=([^,\\s]+)");
  private static final Pattern CAPABILITY = Pattern.compile("CPU capability usage: (\\S+)");
  private static final Pattern BLAS = Pattern.compile("BLAS_INFO=([^,\\s]+)");

  private final String description;
  private final LinkedOpenBlas blas;

  private LibTorch() {
    try (var configuration = torch.show_config()) {
      var text = configuration.getString();
      description =
          "libtorch %s, %s, BLAS %s"
              .formatted(find(VERSION, text), find(CAPABILITY, text), find(BLAS, text));
    }
    NoTraces.install();
    bindSymbols();
    blas = LinkedOpenBlas.find();
  }

  /**
   * Calls what will be measured once. The system's loader looks a function up at its first call; by
   * the time of the first measurement another library with functions of the same names may have
   * become global to the process, and libtorch would be measured with that library's code.
   */
  private static void bindSymbols() {
    for (var type : List.of(torch.ScalarType.Float, torch.ScalarType.Double)) {
      try (var _ = new InferenceMode(true);
          var options = new TensorOptions(type);
          var matrix = torch.ones(new long[] {BINDING_SIZE, BINDING_SIZE}, options);
          var vector = torch.ones(new long[] {BINDING_SIZE}, options);
          var product = torch.mm(matrix, matrix);
          var image = torch.mv(matrix, vector)) {
        if (product.isNull() || image.isNull()) {
          throw new IllegalStateException("libtorch: a product has no result");
        }
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

  /** Sets the threads of libtorch itself and of the OpenBLAS that it computes products with. */
  @Override
  public void setThreads(int threads) {
    torch.set_num_threads(threads);
    blas.setThreads(threads);
  }

  /**
   * Makes a tensor on memory there is, without copying.
   *
   * @param memory the elements
   * @param dtype their type
   * @param sizes the shape
   * @return a tensor; the memory must outlive it
   */
  public Tensor wrap(MemorySegment memory, DType dtype, long... sizes) {
    try (var address = new Address(memory.address());
        var options = new TensorOptions(ScalarTypes.of(dtype))) {
      return torch.from_blob(address, sizes, options);
    }
  }

  /**
   * Makes a tensor on memory there is, with strides of its own, without copying.
   *
   * @param memory the elements
   * @param byteOffset where the first one is
   * @param dtype their type
   * @param sizes the shape
   * @param strides the steps between neighbours, in elements
   * @return a tensor; the memory must outlive it
   */
  public Tensor wrap(
      MemorySegment memory, long byteOffset, DType dtype, long[] sizes, long[] strides) {
    try (var address = new Address(memory.address() + byteOffset);
        var options = new TensorOptions(ScalarTypes.of(dtype))) {
      return torch.from_blob(address, sizes, strides, options);
    }
  }

  @Override
  public void close() {
    setThreads(1);
  }

  private static String find(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  /** An address that is somebody else's to free. */
  private static final class Address extends Pointer {

    Address(long address) {
      this.address = address;
    }
  }

  /** Loads {@link LibTorch}. */
  public static final class Provider implements PeerProvider {

    /** Makes the provider; loads nothing yet. */
    public Provider() {}

    @Override
    public String name() {
      return NAME;
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
}
