package dev.gatun.kernels.replay;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.convolution.ConvolutionKernels;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts calls that bring weights into the order in which products and convolutions read them before
 * those. Where the step does not write the weights, {@link Hoisting} then takes these calls out,
 * and replays are spared what each of them would do to the same weights again.
 */
final class PreparedWeights {
  // Where ConvolutionKernels.convolve takes them.
  private static final int OUT = 0;
  private static final int INPUT = 1;
  private static final int WEIGHT = 2;
  private static final int BIAS = 3;
  private static final int GEOMETRY = 4;

  /** Up to this many rows, products read weights in rows as fast as in columns. */
  private static final long FEW_ROWS = 16;

  /** With fewer columns, products transpose the other operand. */
  private static final long FEW_COLUMNS = 16;

  private static final int LINE_BYTES = 64;

  private final KernelProvider provider;
  private final Map<Storage, Origin> origins;
  private final SteadyStorages steady;
  private final Map<RecordedArray, RecordedArray> columns = new HashMap<>();
  private final List<RecordedCall> result = new ArrayList<>();
  private long bytes;

  /**
   * Prepares what can be prepared.
   *
   * @param provider the kernels
   * @param origins where storages come from; those of prepared weights are added
   * @param calls the calls in order
   * @param steady what weights may be read of
   */
  PreparedWeights(
      KernelProvider provider,
      Map<Storage, Origin> origins,
      List<RecordedCall> calls,
      SteadyStorages steady) {
    this.provider = provider;
    this.origins = origins;
    this.steady = steady;
    for (RecordedCall call : calls) {
      result.add(call instanceof KernelCall kernel ? prepared(kernel) : call);
    }
  }

  /** The calls, those that prepare weights included. */
  List<RecordedCall> calls() {
    return result;
  }

  /** The size of all prepared weights. */
  long bytes() {
    return bytes;
  }

  private RecordedCall prepared(KernelCall call) {
    ProductCall product = ProductCall.of(call);
    if (product != null) {
      return product(product);
    }
    return call.calls(ConvolutionKernels.class, "convolve") ? convolution(call) : call;
  }

  /** Transposes weights that lie by output, which a product of many rows would do at each call. */
  private KernelCall product(ProductCall product) {
    RecordedArray right = product.right();
    DType type = right.dtype();
    Layout layout = right.layout();
    if (type != DType.FLOAT32 && type != DType.FLOAT64
        || layout.rank() != 2
        || layout.stride(0) != 1
        || layout.stride(1) == 1
        || layout.size(1) < FEW_COLUMNS
        || product.out().layout().numel() <= FEW_ROWS * layout.size(1)
        || rows(product.left()) == 1
        || !steady.contains(right.storage())) {
      return product.call();
    }
    return product
        .call()
        .with(Map.of(ProductCall.RIGHT, columns.computeIfAbsent(right, this::transposed)));
  }

  private static long rows(RecordedArray matrices) {
    return matrices.layout().size(matrices.layout().rank() - 2);
  }

  private RecordedArray transposed(RecordedArray weights) {
    Shape shape = weights.layout().shape();
    int line = LINE_BYTES >> weights.dtype().byteShift();
    // An odd number of lines apart, rows do not fall on the same cache sets.
    long stride = ((shape.size(1) + line - 1) / line | 1) * line;
    RecordedArray target =
        array(
            weights.dtype(),
            shape.size(0) * stride,
            Layout.strided(shape, new long[] {stride, 1}, 0));
    result.add(KernelCall.of(provider.indexing(), IndexKernels.class, "copy", target, weights));
    return target;
  }

  private KernelCall convolution(KernelCall call) {
    if (!(call.argument(OUT) instanceof RecordedArray out)
        || !(call.argument(INPUT) instanceof RecordedArray input)
        || !(call.argument(WEIGHT) instanceof RecordedArray weight)
        || !(call.argument(GEOMETRY) instanceof ConvolutionGeometry geometry)
        || !steady.contains(weight.storage())) {
      return call;
    }
    Shape shape = weight.layout().shape();
    ConvolutionKernels kernels = provider.convolutions();
    long elements =
        kernels.preparedElements(weight.dtype(), input.layout().shape(), shape, geometry);
    if (elements == 0) {
      return call;
    }
    RecordedArray target = array(weight.dtype(), elements, Layout.contiguous(Shape.of(elements)));
    result.add(
        KernelCall.of(
            kernels, ConvolutionKernels.class, "prepareWeights", target, weight, geometry));
    return KernelCall.of(
        kernels,
        ConvolutionKernels.class,
        "convolvePrepared",
        out,
        input,
        target,
        shape,
        call.argument(BIAS),
        geometry);
  }

  private RecordedArray array(DType type, long elements, Layout layout) {
    bytes += elements << type.byteShift();
    return Intermediates.array(origins, type, elements, layout);
  }
}
