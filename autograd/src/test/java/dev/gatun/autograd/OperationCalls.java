package dev.gatun.autograd;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an operation does when it is called as its declaration's first sample says. */
final class OperationCalls {
  private static final long SIZE = 3;

  private final List<Operand> operands;
  private final Function<Tensor[], Tensor> operation;
  private final PyTorchCall pytorch;

  private OperationCalls(
      List<Operand> operands, Function<Tensor[], Tensor> operation, PyTorchCall pytorch) {
    this.operands = operands;
    this.operation = operation;
    this.pytorch = pytorch;
  }

  static OperationCalls of(Op op) {
    return switch (op) {
      case PointwiseOp pointwise -> ofPointwise(pointwise);
      case StructuralOp<?> structural -> ofStructural(structural);
    };
  }

  private static OperationCalls ofPointwise(PointwiseOp op) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < op.arity(); i++) {
      boolean condition = i == 0 && op.isConditional();
      long[] sizes = i == 0 ? new long[] {2, SIZE} : new long[] {SIZE};
      operands.add(condition ? Operand.condition(sizes) : Operand.real(sizes));
    }
    return new OperationCalls(
        operands, inputs -> op.apply(inputs, 0, 1), PyTorchCall.of(op.pytorch()));
  }

  private static <A> OperationCalls ofStructural(StructuralOp<A> op) {
    Sample<A> sample =
        op.samples().stream().filter(each -> each.refusal() == null).findFirst().orElseThrow();
    A attributes = sample.attributes();
    PyTorchCall call = op.pytorch(attributes, sample.operands().size());
    return new OperationCalls(
        sample.operands(),
        inputs -> op.apply(attributes, inputs),
        call == null ? PyTorchCall.of("") : call);
  }

  /** The call in PyTorch's language; empty where there is none. */
  String inPyTorch() {
    String text = pytorch.expression();
    for (int i = 0; i < pytorch.arguments().size(); i++) {
      Object argument = pytorch.arguments().get(i);
      String written =
          switch (argument) {
            case null -> "None";
            case long[] numbers -> Arrays.toString(numbers);
            case Boolean truth -> truth ? "True" : "False";
            case DType dtype -> "torch." + dtype;
            default -> argument.toString();
          };
      text = text.replaceAll("\\b" + PyTorchCall.ARGUMENT_NAMES.charAt(i) + "\\b", written);
    }
    return text;
  }

  /** The shapes of the inputs, and that of the result. */
  String shapes() {
    String from =
        operands.stream()
            .map(operand -> operand.shape().toString())
            .collect(Collectors.joining(", "));
    for (DType dtype : DType.values()) {
      try (Scope scope = Scope.open()) {
        return from + " → " + operation.apply(inputs(dtype)).shape();
      } catch (DTypeException e) {
        continue;
      }
    }
    throw new AssertionError(from + ": no type is accepted");
  }

  /** The result's type, or a dash where the call is refused; with each provider, if they differ. */
  String answer(DType dtype) {
    Map<String, String> answers = new LinkedHashMap<>();
    for (KernelProvider provider : providers()) {
      try (Kernels.Selection selection = Kernels.use(provider);
          Scope scope = Scope.open()) {
        answers.put(provider.name(), answerOfOne(dtype));
      }
    }
    return new LinkedHashSet<>(answers.values()).size() == 1
        ? answers.values().iterator().next()
        : answers.toString();
  }

  private String answerOfOne(DType dtype) {
    try {
      DType result = operation.apply(inputs(dtype)).dtype();
      return result == dtype ? "yes" : result.toString();
    } catch (GatunException e) {
      return "–";
    }
  }

  private static List<KernelProvider> providers() {
    List<KernelProvider> providers = new ArrayList<>(List.of(ScalarProvider.instance()));
    if (Kernels.provider() != ScalarProvider.instance()) {
      for (int bits : VectorProvider.availableWidths()) {
        providers.add(VectorProvider.ofWidth(bits));
      }
    }
    return providers;
  }

  private Tensor[] inputs(DType dtype) {
    Tensor[] inputs = new Tensor[operands.size()];
    for (int i = 0; i < inputs.length; i++) {
      Operand operand = operands.get(i);
      inputs[i] =
          switch (operand.kind()) {
            case REAL, DISTINCT, ASCENDING, DEFINITE -> Gatun.ones(dtype, operand.shape());
            case INDEX, PLACES -> Gatun.zeros(DType.INT64, operand.shape());
            case CONDITION -> Gatun.ones(DType.BOOL, operand.shape());
            case BFLOAT16 -> Gatun.ones(DType.BFLOAT16, operand.shape());
            case INT8 -> Gatun.ones(DType.INT8, operand.shape());
          };
    }
    return inputs;
  }
}
