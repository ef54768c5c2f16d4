package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What operations leave in the scope of their caller: their results, and nothing else. */
class TemporariesTest {
  private static Stream<StructuralOp<?>> structural() {
    return Catalogue.all().stream()
        .filter(op -> op instanceof StructuralOp<?>)
        .map(op -> (StructuralOp<?>) op);
  }

  @TestFactory
  Stream<DynamicTest> declaredOperations() {
    return structural().map(op -> DynamicTest.dynamicTest(op.name(), () -> leavesItsResult(op)));
  }

  private static <A> void leavesItsResult(StructuralOp<A> op) {
    for (Sample<A> sample : op.samples()) {
      try (Scope scope = Scope.open()) {
        Tensor[] inputs =
            sample.operands().stream().map(TemporariesTest::input).toArray(Tensor[]::new);
        int before = scope.size();
        if (sample.refusal() == null) {
          op.apply(sample.attributes(), inputs);
          assertEquals(before + 1, scope.size(), op + " of " + sample.operands());
        } else {
          assertThrows(GatunException.class, () -> op.apply(sample.attributes(), inputs));
          assertEquals(before, scope.size(), op + " of " + sample.operands() + ", refused");
        }
      }
    }
  }

  private static Tensor input(Operand operand) {
    Shape shape = operand.shape();
    return switch (operand.kind()) {
      // Matrices of different rows, which have inverses.
      case REAL, DISTINCT, ASCENDING -> Gatun.arange(shape.numel()).sin().add(1).reshape(shape);
      case DEFINITE -> Gatun.eye(shape.size(-1)).broadcastTo(shape);
      case INDEX, PLACES -> Gatun.full(DType.INT64, shape, operand.low());
      case CONDITION -> Gatun.ones(DType.BOOL, shape);
      case BFLOAT16 -> Gatun.ones(DType.BFLOAT16, shape);
      case INT8 -> Gatun.ones(DType.INT8, shape);
    };
  }

  /** What the methods below are called on and with. */
  private record Inputs(
      Tensor x, Tensor others, Tensor nothing, Tensor sorted, Tensor mask, Tensor counted) {
    static Inputs make() {
      return new Inputs(
          tensor(new double[][] {{1, 2, 1, 3}, {2, 2, 0, 5}}),
          tensor(2.0, 1.0, 4.0),
          Gatun.zeros(0),
          tensor(1.0, 2.0),
          tensor(1.0, 0.0, 1.0, 0.0).gt(0.5),
          Gatun.fromArray(new long[] {1, 2, 1}));
    }
  }

  private static Map<String, Consumer<Inputs>> composites() {
    Map<String, Consumer<Inputs>> all = new LinkedHashMap<>();
    all.put("unique", in -> close(in.x.unique()));
    all.put("unique of nothing", in -> close(in.nothing.unique()));
    all.put("uniqueConsecutive", in -> close(in.x.uniqueConsecutive()));
    all.put("isin", in -> in.x.isin(in.others).close());
    all.put("isin, inverted", in -> in.x.isin(in.others, true).close());
    all.put("bucketize", in -> in.x.bucketize(in.sorted).close());
    all.put("bincount", in -> in.counted.bincount(4).close());
    all.put("countNonzero", in -> in.x.countNonzero().close());
    all.put("maskedSelect", in -> in.x.maskedSelect(in.mask).close());
    all.put("maskedScatter", in -> in.x.maskedScatter(in.mask, in.x).close());
    all.put("maskedScatter_", in -> in.x.maskedScatter_(in.mask, in.x));
    all.put("maskedFill_", in -> in.x.maskedFill_(in.mask, 3));
    all.put("maskedFill_ of a fraction", in -> in.x.maskedFill_(in.mask, 0.5));
    return all;
  }

  private static void close(Unique unique) {
    unique.values().close();
    unique.inverse().close();
    unique.counts().close();
  }

  @TestFactory
  Stream<DynamicTest> methodsMadeOfSeveralOperations() {
    return composites().entrySet().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getKey(),
                () -> {
                  try (Scope scope = Scope.open()) {
                    Inputs inputs = Inputs.make();
                    int before = scope.size();
                    each.getValue().accept(inputs);
                    assertEquals(before, scope.size());
                  }
                }));
  }

  @Test
  void resultsOfSeveralOutliveTheScopeOfTheirTemporaries() {
    try (Scope scope = Scope.open()) {
      Unique unique = tensor(3.0, 1.0, 3.0).unique();
      assertEquals(4, scope.size());
      assertEquals(2, unique.counts().get(1));
    }
  }

  @Test
  void aRefusedMaskedScatterLeavesNothing() {
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.zeros(2, 3);
      Tensor mask = Gatun.ones(DType.BOOL, Shape.of(3));
      Tensor source = Gatun.ones(5);
      int before = scope.size();
      assertThrows(ShapeException.class, () -> x.maskedScatter(mask, source));
      assertThrows(ShapeException.class, () -> x.maskedScatter_(mask, source));
      assertEquals(before, scope.size());
    }
  }
}
