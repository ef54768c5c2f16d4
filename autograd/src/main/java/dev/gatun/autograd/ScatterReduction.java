package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.index;
import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.index.Combination;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Elements that meet at positions along an axis, folded into one.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface ScatterReduction {
  /** How elements that meet are folded. */
  enum Fold {
    /** Their sum; of truth values, whether any is true. */
    SUM(null),
    /** Their product; of truth values, whether all are true. */
    PROD(Combination.PRODUCT),
    /** Their mean; of integers, rounded towards minus infinity. */
    MEAN(null),
    /** The largest of them. */
    AMAX(Combination.LARGEST),
    /** The smallest of them. */
    AMIN(Combination.SMALLEST);

    private final @Nullable Combination combination;

    Fold(@Nullable Combination combination) {
      this.combination = combination;
    }

    /** The element that changes nothing. */
    private Tensor neutral(DType dtype) {
      Tensor result = Tensor.allocate(dtype, Shape.scalar());
      if (combination == null || combination == Combination.PRODUCT) {
        kernels().fill(result, combination == null ? 0L : 1L);
      } else if (dtype.isFloatingPoint()) {
        kernels().fill(result, this == AMAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
      } else {
        kernels().fill(result, this == AMAX ? lowest(dtype) : highest(dtype));
      }
      return result;
    }

    private static long lowest(DType dtype) {
      return dtype == DType.UINT8 ? 0 : -1L << dtype.byteSize() * Byte.SIZE - 1;
    }

    private static long highest(DType dtype) {
      return dtype == DType.UINT8 ? 255 : -1 - lowest(dtype);
    }
  }

  /**
   * What is folded.
   *
   * @param axis the axis
   * @param fold how
   * @param includeSelf whether what is there counts, too
   */
  record Meeting(int axis, Fold fold, boolean includeSelf) {}

  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  /** Elements folded into those at given positions along an axis. */
  StructuralOp<Meeting> SCATTER_REDUCE =
      StructuralOp.<Meeting>updating("scatter_reduce", ScatterReduction::fold)
          .gradients(
              StructuralOp.input(0)
                  | StructuralOp.input(1)
                  | StructuralOp.input(2)
                  | StructuralOp.OUTPUT,
              ScatterReduction::gradients)
          .pytorch((meeting, inputs) ->
              PyTorchCall.of(
                  "torch.scatter_reduce(a, p, b, c, \""
                      + meeting.fold.name().toLowerCase(Locale.ROOT)
                      + "\", include_self=q)",
                  (long) meeting.axis,
                  meeting.includeSelf))
          .drawn(draw -> {
            Sample<Integer> call = DrawnSamples.scatters(draw);
            return Sample.of(
                new Meeting(call.attributes(), draw.oneOf(Fold.values()), draw.coin()),
                call.operands().toArray(new Operand[0]));
          })
          .samples(() -> {
            List<Sample<Meeting>> samples = new ArrayList<>();
            for (Fold fold : Fold.values()) {
              samples.add(
                  Sample.of(new Meeting(1, fold, true), real(3, 4), index(4, 3, 2), real(3, 2)));
              samples.add(
                  Sample.of(new Meeting(0, fold, false), real(3, 2), index(3, 4, 2), real(5, 2)));
            }
            samples.add(
                Sample.refused(
                    ShapeException.class,
                    "source",
                    new Meeting(1, Fold.SUM, true),
                    real(2, 3),
                    index(3, 2, 2),
                    real(2, 1)));
            return samples;
          });

  private static Tensor vector(Tensor tensor) {
    return tensor.rank() == 0 ? tensor.reshape(1) : tensor;
  }

  private static IndexKernels kernels() {
    return Kernels.provider().indexing();
  }

  private static void fold(Invocation<Meeting> call, Tensor self) {
    Meeting meeting = call.attributes();
    Tensor index = call.input(1);
    Tensor source = call.input(2);
    int axis = IndexRules.axisOf(call.name(), self, meeting.axis);
    IndexRules.checkScattered(call.name(), self, index, source, axis);
    if (IndexRules.anyScalar(self, index, source)) {
      throw new ShapeException(
          call.name() + ": " + self.shape() + " with an index of " + index.shape() + ": vectors");
    }
    if (self.dtype() != DType.BOOL) {
      RoundedOnce.fold(self, source, (to, from) -> fold(meeting, axis, to, index, from));
      return;
    }
    if (meeting.fold == Fold.MEAN) {
      throw new DTypeException(call.name() + ": bool" + self.shape() + ": truth has no mean");
    }
    Fold ofTruth = meeting.fold == Fold.SUM || meeting.fold == Fold.AMAX ? Fold.AMAX : Fold.AMIN;
    try (Tensor bytes = bytes(self);
        Tensor sourceBytes = bytes(source)) {
      fold(new Meeting(axis, ofTruth, meeting.includeSelf), axis, bytes, index, sourceBytes);
    }
  }

  /** Truth values as the numbers 0 and 1, on the same memory. */
  private static Tensor bytes(Tensor truth) {
    return new Tensor(truth.storage().retain(), DType.UINT8, truth.layout());
  }

  private static void fold(Meeting meeting, int axis, Tensor self, Tensor index, Tensor source) {
    if (!meeting.includeSelf) {
      try (Tensor one = meeting.fold.neutral(self.dtype());
          StridedArray neutral =
              new StridedArray(
                  one.storage().retain(), one.dtype(), one.layout().expand(index.shape()))) {
        kernels().scatter(self, axis, index, neutral);
      }
    }
    Combination combination = meeting.fold.combination;
    if (combination == null) {
      kernels().scatterAdd(self, axis, index, source);
    } else {
      kernels().scatterCombine(self, axis, index, source, combination);
    }
    if (meeting.fold == Fold.MEAN) {
      try (Scope scope = Scope.open()) {
        Tensor count = counts(meeting, self.dtype(), self.shape(), axis, index, source.shape());
        Tensor mean = self.dtype().isFloatingPoint() ? self.div(count) : self.floorDivide(count);
        kernels().copy(self, mean);
      }
    }
  }

  /** How many elements meet at each place, at least 1. */
  private static Tensor counts(
      Meeting meeting, DType dtype, Shape shape, int axis, Tensor index, Shape source) {
    Tensor start = meeting.includeSelf ? Gatun.ones(dtype, shape) : Gatun.zeros(dtype, shape);
    Tensor count = start.scatterAdd(axis, index, ones(dtype, source));
    return count.maskedFill(count.eq(0), 1);
  }

  private static Tensor ones(DType dtype, Shape shape) {
    return Gatun.ones(dtype, Shape.scalar()).broadcastTo(shape);
  }

  private static @Nullable Tensor[] gradients(Backward<Meeting> call, Tensor g) {
    Meeting meeting = call.attributes();
    Tensor self = call.input(0);
    int axis = self.shape().normalizeAxis("scatter_reduce", meeting.axis);
    Tensor index = call.input(1);
    Tensor whole = call.input(2);
    // What the index does not reach has no part in the result.
    Layout reached = Layout.contiguous(whole.shape());
    for (int i = 0; i < index.rank(); i++) {
      reached = reached.narrow(i, 0, index.size(i));
    }
    boolean all = index.shape().equals(whole.shape());
    Tensor source = all ? whole : StridedParts.take(whole, reached);
    Tensor ofSelf;
    Tensor ofSource;
    switch (meeting.fold) {
      case SUM -> {
        ofSelf = g;
        ofSource = g.gather(axis, index);
      }
      case MEAN -> {
        Tensor shared = g.div(counts(meeting, g.dtype(), self.shape(), axis, index, index.shape()));
        ofSelf = shared;
        ofSource = shared.gather(axis, index);
      }
      case PROD -> {
        ofSelf = g.mul(othersOfSelf(meeting, axis, self, index, source));
        ofSource = ofFactors(call, meeting, axis, self, index, source, g);
      }
      default -> {
        Tensor result = call.output();
        Tensor ofSelfIsIt = self.eq(result).to(g.dtype());
        Tensor isIt = source.eq(result.gather(axis, index)).to(g.dtype());
        Tensor count = ofSelfIsIt.scatterAdd(axis, index, isIt);
        Tensor shared = g.div(count);
        ofSelf = ofSelfIsIt.mul(shared);
        ofSource = isIt.mul(shared.gather(axis, index));
      }
    }
    if (!meeting.includeSelf) {
      ofSelf = ofSelf.scatter(axis, index, 0);
    }
    if (!all) {
      ofSource = StridedParts.put(Embedding.zeros(g.dtype(), whole.shape()), reached, ofSource);
    }
    return new @Nullable Tensor[] {ofSelf, null, ofSource};
  }

  /** The product of what meets each element of the tensor. */
  private static Tensor othersOfSelf(
      Meeting meeting, int axis, Tensor self, Tensor index, Tensor source) {
    Tensor filled = self.maskedFill(self.eq(0), 1);
    return SCATTER_REDUCE
        .apply(new Meeting(axis, Fold.PROD, meeting.includeSelf), filled, index, source)
        .div(filled);
  }

  /** Gradients of factors; a single zero among them is left out, as PyTorch does. */
  private static Tensor ofFactors(
      Backward<Meeting> call,
      Meeting meeting,
      int axis,
      Tensor self,
      Tensor index,
      Tensor source,
      Tensor g) {
    Tensor zero = source.eq(0);
    Tensor zeros =
        Gatun.zeros(g.dtype(), self.shape())
            .scatterAdd(axis, index, zero.to(g.dtype()))
            .gather(axis, index);
    Tensor single = zero.logicalAnd(zeros.eq(1));
    Tensor without =
        SCATTER_REDUCE.apply(
            new Meeting(axis, Fold.PROD, meeting.includeSelf),
            self,
            index,
            source.maskedFill(single, 1));
    Tensor ofSingle = g.mul(without).gather(axis, index);
    Tensor ofOthers = g.mul(call.output()).gather(axis, index).div(source.maskedFill(zero, 1));
    return ofSingle.where(single, ofOthers);
  }

  /**
   * Returns a copy with elements folded into those at given positions along an axis.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what comes to them, of this type
   * @param fold how elements that meet are folded
   * @param includeSelf whether the elements there are count, too
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type, the index not of int64, or the mean
   *     of bool is asked for
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor scatterReduce(
      int axis, Tensor index, Tensor source, Fold fold, boolean includeSelf) {
    Tensor self = self();
    Meeting meeting = new Meeting(axis, fold, includeSelf);
    if (IndexRules.anyScalar(self, index, source)) {
      return SCATTER_REDUCE
          .apply(meeting, vector(self), vector(index), vector(source))
          .reshape(self.shape());
    }
    return SCATTER_REDUCE.apply(meeting, self, index, source);
  }

  /**
   * As {@link #scatterReduce}, in place.
   *
   * @param axis the axis
   * @param index the positions along the axis
   * @param source what comes to them, of this type
   * @param fold how elements that meet are folded
   * @param includeSelf whether the elements there are count, too
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor scatterReduce_(
      int axis, Tensor index, Tensor source, Fold fold, boolean includeSelf) {
    Tensor self = self();
    Meeting meeting = new Meeting(axis, fold, includeSelf);
    if (IndexRules.anyScalar(self, index, source)) {
      SCATTER_REDUCE.applyInPlace(meeting, vector(self), vector(index), vector(source));
    } else {
      SCATTER_REDUCE.applyInPlace(meeting, self, index, source);
    }
    return self;
  }

  private Tensor spreadIndex(Tensor index, int axis, Tensor source) {
    index.checkOpen("index_reduce");
    source.checkOpen("index_reduce");
    if (index.rank() > 1) {
      throw new ShapeException("index_reduce: an index of " + index.shape() + ": a vector");
    }
    int at = IndexRules.axisOf("index_reduce", self(), axis);
    if (source.rank() != self().rank() || source.rank() == 0 && index.numel() != 1) {
      throw new ShapeException(
          "index_reduce: a source of " + source.shape() + " for " + self().shape());
    }
    if (source.rank() == 0) {
      return index.reshape(Shape.scalar());
    }
    for (int i = 0; i < source.rank(); i++) {
      if (source.size(i) != (i == at ? index.numel() : self().size(i))) {
        throw new ShapeException(
            "index_reduce: a source of "
                + source.shape()
                + " at "
                + index.numel()
                + " positions along axis "
                + at
                + " of "
                + self().shape()
                + ": the other sizes agree");
      }
    }
    long[] sizes = new long[source.rank()];
    Arrays.fill(sizes, 1);
    sizes[at] = index.numel();
    return IndexRules.wide(index).reshape(sizes).broadcastTo(source.shape());
  }

  /**
   * Returns a copy with slices of a source folded into those at given positions of an axis.
   *
   * @param axis the axis
   * @param index the positions, a vector, int64 or int32
   * @param source a slice for each position, of this type
   * @param fold how elements that meet are folded
   * @param includeSelf whether the elements there are count, too
   * @return a new tensor of this shape
   * @throws ShapeException when there is no such axis or the shapes do not fit
   * @throws DTypeException when the source is of another type, or the index not of int64 or int32
   * @throws dev.gatun.memory.IndexRangeException when a position is outside the axis
   */
  default Tensor indexReduce(
      int axis, Tensor index, Tensor source, Fold fold, boolean includeSelf) {
    return scatterReduce(axis, spreadIndex(index, axis, source), source, fold, includeSelf);
  }

  /**
   * As {@link #indexReduce}, in place.
   *
   * @param axis the axis
   * @param index the positions, a vector, int64 or int32
   * @param source a slice for each position, of this type
   * @param fold how elements that meet are folded
   * @param includeSelf whether the elements there are count, too
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor indexReduce_(
      int axis, Tensor index, Tensor source, Fold fold, boolean includeSelf) {
    return scatterReduce_(axis, spreadIndex(index, axis, source), source, fold, includeSelf);
  }
}
