package dev.gatun.kernels.reduce;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;

/**
 * The gradient of running products along fibres: the product of the elements before each one, times
 * what the products from there on owe to it, {@code owed[i] = g[i] + x[i + 1] * owed[i + 1]}.
 * Nothing is divided, so a zero is an element like any other.
 *
 * <p>Products come from the front, what is owed from the back. The products at which blocks of rows
 * begin are kept on the way to the end, and those within a block are found again on the way back:
 * no more memory than a part of a fibre's, and nothing rounded on the way.
 *
 * <p>A {@linkplain Specialization template}; its constant is the type of the elements.
 */
final class CumulativeProductGradient extends FibreKernel {
  private static final DType TYPE = Specialization.constant(MethodHandles.lookup(), DType.class, 0);
  private static final int SIZE = TYPE.byteSize();

  CumulativeProductGradient() {}

  @Override
  void run(Fibres fibres, long out, long first, long second, long count) {
    if (count > 1 && fibres.secondNext == SIZE) {
      // Fibres that lie side by side are gone through together, row by row.
      for (long done = 0; done < count; done += ProductScratch.MOST_COLUMNS) {
        columns(
            fibres,
            out + done * fibres.outNext,
            first + done * fibres.firstNext,
            second + done * fibres.secondNext,
            (int) Math.min(ProductScratch.MOST_COLUMNS, count - done));
      }
      return;
    }
    for (long i = 0; i < count; i++) {
      line(
          fibres,
          out + i * fibres.outNext,
          first + i * fibres.firstNext,
          second + i * fibres.secondNext);
    }
  }

  private static void line(Fibres fibres, long out, long gradient, long element) {
    var scratch = ProductScratch.ofThread();
    long length = fibres.length;
    int blocks = blocks(length);
    double[] begins = scratch.begins(blocks, 1);
    begins[0] = 1;
    for (int block = 0; block < blocks - 1; block++) {
      long from = element + rowsBefore(block) * fibres.secondAlong;
      begins[block + 1] = product(fibres.second, from, fibres.secondAlong, begins[block]);
    }
    double owed = 0;
    for (int block = blocks - 1; block >= 0; block--) {
      long before = rowsBefore(block);
      int rows = (int) Math.min(ProductScratch.ROWS, length - before);
      double[] products = scratch.products;
      products[0] = begins[block];
      long from = element + before * fibres.secondAlong;
      productsBefore(fibres.second, from, fibres.secondAlong, products, rows);
      owed =
          gradients(
              fibres.out,
              out + before * fibres.outAlong,
              fibres.outAlong,
              fibres.first,
              gradient + before * fibres.firstAlong,
              fibres.firstAlong,
              fibres.second,
              from,
              fibres.secondAlong,
              products,
              rows,
              before + rows < length,
              owed);
    }
  }

  /** Multiplies by the elements of a whole block. */
  private static double product(MemorySegment elements, long from, long stride, double before) {
    var x = NativeMemory.of(elements);
    double product = before;
    for (int row = 0; row < ProductScratch.ROWS; row++) {
      product *= TYPE.getDouble(x, from + row * stride);
    }
    return product;
  }

  /** Continues the first product, of what comes before a block, by those within it. */
  private static void productsBefore(
      MemorySegment elements, long from, long stride, double[] products, int rows) {
    var x = NativeMemory.of(elements);
    double product = products[0];
    for (int row = 1; row < rows; row++) {
      product *= TYPE.getDouble(x, from + (row - 1) * stride);
      products[row] = product;
    }
  }

  /** Goes back through a block; returns what is owed to its first element. */
  private static double gradients(
      MemorySegment outs,
      long out,
      long outStride,
      MemorySegment gradients,
      long gradient,
      long gradientStride,
      MemorySegment elements,
      long element,
      long elementStride,
      double[] products,
      int rows,
      boolean isFollowed,
      double owedToNext) {
    var target = NativeMemory.of(outs);
    var g = NativeMemory.of(gradients);
    var x = NativeMemory.of(elements);
    double owed = owedToNext;
    double next = isFollowed ? TYPE.getDouble(x, element + rows * elementStride) : 0;
    for (int row = rows - 1; row >= 0; row--) {
      owed = TYPE.getDouble(g, gradient + row * gradientStride) + next * owed;
      next = TYPE.getDouble(x, element + row * elementStride);
      TYPE.setDouble(target, out + row * outStride, times(products[row], owed));
    }
    return owed;
  }

