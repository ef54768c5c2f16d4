package dev.gatun.kernels.cuda;

import dev.gatun.kernels.cuda.PointwiseAccess.Walk;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.pointwise.Traversal;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operands of one run of a pointwise kernel, and how they lie: outputs first, broadcast to
 * their shape. Used again from run to run, one for each thread: {@link #begin}, {@link #add} for
 * each operand, {@link #collapse}, for each part {@link #select}, and {@link #end}.
 *
 * <p>A walk has more than {@link PointwiseAccess#MOST_AXES} axes only where somebody tries; its
 * outermost axes are gone through on the host then, part by part.
 */
final class PointwiseOperands {
  private static final ThreadLocal<PointwiseOperands> OF_THREAD =
      ThreadLocal.withInitial(PointwiseOperands::new);

  private static final int FEW = 8;

  private int count;
  private long[] bases = new long[FEW];
  private long[] addresses = new long[FEW];
  private @Nullable StridedArray[] arrays = new @Nullable StridedArray[FEW];
  private int[] shifts = new int[FEW];
  private final double[] two = new double[2];
  private final long[] sizes = new long[PointwiseAccess.MOST_AXES];

  /** For each number of operands the strides of each along each axis, for the kernel's argument. */
  private long[][][] strides = new long[0][][];

  private Traversal walk = Traversal.ofThread();
  private int axes;
  private long numel;
  private Walk way = Walk.ELEMENTS;
  private long scalarInputs;
  private boolean wide;
  private boolean inPlace;

  private PointwiseOperands() {}

  static PointwiseOperands ofThread() {
    return OF_THREAD.get();
  }

  void begin() {
    end();
    walk = Traversal.ofThread();
    walk.begin();
  }

  void add(StridedArray array) {
    if (count == bases.length) {
      int length = 2 * count;
      bases = Arrays.copyOf(bases, length);
      addresses = Arrays.copyOf(addresses, length);
      arrays = Arrays.copyOf(arrays, length);
      shifts = Arrays.copyOf(shifts, length);
    }
    bases[count] = KernelArguments.start(array);
    arrays[count] = array;
    shifts[count] = array.dtype().byteShift();
    count++;
    walk.addLayout(array);
  }

  /** Works out the axes, once all operands have been added. */
  void collapse() {
    walk.collapse();
    axes = Math.min(walk.axes(), PointwiseAccess.MOST_AXES);
    numel = walk.numel() == 0 ? 0 : 1;
    for (int axis = 0; axis < axes; axis++) {
      numel *= walk.size(axis);
    }
  }

  /** Two parameters as an array. */
  double[] parameters(double p0, double p1) {
    two[0] = p0;
    two[1] = p1;
    return two;
  }

  /** How many parts there are, none where there are no elements. */
  long parts() {
    return numel == 0 ? 0 : walk.numel() / numel;
  }

  /** The number of elements of each part. */
  long numel() {
    return numel;
  }

  /** Goes to a part. */
  void select(long part) {
    for (int operand = 0; operand < count; operand++) {
      long at = bases[operand];
      long rest = part;
      for (int axis = axes; axis < walk.axes(); axis++) {
        at += rest % walk.size(axis) * walk.byteStride(operand, axis);
        rest /= walk.size(axis);
      }
      addresses[operand] = at;
    }
  }

  /** Passes a pointer to the first element of each operand in this part. */
  void pass(KernelArguments arguments) {
    for (int operand = 0; operand < count; operand++) {
      arguments.array(Objects.requireNonNull(arrays[operand]), addresses[operand]);
    }
  }

  /** Lets the operands go, once all parts have been queued. */
  void end() {
    Arrays.fill(arrays, 0, count, null);
    count = 0;
  }

  /** Finds out how this part is gone through. */
  void describe(PointwiseProgram program, int outputs) {
    inPlace = writesInputs(outputs);
    scalarInputs = 0;
    boolean linear = axes == walk.axes();
    for (int operand = 0; operand < count && linear; operand++) {
      if (operand >= outputs && !walk.isLinear(operand) && walk.isScalar(operand)) {
        scalarInputs |= 1L << (operand - outputs);
      } else {
        linear = walk.isLinear(operand);
      }
    }
    if (linear) {
      wide = numel > Integer.MAX_VALUE;
      way = isInChunks(program, scalarInputs, outputs) ? Walk.CHUNKS : Walk.ELEMENTS;
    } else {
      scalarInputs = 0;
      wide = reachesFar();
      way = Walk.STRIDED;
    }
  }

  /** Which inputs are single elements, as {@link PointwiseAccess#scalarInputs}. */
  long scalarInputs() {
    return scalarInputs;
  }

  /** A number for the way in which this part is gone through, but for the single elements. */
  long key() {
    return way.ordinal()
        | (way == Walk.STRIDED ? axes : 0) << 2
        | (wide ? 1 : 0) << 6
        | (inPlace ? 1 : 0) << 7;
  }

  /** The way in which this part is gone through. */
  PointwiseAccess access() {
    return new PointwiseAccess(way, way == Walk.STRIDED ? axes : 0, scalarInputs, wide, inPlace);
  }

  private boolean isInChunks(PointwiseProgram program, long scalars, int outputs) {
    int size = PointwiseSource.elementsPerChunk(program, scalars);
    for (int operand = 0; operand < count; operand++) {
      boolean scalar = operand >= outputs && (scalars >>> (operand - outputs) & 1) != 0;
      if (!scalar && (addresses[operand] & ((long) size << shifts[operand]) - 1) != 0) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // a storage is itself alone
  private boolean writesInputs(int outputs) {
    for (int output = 0; output < outputs; output++) {
      for (int input = outputs; input < count; input++) {
        if (storage(output) == storage(input)) {
          return true;
        }
      }
    }
    return false;
  }

  private Storage storage(int operand) {
    return Objects.requireNonNull(arrays[operand]).storage();
  }

  /** Whether a position, or the number of elements, may not fit in 31 bits. */
  private boolean reachesFar() {
    if (numel > Integer.MAX_VALUE) {
      return true;
    }
    for (int operand = 0; operand < count; operand++) {
      long furthest = 0;
      for (int axis = 0; axis < axes; axis++) {
        furthest += (walk.size(axis) - 1) * Math.abs(stride(operand, axis));
      }
      if (furthest > Integer.MAX_VALUE) {
        return true;
      }
    }
    return false;
  }

  private long stride(int operand, int axis) {
    return walk.byteStride(operand, axis) >> shifts[operand];
  }

  /** Passes the argument of a walk by strides. */
  void writeLayout(PointwiseAccess access, KernelArguments arguments) {
    if (count >= strides.length) {
      strides = Arrays.copyOf(strides, count + 1);
    }
    long[][] own = strides[count];
    if (own == null) {
      own = new long[count][PointwiseAccess.MOST_AXES];
      strides[count] = own;
    }
    for (int axis = 0; axis < axes; axis++) {
      sizes[axis] = walk.size(axis);
      for (int operand = 0; operand < count; operand++) {
        own[operand][axis] = stride(operand, axis);
      }
    }
    arguments.layout(access, sizes, own);
  }
}
