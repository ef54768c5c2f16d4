package dev.gatun.autograd;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.record.RecordingProvider;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernels of one formula, or of several over the same inputs: one for each combination of
 * element types that has come up. Looked up by scanning a few packed keys, without making anything.
 */
final class PointwiseKernels {
  private static final int BITS = 4;

  private final String name;
  private final List<Expression> outputs;
  private final int inputCount;

  private record Table(KernelProvider provider, long[] keys, PointwiseKernel[] kernels) {}

  /** Of a provider that is there without being asked for: declarations are made at any time. */
  private static final Table NONE =
      new Table(ScalarProvider.instance(), new long[0], new PointwiseKernel[0]);

  /** The kernels of the provider used last. */
  private volatile Table table = NONE;

  /**
   * The kernels of every provider used so far, so that a change of provider compiles nothing twice.
   */
  private final Map<KernelProvider, Table> tables = new IdentityHashMap<>();

  PointwiseKernels(String name, List<Expression> outputs, int inputCount) {
    this.name = name;
    this.outputs = outputs;
    this.inputCount = inputCount;
  }

  /** Adds a type to a key; the first one, on a key of 1, is the type computed in. */
  static long key(long key, DType dtype) {
    return key << BITS | dtype.ordinal();
  }

  /**
   * Returns the kernel for some types.
   *
   * @param key the type computed in, those of the inputs, then those of the outputs, packed by
   *     {@link #key}
   */
  PointwiseKernel get(long key) {
    Table current = table;
    if (current.provider == Kernels.provider()) {
      long[] keys = current.keys;
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] == key) {
          return current.kernels[i];
        }
      }
    }
    return compile(key);
  }

  private PointwiseKernel compile(long key) {
    KernelProvider provider = Kernels.provider();
    return RecordingProvider.recording(provider, compile(key, RecordingProvider.real(provider)));
  }

  private synchronized PointwiseKernel compile(long key, KernelProvider provider) {
    Table current =
        tables.computeIfAbsent(
            provider, unseen -> new Table(unseen, new long[0], new PointwiseKernel[0]));
    int count = current.keys.length;
    for (int i = 0; i < count; i++) {
      if (current.keys[i] == key) {
        table = current;
        return current.kernels[i];
      }
    }
    int types = 1 + inputCount + outputs.size();
    List<DType> unpacked = new ArrayList<>();
    for (int i = types - 1; i >= 0; i--) {
      unpacked.add(DType.values()[(int) (key >>> i * BITS) & ((1 << BITS) - 1)]);
    }
    List<DType> inputTypes = unpacked.subList(1, 1 + inputCount);
    PointwiseKernel kernel =
        provider.pointwise(
            new PointwiseProgram(
                name,
                held(outputs, inputTypes, unpacked.get(0)),
                unpacked.subList(1 + inputCount, types),
                inputTypes,
                PointwiseProgram.computeType(unpacked.get(0))));
    long[] keys = Arrays.copyOf(current.keys, count + 1);
    PointwiseKernel[] kernels = Arrays.copyOf(current.kernels, count + 1);
    keys[count] = key;
    kernels[count] = kernel;
    Table extended = new Table(provider, keys, kernels);
    tables.put(provider, extended);
    table = extended;
    return kernel;
  }

  /**
   * The formulas with operands that are of a wider type than is computed in, as scalars with no
   * axes may be, cut to that type, as if they had been converted first.
   */
  private static List<Expression> held(
      List<Expression> formulas, List<DType> inputTypes, DType compute) {
    boolean narrow = compute.isIntegral() && compute.byteSize() < Integer.BYTES;
    List<Expression> result = new ArrayList<>(formulas);
    for (int i = 0; narrow && i < inputTypes.size(); i++) {
      DType type = inputTypes.get(i);
      if (type.isIntegral() && type != compute) {
        Expression input = Expression.input(i);
        Expression cut = cut(input, compute);
        result.replaceAll(formula -> formula.substitute(input, cut));
      }
    }
    return result;
  }

  /** The low bits of an int, which are those of a narrower type; the sign is that type's. */
  private static Expression cut(Expression x, DType dtype) {
    double values = 1 << dtype.byteSize() * Byte.SIZE;
    Expression low = x.bitwiseAnd(Expression.constant(values - 1));
    return dtype == DType.UINT8
        ? low
        : low.bitwiseXor(Expression.constant(values / 2)).sub(values / 2);
  }
}
