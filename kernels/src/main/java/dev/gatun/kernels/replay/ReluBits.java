package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.gemm.MaskedProducts;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedEpilogue;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has products of a device with ReLU behind them leave a bit for each element, and the products
 * that are the gradients of those read the bits in place of the elements.
 */
final class ReluBits {
  private final DeviceProvider device;
  private final Map<Storage, Origin> origins;
  private final List<RecordedCall> calls;

  private ReluBits(DeviceProvider device, Map<Storage, Origin> origins, List<RecordedCall> calls) {
    this.device = device;
    this.origins = origins;
    this.calls = new ArrayList<>(calls);
  }

  /**
   * Joins what can be joined.
   *
   * @param origins where the storages of the bits are added
   */
  static List<RecordedCall> apply(
      DeviceProvider device, Map<Storage, Origin> origins, List<RecordedCall> calls) {
    ReluBits bits = new ReluBits(device, origins, calls);
    for (int at = 0; at < bits.calls.size(); at++) {
      bits.join(at);
    }
    return bits.calls;
  }

  /** A product whose epilogue replaces each of its elements. */
  private record Finished(
      RecordedArray out,
      RecordedArray left,
      RecordedArray right,
      RecordedEpilogue epilogue,
      @Nullable RecordedArray bias) {
    static @Nullable Finished of(RecordedCall call) {
      return call instanceof KernelCall product
              && product.calls(MatmulKernels.class, "matmul")
              && product.argument(0) instanceof RecordedArray out
              && product.argument(1) instanceof RecordedArray left
              && product.argument(2) instanceof RecordedArray right
              && Double.valueOf(1).equals(product.argument(3))
              && Double.valueOf(0).equals(product.argument(4))
              && product.argument(5) instanceof RecordedEpilogue epilogue
              && epilogue.writes().equals(List.of(out))
              && out.layout().isContiguous()
          ? new Finished(out, left, right, epilogue, (RecordedArray) product.argument(6))
          : null;
    }
  }

  private void join(int at) {
    Finished gradient = Finished.of(calls.get(at));
    if (gradient == null || gradient.bias != null || gradient.epilogue.reads().size() != 2) {
      return;
    }
    int product = gradient.epilogue.reads().indexOf(gradient.out);
    RecordedArray result = gradient.epilogue.reads().get(1 - product);
    int from = at - 1;
    while (from >= 0 && !CallOrder.uses(calls.get(from).writes(), result.storage())) {
      from--;
    }
    Finished forward = from < 0 ? null : Finished.of(calls.get(from));
    if (forward == null
        || !forward.out.equals(result)
        || !result.layout().equals(gradient.out.layout())
        || !forward.epilogue.reads().equals(List.of(result))) {
      return;
    }
    MaskedProducts family =
        device.maskedProducts(forward.epilogue.kernel(), gradient.epilogue.kernel(), product);
    if (family == null) {
      return;
    }
    RecordedArray bits = bits(family, result.layout());
    calls.set(
        from,
        KernelCall.of(
            family,
            MaskedProducts.class,
            "reluAndBits",
            result,
            bits,
            forward.left,
            forward.right,
            forward.bias));
    calls.set(
        at,
        KernelCall.of(
            family,
            MaskedProducts.class,
            "whereBits",
            gradient.out,
            gradient.left,
            gradient.right,
            bits,
            result));
  }

  /** A new intermediate for the bits of a result. */
  private RecordedArray bits(MaskedProducts family, Layout result) {
    long columns = result.size(result.rank() - 1);
    long bytes = family.bytesOfBits(columns == 0 ? 0 : result.numel() / columns, columns);
    return Intermediates.array(origins, DType.UINT8, bytes, Layout.contiguous(Shape.of(bytes)));
  }
}
