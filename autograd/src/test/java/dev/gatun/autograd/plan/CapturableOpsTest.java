package dev.gatun.autograd.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.autograd.Catalogue;
import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.Operand;
import dev.gatun.autograd.Sample;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.DType;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Scope;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which operations cannot be part of a plan: those whose shapes or bins follow data, or pivots. */
class CapturableOpsTest {
  @Test
  void allButThoseThatLookAtNumbers() {
    Set<String> refused = new TreeSet<>();
    for (Op op : Catalogue.all()) {
      if (op instanceof StructuralOp<?> structural) {
        collect(structural, refused);
      }
    }
    assertEquals(
        Set.of(
            "cholesky",
            "cofactors",
            "det",
            "eigh",
            "eigvalsh",
            "histc",
            "inverse",
            "logabsdet",
            "lstsq",
            "masked_scatter",
            "masked_select",
            "matrix_rank",
            "orthogonal_complement",
            "pinv",
            "qr",
            "sign_of_det",
            "solve",
            "svd",
            "svdvals"),
        refused);
  }

  private static <A> void collect(StructuralOp<A> op, Set<String> refused) {
    for (Sample<A> sample : op.samples()) {
      if (sample.refusal() != null) {
        continue;
      }
      try (Scope scope = Scope.open()) {
        Tensor[] inputs = new Tensor[sample.operands().size()];
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = operand(sample.operands().get(i));
        }
        Plan.capture(x -> new Tensor[] {op.apply(sample.attributes(), x)}, inputs).close();
      } catch (PlanException e) {
        refused.add(op.name());
      }
    }
  }

  private static Tensor operand(Operand operand) {
    return switch (operand.kind()) {
      case REAL, DISTINCT, ASCENDING, DEFINITE -> Gatun.ones(DType.FLOAT32, operand.shape());
      case INDEX, PLACES -> Gatun.zeros(DType.INT64, operand.shape());
      case CONDITION -> Gatun.ones(DType.BOOL, operand.shape());
      case BFLOAT16 -> Gatun.ones(DType.BFLOAT16, operand.shape());
      case INT8 -> Gatun.ones(DType.INT8, operand.shape());
    };
  }
}
