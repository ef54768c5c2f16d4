package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.convert.HalfPrecision;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Moves blocks of elements between operands of any layout and the buffers that vector loops work
 * on. The elements of a buffer have the type that the loop reads: the operand's own, or the compute
 * type.
 */
final class Staging {
  private Staging() {}

  /**
   * Fills an operand's buffer with {@code count} elements from position {@code start} of the walk
   * on.
   */
  static void gather(
      Traversal walk, int operand, long start, int count, DType bufferType, VectorScratch scratch) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    var type = walk.type(operand);
    var segment = walk.segment(operand);
    long target = VectorScratch.stagingOffset(operand);
    int size = bufferType.byteSize();
    boolean halves = areHalves(type, stride, bufferType);
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      if (halves) {
        long to = target + (long) at * size;
        HalfPrecision.toFloat32(type, scratch.staging(), to, segment, offset, piece);
      } else if (type == bufferType) {
        long to = target + (long) at * size;
        copy(size, segment, offset, stride, scratch.staging(), to, size, piece);
      } else if (bufferType.isFloatingPoint()) {
        boolean single = bufferType == DType.FLOAT32;
        ElementBlocks.load(type, segment, offset, stride, scratch.reals, at, piece, single);
      } else {
        ElementBlocks.load(type, segment, offset, stride, scratch.integers, at, piece);
      }
      at += piece;
    }
    if (type == bufferType || halves) {
      return;
    }
    if (bufferType.isFloatingPoint()) {
      boolean single = bufferType == DType.FLOAT32;
      ElementBlocks.store(
          bufferType, scratch.staging(), target, size, scratch.reals, 0, count, single);
    } else {
      ElementBlocks.store(bufferType, scratch.staging(), target, size, scratch.integers, 0, count);
    }
  }

  /**
   * Writes an operand's buffer out to {@code count} elements from position {@code start} of the
   * walk on.
   */
  static void scatter(
      Traversal walk, int operand, long start, int count, DType bufferType, VectorScratch scratch) {
    long inner = walk.size(0);
    long stride = walk.byteStride(operand, 0);
    long row = start / inner;
    long column = start - row * inner;
    var type = walk.type(operand);
    var segment = walk.segment(operand);
    long source = VectorScratch.stagingOffset(operand);
    int size = bufferType.byteSize();
    boolean single = bufferType == DType.FLOAT32;
    boolean halves = areHalves(type, stride, bufferType);
    if (!halves && type != bufferType && bufferType.isFloatingPoint()) {
      ElementBlocks.load(
          bufferType, scratch.staging(), source, size, scratch.reals, 0, count, single);
    } else if (!halves && type != bufferType) {
      ElementBlocks.load(bufferType, scratch.staging(), source, size, scratch.integers, 0, count);
    }
    for (int at = 0; at < count; row++, column = 0) {
      int piece = (int) Math.min(count - at, inner - column);
      long offset = walk.rowOffset(operand, row) + column * stride;
      if (halves) {
        long from = source + (long) at * size;
        HalfPrecision.fromFloat32(type, segment, offset, scratch.staging(), from, piece);
      } else if (type == bufferType) {
        long from = source + (long) at * size;
        copy(size, scratch.staging(), from, size, segment, offset, stride, piece);
      } else if (bufferType.isFloatingPoint()) {
        ElementBlocks.store(type, segment, offset, stride, scratch.reals, at, piece, single);
      } else {
        ElementBlocks.store(type, segment, offset, stride, scratch.integers, at, piece);
      }
      at += piece;
    }
  }

  private static boolean areHalves(DType type, long stride, DType bufferType) {
    return bufferType == DType.FLOAT32 && HalfPrecision.isHalf(type) && stride == type.byteSize();
  }

  private static void copy(
      int elementSize,
      MemorySegment from,
      long fromOffset,
      long fromStride,
      MemorySegment to,
      long toOffset,
      long toStride,
      int count) {
    switch (elementSize) {
      case Byte.BYTES -> {
        for (int i = 0; i < count; i++) {
          byte element = from.get(ValueLayout.JAVA_BYTE, fromOffset + i * fromStride);
          to.set(ValueLayout.JAVA_BYTE, toOffset + i * toStride, element);
        }
      }
      case Integer.BYTES -> {
        for (int i = 0; i < count; i++) {
          int element = from.get(ValueLayout.JAVA_INT_UNALIGNED, fromOffset + i * fromStride);
          to.set(ValueLayout.JAVA_INT_UNALIGNED, toOffset + i * toStride, element);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          long element = from.get(ValueLayout.JAVA_LONG_UNALIGNED, fromOffset + i * fromStride);
          to.set(ValueLayout.JAVA_LONG_UNALIGNED, toOffset + i * toStride, element);
        }
      }
    }
  }
}
