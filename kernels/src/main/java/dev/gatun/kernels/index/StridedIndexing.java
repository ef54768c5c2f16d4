package dev.gatun.kernels.index;

import dev.gatun.kernels.convert.Conversions;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.kernels.traverse.RunKernel;
import dev.gatun.kernels.traverse.Runs;
import dev.gatun.kernels.traverse.Runs.Along;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.ref.Reference;
import jdk.incubator.vector.VectorShape;

/**
 * Moves elements with plain Java and bulk copies, which the virtual machine turns into the widest
 * moves that there are. All providers share that; they differ in how they add.
 */
public final class StridedIndexing implements IndexKernels {
  private static final StridedIndexing INSTANCE =
      new StridedIndexing(new RunAddition(), new Conversions());

  private static final RunKernel MOVE =
      (runs, first, second, _, count) ->
          Moves.run(
              runs.firstType().byteShift(),
              runs.first(),
              first,
              runs.firstStride(),
              runs.second(),
              second,
              runs.secondStride(),
              count);

  private static final RunKernel FILL =
      (runs, first, _, _, count) ->
          Moves.fill(
              runs.firstType().byteShift(),
              runs.first(),
              first,
              runs.firstStride(),
              runs.parameter(),
              count);

  private static final long SERIAL_BYTES = 1 << 18;

  private final RunAddition addition;
  private final RunKernel convert;

  private StridedIndexing(RunAddition addition, Conversions conversions) {
    this.addition = addition;
    convert =
        (runs, first, second, _, count) ->
            conversions.run(
                runs.firstType(),
                runs.first(),
                first,
                runs.firstStride(),
                runs.secondType(),
                runs.second(),
                second,
                runs.secondStride(),
                count);
  }

  /**
   * Makes kernels that add in vectors of one width.
   *
   * @param laneBits the width in bits: 128, 256 or 512
   * @return the kernels
   */
  public static IndexKernels vector(int laneBits) {
    return new StridedIndexing(Vectors.addition(laneBits), Conversions.vector(laneBits));
  }

  /** Keeps the Vector API from being loaded where it is not used. */
  private static final class Vectors {
    static RunAddition addition(int laneBits) {
      return Specialization.instantiate(
          MethodHandles.lookup(),
          VectorRunAddition.class,
          RunAddition.class,
          VectorShape.forBitSize(laneBits));
    }
  }

  /**
   * Returns the kernels in plain Java.
   *
   * @return an instance that loads no class of {@code jdk.incubator.vector}
   */
  public static IndexKernels instance() {
    return INSTANCE;
  }

  @Override
  public void copy(StridedArray out, StridedArray in) {
    if (out.layout().numel() == 0) {
      // The offset of a place without elements may lie outside its memory.
      return;
    }
    boolean sameType = out.dtype() == in.dtype();
    if (sameType && out.layout().isContiguous() && in.layout().isContiguous()) {
      long bytes = out.layout().numel() << out.dtype().byteShift();
      if (bytes <= SERIAL_BYTES) {
        MemorySegment.copy(in.segment(), in.byteOffset(), out.segment(), out.byteOffset(), bytes);
        Reference.reachabilityFence(out);
        Reference.reachabilityFence(in);
        return;
      }
    }
    if (!sameType) {
      Runs.ofThread().walk(convert, 0, 0, out.layout(), out, in, in, -1, Along.ALIKE, true);
    } else if (!Transposition.copy(out, in)) {
      Runs.ofThread().walk(MOVE, 0, 0, out.layout(), out, in, in, -1, Along.ALIKE, true);
    }
  }

  @Override
  public void flip(StridedArray out, StridedArray in, int axis) {
    if (out.layout().numel() > 0) {
      Runs.ofThread()
          .walk(MOVE, 0, 0, out.layout(), out, in, in, axis, Along.SECOND_BACKWARDS, true);
    }
  }

  @Override
  public void fill(StridedArray out, double value) {
    if (out.layout().numel() > 0) {
      out.dtype().setDouble(out.segment(), out.byteOffset(), value);
      repeatFirst(out);
    }
  }

  @Override
  public void fill(StridedArray out, long value) {
    if (out.layout().numel() > 0) {
      out.dtype().setLong(out.segment(), out.byteOffset(), value);
      repeatFirst(out);
    }
  }

