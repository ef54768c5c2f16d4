package dev.gatun.kernels.convert;

import dev.gatun.kernels.specialize.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How elements lie in memory, and how they come into a block and out of it. */
enum Storage {
  /** In {@link Block#bytes}. */
  BYTES(Byte.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, BYTE, offset, block.bytes, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.bytes, 0, out, BYTE, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      byte[] elements = block.bytes;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(BYTE, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      byte[] elements = block.bytes;
      for (int i = 0; i < length; i++) {
        out.set(BYTE, offset + i * stride, elements[i]);
      }
    }
  },
  /** In {@link Block#shorts}. */
  SHORTS(Short.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, SHORT, offset, block.shorts, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.shorts, 0, out, SHORT, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      short[] elements = block.shorts;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(SHORT, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      short[] elements = block.shorts;
      for (int i = 0; i < length; i++) {
        out.set(SHORT, offset + i * stride, elements[i]);
      }
    }
  },
  /** In {@link Block#ints}. */
  INTS(Integer.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, INT, offset, block.ints, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.ints, 0, out, INT, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      int[] elements = block.ints;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(INT, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      int[] elements = block.ints;
      for (int i = 0; i < length; i++) {
        out.set(INT, offset + i * stride, elements[i]);
      }
    }
  },
  /** In {@link Block#longs}. */
  LONGS(Long.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, LONG, offset, block.longs, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.longs, 0, out, LONG, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      long[] elements = block.longs;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(LONG, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      long[] elements = block.longs;
      for (int i = 0; i < length; i++) {
        out.set(LONG, offset + i * stride, elements[i]);
      }
    }
  },
  /** In {@link Block#floats}. */
  FLOATS(Float.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, FLOAT, offset, block.floats, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.floats, 0, out, FLOAT, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      float[] elements = block.floats;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(FLOAT, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      float[] elements = block.floats;
      for (int i = 0; i < length; i++) {
        out.set(FLOAT, offset + i * stride, elements[i]);
      }
    }
  },
  /** In {@link Block#doubles}. */
  DOUBLES(Double.BYTES) {
    @Override
    void readGapless(MemorySegment in, long offset, Block block, int length) {
      MemorySegment.copy(in, DOUBLE, offset, block.doubles, 0, length);
    }

    @Override
    void writeGapless(MemorySegment out, long offset, Block block, int length) {
      MemorySegment.copy(block.doubles, 0, out, DOUBLE, offset, length);
    }

    @Override
    void readStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var in = NativeMemory.of(segment);
      double[] elements = block.doubles;
      for (int i = 0; i < length; i++) {
        elements[i] = in.get(DOUBLE, offset + i * stride);
      }
    }

    @Override
    void writeStrided(MemorySegment segment, long offset, long stride, Block block, int length) {
      var out = NativeMemory.of(segment);
      double[] elements = block.doubles;
      for (int i = 0; i < length; i++) {
        out.set(DOUBLE, offset + i * stride, elements[i]);
      }
    }
  };

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.nativeOrder());

  private final int width;

  Storage(int width) {
    this.width = width;
  }

  /** Reads elements that lie {@code stride} bytes apart. */
  final void read(MemorySegment in, long offset, long stride, Block block, int length) {
    if (stride == width) {
      readGapless(in, offset, block, length);
    } else {
      readStrided(in, offset, stride, block, length);
    }
  }

  /** Writes elements {@code stride} bytes apart. */
  final void write(MemorySegment out, long offset, long stride, Block block, int length) {
    if (stride == width) {
      writeGapless(out, offset, block, length);
    } else {
      writeStrided(out, offset, stride, block, length);
    }
  }

  abstract void readGapless(MemorySegment in, long offset, Block block, int length);

  abstract void writeGapless(MemorySegment out, long offset, Block block, int length);

  abstract void readStrided(MemorySegment in, long offset, long stride, Block block, int length);

  abstract void writeStrided(MemorySegment out, long offset, long stride, Block block, int length);
}
