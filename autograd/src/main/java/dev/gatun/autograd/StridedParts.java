package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Parts of tensors, however they were taken: described by the layout of the part within the whole,
 * the whole being contiguous and beginning at 0. What a chain of views makes of a tensor is one
 * such part.
 */
final class StridedParts {
  /** A part of a tensor: a view where the tensor is contiguous. */
  static final StructuralOp<Layout> AS_STRIDED =
      StructuralOp.<Layout>named(
              "as_strided",
              call -> {
                Tensor x = call.input(0);
                Layout part = call.attributes();
                checkPart(call.name(), x, once(part));
                if (x.isContiguous()) {
                  return call.view(within(x.layout(), part));
                }
                Tensor result = call.result(x.dtype(), part.shape());
                try (Tensor whole = x.copyOfElements();
                    StridedArray shown =
                        new StridedArray(whole.storage().retain(), whole.dtype(), part)) {
                  Kernels.provider().indexing().copy(result, shown);
                }
                return result;
              })
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> {
                Layout part = once(call.attributes());
                return Embedding.embed(
                    folded(g, call.attributes()),
                    call.shape(0),
                    new Embedding.Part(
                        whole -> within(whole, part), whole -> StridedParts.take(whole, part)));
              })
          .pytorch((part, inputs) ->
              PyTorchCall.of(
                  "torch.as_strided(a.contiguous(), p, q, r)",
                  part.shape().toArray(),
                  part.strides(),
                  part.offset()))
          .drawn(draw -> {
            long[] sizes = draw.sizes(1, 4);
            return Sample.of(part(draw, sizes), real(sizes));
          })
          .samples(() ->
              List.of(
                  Sample.of(column(2, 3), real(2, 3)),
                  Sample.of(Layout.contiguous(Shape.of(6)), real(2, 3)),
                  Sample.of(Layout.contiguous(Shape.of(2, 3)).permute(1, 0), real(6)),
                  Sample.refused(ShapeException.class, "reaches beyond", column(3, 3), real(2, 3)),
                  Sample.of(column(2, 3).unsqueeze(0).expand(Shape.of(4, 2)), real(2, 3)),
                  Sample.refused(
                      ShapeException.class,
                      "share one",
                      Layout.contiguous(Shape.of(4)).unfold(0, 3, 1),
                      real(2, 3))));

  /** A copy of a tensor with another one in a part of it. */
  static final StructuralOp<Layout> AS_STRIDED_SCATTER =
      StructuralOp.<Layout>updating("as_strided_scatter", StridedParts::write)
          .gradient(
              StructuralOp.NOTHING,
              (call, g) -> put(g, call.attributes(), Embedding.zeros(g.dtype(), call.shape(1))))
          .gradient(StructuralOp.NOTHING, (call, g) -> take(g, call.attributes()))
          .pytorch((part, inputs) ->
              PyTorchCall.of(
                  // The gradient of torch.as_strided_scatter is nonsense in PyTorch.
                  "torch.index_put(torch.flatten(a), [torch.as_strided(torch.arange(a.numel()),"
                      + " p, q, r)], b).reshape(a.size())",
                  part.shape().toArray(),
                  part.strides(),
                  part.offset()))
          .drawn(draw -> {
            long[] sizes = draw.sizes(1, 4);
            Layout part = part(draw, sizes);
            return Sample.of(part, real(sizes), real(part.shape().toArray()));
          })
          .samples(() ->
              List.of(
                  Sample.of(column(2, 3), real(2, 3), real(2)),
                  Sample.of(Layout.contiguous(Shape.of(2, 3)), real(2, 3), real(2, 3)),
                  Sample.refused(
                      ShapeException.class, "reaches beyond", column(3, 3), real(2, 3), real(3)),
                  Sample.refused(
                      ShapeException.class, "shapes agree", column(2, 3), real(2, 3), real(3))));

  private StridedParts() {}

  /** The middle column of a matrix. */
  private static Layout column(long rows, long columns) {
    return Layout.contiguous(Shape.of(rows, columns)).select(1, columns / 2);
  }

  /** What a chain of views may leave. */
  private static Layout part(Draw draw, long... sizes) {
    Layout part = Layout.contiguous(Shape.of(sizes));
    for (int i = draw.pick(0, 3); i > 0 && part.rank() > 0; i--) {
      int axis = draw.pick(0, part.rank() - 1);
      long size = part.size(axis);
      part =
          switch (draw.pick(0, 2)) {
            case 0 -> part.permute(draw.permutation(part.rank()));
            case 1 -> {
              long start = draw.between(0, draw.scaled(size, size / 2));
              yield part.slice(axis, start, size, draw.between(1, 2));
            }
            default -> size == 0 ? part : part.select(axis, draw.between(0, size - 1));
          };
    }
    return part;
  }

  /** Returns a part with each of its elements once: repeated axes have one index left. */
  static Layout once(Layout part) {
    Layout once = part;
    for (int axis : repeatedAxes(part)) {
      once = once.narrow(axis, 0, 1);
    }
    return once;
  }

  /** Adds up along repeated axes, and keeps them. */
  private static Tensor folded(Tensor g, Layout part) {
    int[] axes = repeatedAxes(part);
    return axes.length == 0 ? g : g.sum(axes, true);
  }

  private static int[] repeatedAxes(Layout part) {
    return IntStream.range(0, part.rank())
        .filter(axis -> part.stride(axis) == 0 && part.size(axis) > 1)
        .toArray();
  }

  /** Returns the layout of a part of a tensor that lies somewhere, without gaps. */
  static Layout within(Layout whole, Layout part) {
    return Layout.strided(part.shape(), part.strides(), whole.offset() + part.offset());
  }

  /** Takes a part out of a tensor. */
  static Tensor take(Tensor whole, Layout part) {
    return AS_STRIDED.apply(part, whole);
  }

  /** Puts a tensor in a part of a copy of another one. */
  static Tensor put(Tensor whole, Layout part, Tensor values) {
    return AS_STRIDED_SCATTER.apply(part, whole, values);
  }

  private static void checkPart(String operation, Tensor whole, Layout part) {
    if (part.extent() > whole.numel()) {
      throw new ShapeException(
          operation + ": " + whole.shape() + ": a part at " + part + " reaches beyond it");
    }
    if (part.mayOverlapItself()) {
      throw new ShapeException(
          operation
              + ": "
              + whole.shape()
              + ": a part at "
              + part
              + ": several of its elements share one place");
    }
  }

  private static void write(Invocation<Layout> call, Tensor self) {
    Layout part = call.attributes();
    Tensor values = call.input(1);
    checkPart(call.name(), self, part);
    if (!values.shape().equals(part.shape())) {
      throw new ShapeException(
          call.name()
              + ": "
              + values.shape()
              + " for a part of "
              + part.shape()
              + ": the shapes agree");
    }
    if (values.dtype() != self.dtype()) {
      throw new DTypeException(
          call.name()
              + ": "
              + values.dtype()
              + " for a part of "
              + self.dtype()
              + ": the types agree");
    }
    if (self.isContiguous()) {
      copy(self, within(self.layout(), part), values);
      return;
    }
    try (Tensor whole = self.copyOfElements()) {
      copy(whole, part, values);
      Kernels.provider().indexing().copy(self, whole);
    }
  }

  private static void copy(Tensor whole, Layout part, Tensor values) {
    try (StridedArray place = new StridedArray(whole.storage().retain(), whole.dtype(), part)) {
      Kernels.provider().indexing().copy(place, values);
    }
  }
}
