package dev.gatun.autograd;

import static dev.gatun.autograd.Operand.real;

import dev.gatun.kernels.Kernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.List;
import java.util.function.UnaryOperator;

/** Zeros with a tensor in one region: the gradient of a view that shows a part of its base. */
final class Embedding {
  /**
   * Where the tensor goes.
   *
   * @param shape the shape of the whole
   * @param view how the region is taken from a layout
   * @param take how the region is taken from a tensor
   */
  record Region(Shape shape, UnaryOperator<Layout> view, UnaryOperator<Tensor> take) {}

  /** How a region is taken, from a layout and from a tensor. */
  record Part(UnaryOperator<Layout> view, UnaryOperator<Tensor> take) {}

  /** Zeros of a shape, with a tensor in one region. */
  static final StructuralOp<Region> EMBED =
      StructuralOp.<Region>named(
              "embed",
              call -> {
                Region region = call.attributes();
                Tensor part = call.input(0);
                Tensor whole = call.result(part.dtype(), region.shape);
                Kernels.provider().indexing().fill(whole, 0L);
                try (StridedArray destination =
                    new StridedArray(
                        whole.storage().retain(),
                        whole.dtype(),
                        region.view.apply(whole.layout()))) {
                  Kernels.provider().indexing().copy(destination, part);
                }
                return whole;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> call.attributes().take.apply(g))
          .withoutPyTorch("the gradient of views")
          .samples(() -> {
            Part rows = slice(new Views.Range(0, 1, 4, 2));
            Part column = select(new Views.Position(1, -1));
            return List.of(
                Sample.of(new Region(Shape.of(4, 3), rows.view, rows.take), real(2, 3)),
                Sample.of(new Region(Shape.of(2, 5), column.view, column.take), real(2)));
          });

  private Embedding() {}

  /** Zeros of a shape, all of them one element. */
  static Tensor zeros(DType dtype, Shape shape) {
    return Gatun.zeros(dtype, Shape.scalar()).broadcastTo(shape);
  }

  static Tensor embed(Tensor part, Shape shape, Part where) {
    return EMBED.apply(new Region(shape, where.view, where.take), part);
  }

  static Part slice(Views.Range range) {
    return new Part(
        layout -> layout.slice(range.axis(), range.start(), range.end(), range.step()),
        tensor -> Views.SLICE.apply(range, tensor));
  }

  static Part select(Views.Position position) {
    return new Part(
        layout -> layout.select(position.axis(), position.index()),
        tensor -> Views.SELECT.apply(position, tensor));
  }

  static Part diagonal(Views.Diagonal diagonal) {
    return new Part(
        layout -> layout.diagonal(diagonal.offset(), diagonal.first(), diagonal.second()),
        tensor -> Views.DIAGONAL.apply(diagonal, tensor));
  }
}
