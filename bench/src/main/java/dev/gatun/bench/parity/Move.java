package dev.gatun.bench.parity;

import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A statement of a random program.
 *
 * @param operation its name, for the list of differences
 * @param operands the variables it uses, in the order of the expression's inputs
 * @param pytorch the statement in PyTorch
 * @param gatun the same in Gatun
 * @param inPlace whether it writes into the first operand
 */
record Move(
    String operation,
    List<Variable> operands,
    PyTorchCall pytorch,
    Function<Tensor[], Tensor> gatun,
    boolean inPlace) {

  private static final Pattern NAME = Pattern.compile("(?:torch|a)\\.(\\w+?)_?\\(.*");

  private static final Pattern FURTHER_OPERAND = Pattern.compile("\\b([bc])\\b");

  /** Makes a statement whose value is a new tensor, or a view. */
  static Move value(
      List<Variable> operands, PyTorchCall pytorch, Function<Tensor[], Tensor> gatun) {
    return new Move(name(pytorch), operands, pytorch, gatun, false);
  }

  /**
   * Makes a statement that writes into its first operand. What else it reads, it reads before it
   * writes: where operands share memory, PyTorch refuses, or its result depends on the order of its
   * loops, and is therefore given copies.
   */
  static Move write(
      List<Variable> operands, PyTorchCall pytorch, Function<Tensor[], Tensor> gatun) {
    var written = operands.getFirst().mine().storage();
    boolean shares =
        operands.stream()
            .skip(1)
            .anyMatch(read ->
                read.mine().storage() == written && read.mine() != operands.getFirst().mine());
    var call =
        shares
            ? new PyTorchCall(
                FURTHER_OPERAND.matcher(pytorch.expression()).replaceAll("torch.clone($1)"),
                pytorch.arguments())
            : pytorch;
    return new Move(name(pytorch), operands, call, gatun, true);
  }

  private static String name(PyTorchCall call) {
    var name = NAME.matcher(call.expression());
    return name.matches() ? name.group(1) : call.expression();
  }

  Move named(String operation) {
    return new Move(operation, operands, pytorch, gatun, inPlace);
  }

  Tensor[] mine() {
    return operands.stream().map(Variable::mine).toArray(Tensor[]::new);
  }

  List<org.bytedeco.pytorch.Tensor> theirs() {
    return operands.stream().map(Variable::theirs).toList();
  }

  /** The types and layouts of the operands. */
  String description() {
    return operands.stream()
        .map(operand -> operand.mine().dtype() + operand.mine().layout().toString())
        .collect(Collectors.joining(" "));
  }

  /** The statement as a line of the program. */
  String text() {
    var names = new StringBuilder();
    for (int i = 0; i < operands.size(); i++) {
      names
          .append(i == 0 ? "" : ", ")
          .append(PyTorchCall.INPUT_NAMES.charAt(i))
          .append('=')
          .append(operands.get(i).name());
    }
    for (int i = 0; i < pytorch.arguments().size(); i++) {
      names
          .append(", ")
          .append(PyTorchCall.ARGUMENT_NAMES.charAt(i))
          .append('=')
          .append(ParityCase.text(pytorch.arguments().get(i)));
    }
    return pytorch.expression() + " with " + names;
  }
}
