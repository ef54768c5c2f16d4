package dev.gatun.autograd;

import dev.gatun.kernels.DeviceProvider;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of one formula, or of several over the same inputs: one for each combination of
 * element types that has come up. Looked up by scanning a few packed keys, without making anything.
 */
final class PointwiseKernels {
  private static final int BITS = 4;

  private final String name;
  private final List<Expression> outputs;
  private final int inputCount;

  private record Table(KernelProvider provider, long[] keys, PointwiseKernel[] kernels) {
    @Nullable PointwiseKernel find(long key) {
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] == key) {
          return kernels[i];
        }
      }
      return null;
    }
  }

  /** Of a provider that is there without being asked for: declarations are made at any time. */
  private static final Table NONE =
      new Table(ScalarProvider.instance(), new long[0], new PointwiseKernel[0]);

  /** The kernels of the provider of the host that came up last; of a device where none has yet. */
  private volatile Table table = NONE;

  /**
   * The kernels of every provider used so far: a change of provider compiles nothing twice, and
   * threads that compute on different devices do not get into each other's way.
   */
  private volatile Table[] tables = {};

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
    return getElsewhere(key);
  }

  /** As {@link #get}, of any provider, or of types that have not come up. */
  private PointwiseKernel getElsewhere(long key) {
    KernelProvider provider = Kernels.provider();
    KernelProvider real = RecordingProvider.real(provider);
    Table known = tableOf(real);
    PointwiseKernel kernel = known == null ? null : known.find(key);
    return RecordingProvider.recording(provider, kernel != null ? kernel : compile(key, real));
  }

  private @Nullable Table tableOf(KernelProvider provider) {
    for (Table each : tables) {
      if (each.provider == provider) {
        return each;
      }
    }
    return null;
  }

  private synchronized PointwiseKernel compile(long key, KernelProvider provider) {
    Table current = tableOf(provider);
    if (current == null) {
      current = new Table(provider, new long[0], new PointwiseKernel[0]);
    }
    PointwiseKernel known = current.find(key);
    if (known != null) {
      return known;
    }
    int count = current.keys.length;
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
    put(extended);
    if (table == NONE || !(provider instanceof DeviceProvider)) {
      table = extended;
    }
    return kernel;
  }

  private void put(Table table) {
    List<Table> all = new ArrayList<>(List.of(tables));
    all.removeIf(each -> each.provider == table.provider);
    all.add(table);
    tables = all.toArray(new Table[0]);
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
