package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.gemm.MaskedProducts;
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
import java.util.Objects;
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

  /** Returns a product whose epilogue replaces each of its elements; null for another call. */
  private static @Nullable ProductCall finished(RecordedCall call) {
    ProductCall product = ProductCall.of(call);
    return product != null
            && product.isPlain()
            && product.epilogue() != null
            && product.epilogue().writes().equals(List.of(product.out()))
            && product.out().layout().isContiguous()
        ? product
        : null;
  }

  private void join(int at) {
    ProductCall gradient = finished(calls.get(at));
    if (gradient == null || gradient.bias() != null) {
      return;
    }
    RecordedEpilogue behind = Objects.requireNonNull(gradient.epilogue());
    if (behind.reads().size() != 2) {
      return;
    }
    int product = behind.reads().indexOf(gradient.out());
    RecordedArray result = behind.reads().get(1 - product);
    int from = at - 1;
    while (from >= 0 && !CallOrder.uses(calls.get(from).writes(), result.storage())) {
      from--;
    }
    ProductCall forward = from < 0 ? null : finished(calls.get(from));
    if (forward == null
        || !forward.out().equals(result)
        || !result.layout().equals(gradient.out().layout())) {
      return;
    }
    RecordedEpilogue activation = Objects.requireNonNull(forward.epilogue());
    MaskedProducts family =
        activation.reads().equals(List.of(result))
            ? device.maskedProducts(activation.kernel(), behind.kernel(), product)
            : null;
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
            forward.left(),
            forward.right(),
            forward.bias()));
    calls.set(
        at,
        KernelCall.of(
            family,
            MaskedProducts.class,
            "whereBits",
            gradient.out(),
            gradient.left(),
            gradient.right(),
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