  /** What is owed may have left the range of float64 where nothing is left to multiply it. */
  private static double times(double product, double owed) {
    return product == 0 ? 0 : product * owed;
  }

  private static int blocks(long length) {
    return Math.toIntExact((length + ProductScratch.ROWS - 1) / ProductScratch.ROWS);
  }

  private static void columns(Fibres fibres, long out, long gradient, long element, int columns) {
    var scratch = ProductScratch.ofThread();
    long length = fibres.length;
    int blocks = blocks(length);
    double[] begins = scratch.begins(blocks, columns);
    Arrays.fill(begins, 0, columns, 1);
    for (int block = 0; block < blocks - 1; block++) {
      int at = block * columns;
      System.arraycopy(begins, at, begins, at + columns, columns);
      multiply(
          fibres, element + rowsBefore(block) * fibres.secondAlong, begins, at + columns, columns);
    }
    Arrays.fill(scratch.owed, 0, columns, 0);
    Arrays.fill(scratch.next, 0, columns, 0);
    for (int block = blocks - 1; block >= 0; block--) {
      long before = rowsBefore(block);
      int rows = (int) Math.min(ProductScratch.ROWS, length - before);
      System.arraycopy(begins, block * columns, scratch.products, 0, columns);
      long from = element + before * fibres.secondAlong;
      productsBefore(fibres, from, scratch.products, rows, columns);
      gradients(
          fibres,
          out + before * fibres.outAlong,
          gradient + before * fibres.firstAlong,
          from,
          scratch,
          rows,
          columns);
    }
  }

  private static long rowsBefore(int block) {
    return (long) block * ProductScratch.ROWS;
  }

  /** Multiplies the totals of columns by the elements of a block of rows. */
  private static void multiply(Fibres fibres, long from, double[] totals, int at, int columns) {
    MemorySegment x = NativeMemory.of(fibres.second);
    for (int row = 0; row < ProductScratch.ROWS; row++) {
      long start = from + row * fibres.secondAlong;
      for (int i = 0; i < columns; i++) {
        totals[at + i] *= TYPE.getDouble(x, start + (long) i * SIZE);
      }
    }
  }

  /** Continues the first row of products, each of what comes before it, by those of a block. */
  private static void productsBefore(
      Fibres fibres, long from, double[] products, int rows, int columns) {
    MemorySegment x = NativeMemory.of(fibres.second);
    for (int row = 0; row < rows - 1; row++) {
      long start = from + row * fibres.secondAlong;
      int at = row * columns;
      for (int i = 0; i < columns; i++) {
        products[at + columns + i] = products[at + i] * TYPE.getDouble(x, start + (long) i * SIZE);
      }
    }
  }

  /** Goes back through the rows of a block. */
  private static void gradients(
      Fibres fibres,
      long out,
      long gradient,
      long element,
      ProductScratch scratch,
      int rows,
      int columns) {
    MemorySegment target = NativeMemory.of(fibres.out);
    MemorySegment g = NativeMemory.of(fibres.first);
    MemorySegment x = NativeMemory.of(fibres.second);
    double[] products = scratch.products;
    double[] owed = scratch.owed;
    double[] next = scratch.next;
    for (int row = rows - 1; row >= 0; row--) {
      for (int i = 0; i < columns; i++) {
        long from = gradient + row * fibres.firstAlong + i * fibres.firstNext;
        double sum = TYPE.getDouble(g, from) + next[i] * owed[i];
        owed[i] = sum;
        next[i] = TYPE.getDouble(x, element + row * fibres.secondAlong + (long) i * SIZE);
        double result = times(products[row * columns + i], sum);
        TYPE.setDouble(target, out + row * fibres.outAlong + i * fibres.outNext, result);
      }
    }
  }
}
