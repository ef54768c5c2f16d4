package dev.gatun.kernels.random;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Fills arrays without gaps with random numbers, group of blocks by group of blocks.
 *
 * <p>Where an element takes one word, element e takes word {@code e / 16 % 4} of block {@code e /
 * 64 * 16 + e % 16}. Where it takes two, it takes words {@code 2h} (the lower bits) and {@code 2h +
 * 1}, h being {@code e / 16 % 2}, of block {@code e / 32 * 16 + e % 16}. Normally distributed
 * numbers come in pairs, elements e and e + 16, made from the bits of both.
 *
 * <p>An instance is reused by its thread and holds no arrays between calls.
 */
final class RandomFill {
  private static final int BLOCKS = RandomMath.GROUP_BLOCKS;
  private static final int CHUNK_GROUPS = 16;
  private static final int CHUNK_WORDS = CHUNK_GROUPS * RandomMath.GROUP_WORDS;
  private static final long SERIAL_ELEMENTS = 1 << 14;
  private static final long GRAIN_ELEMENTS = 1 << 14;
  private static final long LOW = 0xFFFF_FFFFL;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private static final ThreadLocal<RandomFill> OF_THREAD = ThreadLocal.withInitial(RandomFill::new);
  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  /** What one thread works with. */
  private static final class Buffers {
    final int[] words = new int[CHUNK_WORDS];
    final double[] values = new double[CHUNK_WORDS];
    final double[] radii = new double[CHUNK_WORDS / 2];
    final double[] turns = new double[CHUNK_WORDS / 2];
  }

  private final RangeTask running = this::run;
  private @Nullable RandomMath math;
  private Distribution distribution = Distribution.UNIFORM;
  private MemorySegment out = MemorySegment.NULL;
  private DType type = DType.FLOAT32;
  private long start;
  private long seed;
  private long firstBlock;
  private double first;
  private double second;
  private long low;
  private long range;
  private int wordsPerElement;

  private RandomFill() {}

  static RandomFill ofThread() {
    return OF_THREAD.get();
  }

  /** Fills with one of the distributions over real numbers, which have up to two parameters. */
  void real(
      RandomMath math,
      Distribution distribution,
      StridedArray out,
      double first,
      double second,
      Generator generator) {
    this.first = first;
    this.second = second;
    fill(math, distribution, out, out.dtype() == DType.FLOAT64 ? 2 : 1, generator);
  }

  /** Fills with 1 where a random word is below {@code threshold}, else with 0. */
  void bernoulli(RandomMath math, StridedArray out, long threshold, Generator generator) {
    range = threshold;
    fill(math, Distribution.BERNOULLI, out, 1, generator);
  }

  /** Fills with integers of {@code range} values, as an unsigned number, from {@code low} on. */
  void integers(RandomMath math, StridedArray out, long low, long range, Generator generator) {
    this.low = low;
    this.range = range;
    fill(math, Distribution.INTEGERS, out, 2, generator);
  }

  private void fill(
      RandomMath math,
      Distribution distribution,
      StridedArray out,
      int wordsPerElement,
      Generator generator) {
    long count = out.layout().numel();
    this.math = math;
    this.distribution = distribution;
    this.wordsPerElement = wordsPerElement;
    this.out = out.segment();
    type = out.dtype();
    start = out.byteOffset();
    long group = RandomMath.GROUP_WORDS / wordsPerElement;
    synchronized (generator) {
      seed = generator.seed();
      firstBlock = generator.advance((count + group - 1) / group * BLOCKS);
    }
    try {
      if (count < SERIAL_ELEMENTS) {
        run(0, count);
      } else {
        Workers.parallelFor(count, GRAIN_ELEMENTS, running);
      }
    } finally {
      this.math = null;
      this.out = MemorySegment.NULL;
    }
  }

  private void run(long from, long to) {
    var math = this.math;
    if (math == null) {
      throw new IllegalStateException("Random numbers are made only while an array is filled");
    }
    var buffers = BUFFERS.get();
    int chunk = CHUNK_WORDS / wordsPerElement;
    int group = RandomMath.GROUP_WORDS / wordsPerElement;
    for (long element = from; element < to; element += chunk) {
      int count = (int) Math.min(chunk, to - element);
      int groups = (count + group - 1) / group;
      math.words(seed, firstBlock + element / group * BLOCKS, buffers.words, groups);
      chunk(buffers, element, count, groups);
    }
  }

