package dev.gatun.kernels.cuda;

import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.random.LargestBelow;
import dev.gatun.kernels.random.Philox;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/**
 * The numbers that the CPU makes of the same generator: those that need no logarithm or angle to
 * the same bits. Each thread computes a block of the generator, and the elements that are made of
 * it: four that take a word each, or two that take two words.
 */
final class CudaRandomKernels implements RandomKernels {
  private static final int BLOCKS = 16;
  private static final int WORDS = 64;

  /** The generator Philox4x32-10: {@link Philox}. */
  static final String PHILOX =
      """
      struct gatun_words {
        unsigned int at[4];
      };

      static __device__ __forceinline__ struct gatun_words gatun_philox(
          const unsigned long long seed, const unsigned long long block) {
        unsigned int word0 = (unsigned int)block;
        unsigned int word1 = (unsigned int)(block >> 32);
        unsigned int word2 = 0;
        unsigned int word3 = 0;
        unsigned int key0 = (unsigned int)seed;
        unsigned int key1 = (unsigned int)(seed >> 32);
        for (int round = 0; round < 10; round++) {
          const unsigned int high0 = __umulhi(0xD2511F53u, word0);
          const unsigned int low0 = 0xD2511F53u * word0;
          const unsigned int high1 = __umulhi(0xCD9E8D57u, word2);
          const unsigned int low1 = 0xCD9E8D57u * word2;
          word0 = high1 ^ word1 ^ key0;
          word1 = low1;
          word2 = high0 ^ word3 ^ key1;
          word3 = low0;
          key0 += 0x9E3779B9u;
          key1 += 0xBB67AE85u;
        }
        struct gatun_words words;
        words.at[0] = word0;
        words.at[1] = word1;
        words.at[2] = word2;
        words.at[3] = word3;
        return words;
      }
      """;

