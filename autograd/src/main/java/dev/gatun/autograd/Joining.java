package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors put together, and turned around. {@link Gatun#cat} and {@link Gatun#stack} are the calls
 * for several tensors.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface Joining {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Tensors one behind the other along an axis. */
  StructuralOp<Integer> CAT =
      StructuralOp.<Integer>named("cat", Joining::concatenate)
          .gradientOfEach(
              StructuralOp.NOTHING,
              (call, g) -> {
                long start = 0;
                int axis = g.shape().normalizeAxis("cat", call.attributes());
                for (int i = 0; i < call.index(); i++) {
                  start += length(call.shape(i), g.rank(), axis);
                }
                Shape shape = call.shape(call.index());
                Tensor part = g.narrow(axis, start, length(shape, g.rank(), axis));
                return shape.rank() == g.rank() ? part : Gatun.zeros(g.dtype(), shape);
              })
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.cat(inputs, p)", (long) axis))
          .drawn(DrawnSamples::joins)
          .samples(() ->
              List.of(
                  Sample.of(0, real(2, 3), real(1, 3)),
                  Sample.of(-1, real(2, 3), real(2, 1), real(2, 2)),
                  Sample.of(1, real(2, 0), real(2, 3)),
                  Sample.of(1, real(0), real(2, 3), real(2, 1)),
                  Sample.of(0, real(4)),
                  Sample.refused(
                      ShapeException.class, "agree but along", 0, real(2, 3), real(2, 2)),
                  Sample.refused(ShapeException.class, "no axes", 0, real(), real())));

  /** Returns the part's length along the axis; an empty vector among others has none. */
  private static long length(Shape part, int rank, int axis) {
    return part.rank() == rank ? part.size(axis) : 0;
  }

  private static Tensor concatenate(Invocation<Integer> call) {
    if (call.inputCount() == 0) {
      throw new ShapeException("cat: no tensors: there is at least one");
    }
    Tensor first = firstWithElements(call);
    if (first.rank() == 0) {
      throw new ShapeException("cat: []: a scalar has no axes; stack() adds one");
    }
    int axis = first.shape().normalizeAxis("cat", call.attributes());
    DType dtype = first.dtype();
    long total = 0;
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor part = call.input(i);
      dtype = DType.promote(dtype, part.dtype());
      if (isNothing(part)) {
        continue;
      }
      if (part.rank() != first.rank()
          || !part.shape().with(axis, 0).equals(first.shape().with(axis, 0))) {
        throw new ShapeException(
            "cat: "
                + first.shape()
                + " and "
                + part.shape()
                + ": the shapes agree but along axis "
                + axis);
      }
      total += part.size(axis);
      if (total < 0) {
        throw new ShapeException("cat: axis " + axis + " of the result is longer than 2^63 - 1");
      }
    }
    Tensor result = call.result(dtype, first.shape().with(axis, total));
    long start = 0;
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor part = call.input(i);
      long length = isNothing(part) ? 0 : part.size(axis);
      if (length == 0) {
        continue;
      }
      try (StridedArray place =
          new StridedArray(
              result.storage().retain(), dtype, result.layout().narrow(axis, start, length))) {
        Kernels.provider().indexing().copy(place, part);
      }
      start += length;
    }
    return result;
  }

  /** Tells whether a part is an empty vector, which fits to anything, as in PyTorch. */
  private static boolean isNothing(Tensor part) {
    return part.rank() == 1 && part.numel() == 0;
  }

  private static Tensor firstWithElements(Invocation<Integer> call) {
    for (int i = 0; i < call.inputCount(); i++) {
      if (!isNothing(call.input(i))) {
        return call.input(i);
      }
    }
    return call.input(0);
  }

  /** The elements in the opposite order along an axis. */
  StructuralOp<Integer> FLIP =
      StructuralOp.<Integer>named(
              "flip",
              call -> {
                Tensor x = call.input(0);
                int axis = x.shape().normalizeAxis("flip", call.attributes());
                Tensor result = call.result(x.dtype(), x.shape());
                if (x.rank() == 0) {
                  Kernels.provider().indexing().copy(result, x);
                  return result;
                }
                Kernels.provider().indexing().flip(result, x, axis);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g.flip(call.attributes()))
          .pytorch((axis, inputs) -> PyTorchCall.of("torch.flip(a, [p])", (long) axis))
          .drawn(DrawnSamples::realAxis)
          .samples(() ->
              List.of(
                  Sample.of(0, real(3, 2)),
                  Sample.of(-1, real(2, 5)),
                  Sample.of(0, real()),
                  Sample.of(1, real(2, 0)),
                  Sample.refused(ShapeException.class, "axis 1", 1, real(3))));

  /**
   * Returns the elements in the opposite order along an axis.
   *
   * @param axis the axis
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis
   */
  default Tensor flip(int axis) {
    return FLIP.apply(axis, self());
  }

  /**
   * Returns this tensor a number of times along each axis; further leading axes may be added.
   *
   * @param times how often along each axis, at least as many as there are axes
   * @return a new tensor
   * @throws ShapeException when there are too few numbers or one is negative
   */
  default Tensor repeat(long... times) {
    Tensor x = self().openFor("repeat");
    int missing = times.length - x.rank();
    if (missing < 0) {
      throw new ShapeException(
          "repeat: " + x.shape() + " by " + times.length + " numbers: one for each axis at least");
    }
    long[] spread = new long[2 * times.length];
    long[] wide = new long[2 * times.length];
    for (int i = 0; i < times.length; i++) {
      long size = i < missing ? 1 : x.size(i - missing);
      spread[2 * i] = 1;
      spread[2 * i + 1] = size;
      wide[2 * i] = times[i];
      wide[2 * i + 1] = size;
    }
    Tensor repeated = x.reshape(spread).broadcastTo(Shape.of(wide)).clone();
    long[] sizes = new long[times.length];
    Arrays.setAll(sizes, i -> wide[2 * i] * wide[2 * i + 1]);
    return repeated.reshape(sizes);
  }
}
