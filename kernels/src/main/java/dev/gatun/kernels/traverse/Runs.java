package dev.gatun.kernels.traverse;

import dev.gatun.kernels.RangeTask;
import dev.gatun.kernels.Workers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Walks up to three arrays in step, in runs that are as long as their layouts allow. The order of
 * the axes is chosen for the first array, but for very short runs; along each axis indices ascend.
 *
 * <p>An instance is reused by its thread and holds no arrays between walks.
 */
public final class Runs {
  private static final long GRAIN_ELEMENTS = 1 << 15;
  private static final long SERIAL_ELEMENTS = 1 << 16;

  /** Shorter runs are not worth a visit if there are longer ones across them. */
  private static final long SHORT_RUN = 8;

  private static final ThreadLocal<Runs> OF_THREAD = ThreadLocal.withInitial(Runs::new);
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  private final Axes outer = new Axes();
  private final RangeTask walking = this::walk;
  private @Nullable RunKernel kernel;
  private MemorySegment first = NOTHING;
  private MemorySegment second = NOTHING;
  private MemorySegment third = NOTHING;
  private DType firstType = DType.FLOAT32;
  private DType secondType = DType.FLOAT32;
  private long firstStride;
  private long secondStride;
  private long thirdStride;
  private long firstStart;
  private long secondStart;
  private long thirdStart;
  private long run;
  private long parameter;
  private long secondParameter;

  private Runs() {}

  /** How an array goes along an axis that is not walked by all alike. */
  public enum Along {
    /** Nothing is special. */
    ALIKE,
    /** The first array stands still. */
    FIRST_STANDS,
    /** The second array stands still. */
    SECOND_STANDS,
    /** The second array is walked from its end. */
    SECOND_BACKWARDS
  }

  /**
   * Returns the walker of the current thread. A kernel must not start another walk with it.
   *
   * @return the walker
   */
  public static Runs ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Walks all elements of a shape.
   *
   * @param kernel what to do with each run
   * @param parameter a number for the kernel, see {@link #parameter()}
   * @param secondParameter another one, see {@link #secondParameter()}
   * @param shape the layout whose sizes are walked; no size may exceed that of an array
   * @param first the first array
   * @param second the second array
   * @param third the third array
   * @param special the axis that {@code along} speaks of, or -1
   * @param along how it is walked
   * @param parallel whether runs may be divided among threads
   */
  public void walk(
      RunKernel kernel,
      long parameter,
      long secondParameter,
      Layout shape,
      StridedArray first,
      StridedArray second,
      StridedArray third,
      int special,
      Along along,
      boolean parallel) {
    long elements = shape.numel();
    if (elements == 0) {
      return;
    }
    this.kernel = kernel;
    this.parameter = parameter;
    this.secondParameter = secondParameter;
    this.first = first.segment();
    this.second = second.segment();
    this.third = third.segment();
    firstType = first.dtype();
    secondType = second.dtype();
    firstStart = first.byteOffset();
    secondStart = second.byteOffset();
    thirdStart = third.byteOffset();
    try {
      outer.clear();
      for (int axis = 0; axis < shape.rank(); axis++) {
        long size = shape.size(axis);
        if (size != 1) {
          long a = stride(first, axis);
          long b = stride(second, axis);
          switch (axis == special ? along : Along.ALIKE) {
            case ALIKE -> {}
            case FIRST_STANDS -> a = 0;
            case SECOND_STANDS -> b = 0;
            case SECOND_BACKWARDS -> {
              secondStart += (size - 1) * b;
              b = -b;
            }
          }
          outer.insert(size, a, b, stride(third, axis));
        }
      }
      chooseRun();
      if (!parallel || elements < SERIAL_ELEMENTS) {
        walk(0, elements);
      } else {
        Workers.parallelFor(elements, GRAIN_ELEMENTS, walking);
      }
    } finally {
      Reference.reachabilityFence(first);
      Reference.reachabilityFence(second);
      Reference.reachabilityFence(third);
      this.kernel = null;
      this.first = NOTHING;
      this.second = NOTHING;
      this.third = NOTHING;
    }
  }

  private static long stride(StridedArray array, int axis) {
    return array.layout().stride(axis) << array.dtype().byteShift();
  }

  private void chooseRun() {
    outer.merge();
    run = 1;
    firstStride = 0;
    secondStride = 0;
    thirdStride = 0;
    if (outer.count() > 0) {
      int last = outer.count() - 1;
      if (last > 0 && outer.size(last) < SHORT_RUN && outer.size(last - 1) > outer.size(last)) {
        outer.exchangeInnermost();
      }
      outer.dropInnermost();
      int innermost = outer.count();
      run = outer.size(innermost);
      firstStride = outer.firstStride(innermost);
      secondStride = outer.secondStride(innermost);
      thirdStride = outer.thirdStride(innermost);
    }
  }

  private void walk(long from, long to) {
    var kernel = this.kernel;
    if (kernel == null) {
      throw new IllegalStateException("Runs are walked only while a kernel works");
    }
    for (long element = from; element < to; ) {
      long index = element / run;
      long within = element - index * run;
      long count = Math.min(run - within, to - element);
      kernel.run(
          this,
          firstStart + outer.firstOffset(index) + within * firstStride,
          secondStart + outer.secondOffset(index) + within * secondStride,
          thirdStart + outer.thirdOffset(index) + within * thirdStride,
          count);
      element += count;
    }
  }

  /**
   * Returns the number that was given with the kernel.
   *
   * @return the parameter
   */
  public long parameter() {
    return parameter;
  }

  /**
   * Returns the second number that was given with the kernel.
   *
   * @return the parameter
   */
  public long secondParameter() {
    return secondParameter;
  }

  /**
   * Returns the memory of the first array.
   *
   * @return its segment
   */
  public MemorySegment first() {
    return first;
  }

  /**
   * Returns the memory of the second array.
   *
   * @return its segment
   */
  public MemorySegment second() {
    return second;
  }

  /**
   * Returns the memory of the third array.
   *
   * @return its segment
   */
  public MemorySegment third() {
    return third;
  }

  /**
   * Returns the element type of the first array.
   *
   * @return the type
   */
  public DType firstType() {
    return firstType;
  }

  /**
   * Returns the element type of the second array.
   *
   * @return the type
   */
  public DType secondType() {
    return secondType;
  }

  /**
   * Returns the distance of neighbours within a run in the first array.
   *
   * @return the stride in bytes
   */
  public long firstStride() {
    return firstStride;
  }

  /**
   * Returns the distance of neighbours within a run in the second array.
   *
   * @return the stride in bytes
   */
  public long secondStride() {
    return secondStride;
  }

  /**
   * Returns the distance of neighbours within a run in the third array.
   *
   * @return the stride in bytes
   */
  public long thirdStride() {
    return thirdStride;
  }
}