  private static final String TEXT =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const struct gatun_space space, const long long elements,
          const long long count, const unsigned long long seed, const long long first_block,
          const NUMBER first, const NUMBER second, const NUMBER third) {
        FOR_EACH {
          const struct gatun_words words =
              gatun_philox(seed, (unsigned long long)(first_block + i));
          const long long start = i / 16 * (16 * MADE) + i % 16;
          NUMBER made[MADE];
          BODY
          for (int k = 0; k < MADE; k++) {
            const long long element = start + 16 * k;
            if (element < elements) {
              long long target, unused, unneeded;
              gatun_find(&space, element, &target, &unused, &unneeded);
              out[target] = store_out(made[k]);
            }
          }
        }
      }
      """;

  private static final String UNIFORM =
      """
      for (int k = 0; k < MADE; k++) {
            const double unit = UNIT;
            const double value = first + unit * (second - first);
            made[k] = gatun_min_f64(value, third);
          }\
      """;

  private static final String EXPONENTIAL =
      """
      for (int k = 0; k < MADE; k++) {
            const double unit = UNIT;
            made[k] = -log(1.0 - unit) / first;
          }\
      """;

  /** Box and Muller: a radius and an angle make two elements. */
  private static final String NORMAL =
      """
      for (int k = 0; k < MADE; k += 2) {
            const double radius = sqrt(-2.0 * log(RADIUS));
            const double angle = 6.283185307179586 * TURN;
            made[k] = first + radius * cos(angle) * second;
            made[k + 1] = first + radius * sin(angle) * second;
          }\
      """;

  private static final String BERNOULLI =
      """
      for (int k = 0; k < MADE; k++) {
            made[k] = (long long)words.at[k] < first ? 1 : 0;
          }\
      """;

  private static final String INTEGERS =
      """
      for (int k = 0; k < MADE; k++) {
            const unsigned long long bits = TWO_WORDS;
            made[k] = (long long)((unsigned long long)first
                + __umul64hi(bits, (unsigned long long)second));
          }\
      """;

  private static final String PLACE =
      """
      extern "C" __global__ void __launch_bounds__(256) ENTRY(
          ELEMENT *out, const long long *in, const long long count, const long long out_stride) {
        FOR_EACH {
          out[i * out_stride] = store_out(in[i]);
        }
      }
      """;

  /** What random bits are turned into. */
  private enum Mode {
    UNIFORM(CudaRandomKernels.UNIFORM),
    NORMAL(CudaRandomKernels.NORMAL),
    EXPONENTIAL(CudaRandomKernels.EXPONENTIAL),
    BERNOULLI(CudaRandomKernels.BERNOULLI),
    INTEGERS(CudaRandomKernels.INTEGERS),
    PLACE("");

    private final String body;

    Mode(String body) {
      this.body = body;
    }
  }

  private record Variant(Mode mode, DType type) {}

  private final Launcher launcher;
  private final KernelTable kernels = new KernelTable();

  CudaRandomKernels(Launcher launcher) {
    this.launcher = launcher;
  }

  @Override
  public void uniform(StridedArray out, double low, double high, Generator generator) {
    double largest = Math.max(low, LargestBelow.of(out.dtype(), high));
    real(Mode.UNIFORM, out, low, high, largest, generator);
  }

  @Override
  public void normal(StridedArray out, double mean, double standardDeviation, Generator generator) {
    real(Mode.NORMAL, out, mean, standardDeviation, 0, generator);
  }

  @Override
  public void exponential(StridedArray out, double rate, Generator generator) {
    real(Mode.EXPONENTIAL, out, rate, 0, 0, generator);
  }

  @Override
  public void bernoulli(StridedArray out, double probability, Generator generator) {
    long threshold = Math.round(probability * 0x1p32);
    fill(Mode.BERNOULLI, out, threshold, 0, 0, generator);
  }

  @Override
  public void integers(StridedArray out, long low, long high, Generator generator) {
    fill(Mode.INTEGERS, out, low, high - low, 0, generator);
  }

  private void real(
      Mode mode, StridedArray out, double first, double second, double third, Generator generator) {
    fill(
        mode,
        out,
        Double.doubleToRawLongBits(first),
        Double.doubleToRawLongBits(second),
        Double.doubleToRawLongBits(third),
        generator);
  }

  /** The last three numbers are passed by their bits. */
  private void fill(
      Mode mode, StridedArray out, long first, long second, long third, Generator generator) {
    long elements = out.layout().numel();
    int words = wordsOfElement(mode, out.dtype());
    long group = WORDS / words;
    long blocks = (elements + group - 1) / group * BLOCKS;
    long seed;
    long firstBlock;
    synchronized (generator) {
      seed = generator.seed();
      firstBlock = generator.advance(blocks);
    }
    if (elements == 0) {
      return;
    }
    var arguments =
        KernelArguments.begin()
            .array(out)
            .space(Operands.elements(mode, true, out, null, null))
            .int64(elements)
            .int64(blocks)
            .int64(seed)
            .int64(firstBlock)
            .int64(first)
            .int64(second)
            .int64(third);
    launcher.launch(kernel(mode, out.dtype()), blocks, arguments);
  }

  private static int wordsOfElement(Mode mode, DType type) {
    return switch (mode) {
      case BERNOULLI -> 1;
      case INTEGERS -> 2;
      default -> type == DType.FLOAT64 ? 2 : 1;
    };
  }

  /** Each draw depends on those before, so the order is made on the host. */
  @Override
  public void permutation(StridedArray out, Generator generator) {
    long count = out.layout().numel();
    long seed;
    long block;
    synchronized (generator) {
      seed = generator.seed();
      block = generator.advance(count);
    }
    if (count == 0) {
      return;
    }
    try (var arena = Arena.ofConfined();
        var row = launcher.scratch(DType.INT64, count)) {
      var order = arena.allocate(ValueLayout.JAVA_LONG, count);
      for (long i = 0; i < count; i++) {
        long other = Math.unsignedMultiplyHigh(Philox.lower(seed, block + i), i + 1);
        order.setAtIndex(ValueLayout.JAVA_LONG, i, order.getAtIndex(ValueLayout.JAVA_LONG, other));
        order.setAtIndex(ValueLayout.JAVA_LONG, other, i);
      }
      launcher.upload(row, order);
      var arguments =
          KernelArguments.begin().array(out).array(row).int64(count).int64(out.layout().stride(0));
      launcher.launch(kernel(Mode.PLACE, out.dtype()), count, arguments);
    }
  }

  private CudaKernel kernel(Mode mode, DType type) {
    int index = KernelTable.index(mode.ordinal(), type);
    var known = kernels.get(index);
    return known != null
        ? known
        : kernels.make(index, new Variant(mode, type), CudaRandomKernels::make);
  }

  private static CudaKernel make(Variant variant) {
    var mode = variant.mode();
    var type = variant.type();
    String name = "random_" + mode + "_" + type;
    if (mode == Mode.PLACE) {
      return new KernelText(name, PLACE)
          .set("ELEMENT", type)
          .store("store_out", type, DType.INT64)
          .kernel();
    }
    boolean whole = mode == Mode.BERNOULLI || mode == Mode.INTEGERS;
    var compute = whole ? DType.INT64 : DType.FLOAT64;
    int words = wordsOfElement(mode, type);
    return new KernelText(name, TEXT.replace("BODY", mode.body))
        .set("ELEMENT", type)
        .set("NUMBER", compute)
        .set("MADE", words == 1 ? "4" : "2")
        .set("TWO_WORDS", twoWords("k"))
        .set("UNIT", unit(type))
        .set("RADIUS", radius(words))
        .set("TURN", turn(words))
        .store("store_out", type, compute)
        .kernel();
  }

  /** The word of element 0 or 1 of two that take two words each. */
  private static String twoWords(String element) {
    return "((unsigned long long)words.at[2 * %s + 1] << 32 | words.at[2 * %s])"
        .formatted(element, element);
  }

  private static String unit(DType type) {
    return switch (type) {
      case FLOAT64 -> "(double)(" + twoWords("k") + " >> 11) * 0x1p-53";
      case FLOAT16 -> "(double)(words.at[k] >> 21) * 0x1p-11";
      case BFLOAT16 -> "(double)(words.at[k] >> 24) * 0x1p-8";
      default -> "(double)(words.at[k] >> 8) * 0x1p-24";
    };
  }

  private static String radius(int words) {
    return words == 2
        ? "(double)((" + twoWords("k") + " >> 11) + 1) * 0x1p-53"
        : "((double)words.at[k] + 1.0) * 0x1p-32";
  }

  private static String turn(int words) {
    return words == 2
        ? "((double)(" + twoWords("(k + 1)") + " >> 11) * 0x1p-53)"
        : "((double)words.at[k + 1] * 0x1p-32)";
  }
}