  private static void repeatFirst(StridedArray out) {
    if (out.layout().numel() == 1) {
      return;
    }
    long bits = Moves.element(out.dtype().byteShift(), out.segment(), out.byteOffset());
    Runs.ofThread().walk(FILL, bits, 0, out.layout(), out, out, out, -1, Along.ALIKE, true);
  }

  @Override
  public void indexSelect(StridedArray out, StridedArray in, int axis, StridedArray index) {
    Indices.check("index_select", index, axis, in.layout().size(axis));
    Slices.ofThread().run(Slices.Mode.SELECT, addition, out, in, axis, index);
  }

  @Override
  public void indexAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    Indices.check("index_add", index, axis, out.layout().size(axis));
    Slices.ofThread().run(Slices.Mode.ADD, addition, out, source, axis, index);
  }

  @Override
  public void indexCopy(StridedArray out, int axis, StridedArray index, StridedArray source) {
    Indices.check("index_copy", index, axis, out.layout().size(axis));
    Slices.ofThread().run(Slices.Mode.COPY, addition, out, source, axis, index);
  }

  @Override
  public void gather(StridedArray out, StridedArray in, int axis, StridedArray index) {
    Elementwise.gather(out, in, axis, index);
  }

  @Override
  public void scatter(StridedArray out, int axis, StridedArray index, StridedArray source) {
    Elementwise.scatter(out, axis, index, source);
  }

  @Override
  public void scatterAdd(StridedArray out, int axis, StridedArray index, StridedArray source) {
    Elementwise.scatterAdd(out, axis, index, source);
  }

  @Override
  public void scatterCombine(
      StridedArray out, int axis, StridedArray index, StridedArray source, Combination how) {
    Elementwise.scatterCombine(out, axis, index, source, how);
  }

  @Override
  public long countNonzero(StridedArray in) {
    return Selection.ofThread().count(in);
  }

  @Override
  public void nonzero(StridedArray out, StridedArray in) {
    Selection.ofThread().positions(out, in);
  }

  @Override
  public void maskedSelect(StridedArray out, StridedArray in, StridedArray mask) {
    Selection.ofThread().select(out, in, mask);
  }

  @Override
  public void maskedScatter(StridedArray out, StridedArray mask, StridedArray source) {
    Selection.ofThread().scatter(out, mask, source);
  }

  @Override
  public void triangle(StridedArray out, StridedArray in, long diagonal, boolean upper) {
    var layout = out.layout();
    int rank = layout.rank();
    long rows = layout.size(rank - 2);
    long columns = layout.size(rank - 1);
    if (layout.numel() == 0) {
      return;
    }
    int shift = out.dtype().byteShift();
    long outStride = layout.stride(rank - 1) << shift;
    long inStride = in.layout().stride(rank - 1) << shift;
    long allRows = layout.numel() / columns;
    for (long row = 0; row < allRows; row++) {
      long border = Math.clamp(row % rows + diagonal + (upper ? 0 : 1), 0, columns);
      long from = upper ? border : 0;
      long to = upper ? columns : border;
      long outStart = RowMajor.offset(out, row * columns);
      long inStart = RowMajor.offset(in, row * columns);
      MemorySegment target = out.segment();
      Moves.fill(shift, target, outStart, outStride, 0, from);
      Moves.run(
          shift,
          target,
          outStart + from * outStride,
          outStride,
          in.segment(),
          inStart + from * inStride,
          inStride,
          to - from);
      Moves.fill(shift, target, outStart + to * outStride, outStride, 0, columns - to);
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(in);
  }

  @Override
  public void oneHot(StridedArray out, StridedArray index) {
    int last = out.layout().rank() - 1;
    long classes = out.layout().size(last);
    Indices.checkNotNegative("one_hot", index, last, classes);
    fill(out, 0L);
    var type = out.dtype();
    long count = index.layout().numel();
    for (long i = 0; i < count; i++) {
      long at = Indices.get(index.segment(), RowMajor.offset(index, i), classes);
      type.setLong(out.segment(), RowMajor.offset(out, i * classes + at), 1);
    }
    Reference.reachabilityFence(out);
    Reference.reachabilityFence(index);
  }

  @Override
  public void range(StridedArray out, double start, double step) {
    Ranges.ofThread().run(out, start, step);
  }
}