  private void chunk(Buffers buffers, long element, int count, int groups) {
    switch (distribution) {
      case UNIFORM -> {
        uniform(buffers, count);
        for (int i = 0; i < count; i++) {
          buffers.values[i] = first + buffers.values[i] * (second - first);
        }
        storeBelow(buffers.values, element, count, second);
      }
      case EXPONENTIAL -> {
        uniform(buffers, count);
        for (int i = 0; i < count; i++) {
          buffers.values[i] = 1 - buffers.values[i];
        }
        UniformTransforms.negativeLogarithms(buffers.values, count);
        for (int i = 0; i < count; i++) {
          buffers.values[i] /= first;
        }
        store(buffers.values, element, count);
      }
      case NORMAL -> {
        normal(buffers, groups);
        for (int i = 0; i < count; i++) {
          buffers.values[i] = first + buffers.values[i] * second;
        }
        store(buffers.values, element, count);
      }
      case BERNOULLI -> ones(buffers.words, element, count);
      case INTEGERS -> integers(buffers.words, element, count);
    }
  }

  /** Makes multiples of 2^-24 or 2^-53 (of 2^-11 and 2^-8 for the half-precision types). */
  private void uniform(Buffers buffers, int count) {
    if (wordsPerElement == 2) {
      for (int i = 0; i < count; i++) {
        buffers.values[i] = (twoWords(buffers.words, i) >>> 11) * 0x1p-53;
      }
      return;
    }
    int shift = type == DType.FLOAT16 ? 21 : type == DType.BFLOAT16 ? 24 : 8;
    double unit = 1.0 / (1L << (32 - shift));
    for (int i = 0; i < count; i++) {
      buffers.values[i] = (buffers.words[i] >>> shift) * unit;
    }
  }

  private static long twoWords(int[] words, int element) {
    int at = element / (2 * BLOCKS) * RandomMath.GROUP_WORDS + element % BLOCKS;
    at += element / BLOCKS % 2 * 2 * BLOCKS;
    return words[at] & LOW | (long) words[at + BLOCKS] << 32;
  }

  private void normal(Buffers buffers, int groups) {
    int runs = groups * (wordsPerElement == 2 ? 1 : 2);
    for (int run = 0; run < runs; run++) {
      for (int i = 0; i < BLOCKS; i++) {
        int pair = run * BLOCKS + i;
        int element = 2 * run * BLOCKS + i;
        if (wordsPerElement == 2) {
          buffers.radii[pair] = ((twoWords(buffers.words, element) >>> 11) + 1) * 0x1p-53;
          buffers.turns[pair] = (twoWords(buffers.words, element + BLOCKS) >>> 11) * 0x1p-53;
        } else {
          buffers.radii[pair] = ((buffers.words[element] & LOW) + 1) * 0x1p-32;
          buffers.turns[pair] = (buffers.words[element + BLOCKS] & LOW) * 0x1p-32;
        }
      }
    }
    UniformTransforms.boxMuller(buffers.radii, buffers.turns, runs * BLOCKS);
    for (int run = 0; run < runs; run++) {
      System.arraycopy(buffers.radii, run * BLOCKS, buffers.values, 2 * run * BLOCKS, BLOCKS);
      System.arraycopy(buffers.turns, run * BLOCKS, buffers.values, (2 * run + 1) * BLOCKS, BLOCKS);
    }
  }

  private void ones(int[] words, long element, int count) {
    if (type == DType.FLOAT32) {
      long at = start + element * Float.BYTES;
      for (int i = 0; i < count; i++) {
        int mask = (int) (((words[i] & LOW) - range) >> 63);
        out.set(FLOAT, at + (long) i * Float.BYTES, Float.intBitsToFloat(mask & 0x3f80_0000));
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      type.setLong(out, offset(element + i), ((words[i] & LOW) - range) >>> 63);
    }
  }

  private void integers(int[] words, long element, int count) {
    for (int i = 0; i < count; i++) {
      long value = low + Math.unsignedMultiplyHigh(twoWords(words, i), range);
      type.setLong(out, offset(element + i), value);
    }
  }

  private long offset(long element) {
    return start + (element << type.byteShift());
  }

  private void store(double[] values, long element, int count) {
    long at = offset(element);
    if (type == DType.FLOAT32) {
      for (int i = 0; i < count; i++) {
        out.set(FLOAT, at + (long) i * Float.BYTES, (float) values[i]);
      }
    } else if (type == DType.FLOAT64) {
      for (int i = 0; i < count; i++) {
        out.set(DOUBLE, at + (long) i * Double.BYTES, values[i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        type.setDouble(out, offset(element + i), values[i]);
      }
    }
  }

  /** Stores values, those that round to the bound as the largest number below it. */
  private void storeBelow(double[] values, long element, int count, double bound) {
    double largest = Math.max(first, LargestBelow.of(type, bound));
    for (int i = 0; i < count; i++) {
      values[i] = Math.min(values[i], largest);
    }
    store(values, element, count);
  }
}
