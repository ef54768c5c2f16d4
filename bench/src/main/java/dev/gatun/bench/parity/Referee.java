package dev.gatun.bench.parity;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.PyTorchCall;
import dev.gatun.autograd.Tensor;
import dev.gatun.bench.peers.libtorch.LibTorch;
import dev.gatun.bench.peers.libtorch.ScalarTypes;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * libtorch, asked in its own language. An expression is compiled once for each combination of types
 * of its arguments. One thread uses it at a time.
 */
public final class Referee implements AutoCloseable {

  private static final String LIST_OF_LONGS =
      "def longs(a: Tensor) -> List[int]:\n  b: List[int] = a.tolist()\n  return b\n";

  private final LibTorch library;
  private final Map<String, Compiled> compiled = new HashMap<>();
  private final Map<String, Boolean> known = new HashMap<>();

  private record Compiled(CompilationUnit unit, QualifiedName name, Function function) {
    void close() {
      name.close();
      unit.close();
    }
  }

  /** A call with its inputs and arguments in place, to be made again and again. */
  public static final class Prepared implements AutoCloseable {

    private final Function function;
    private final List<IValue> values;

    private Prepared(Function function, List<IValue> values) {
      this.function = function;
      this.values = values;
    }

    /** Makes the call and lets go of its value. */
    public void run() {
      try (var stack = called()) {
        if (stack.empty()) {
          throw new IllegalStateException("libtorch: a call has no value");
        }
      }
    }

    /**
     * Makes the call.
     *
     * @return its value, to be closed
     * @throws RuntimeException when libtorch refuses
     */
    public org.bytedeco.pytorch.Tensor evaluate() {
      try (var stack = called();
          var result = stack.back()) {
        // What toTensor gives refers to the value on the stack; a copy of the handle outlives it.
        return new org.bytedeco.pytorch.Tensor(result.toTensor());
      }
    }

    private IValueVector called() {
      var stack = new IValueVector();
      values.forEach(stack::push_back);
      try {
        function.run(stack);
      } catch (RuntimeException refusal) {
        stack.close();
        throw refusal;
      }
      return stack;
    }

    @Override
    public void close() {
      values.forEach(IValue::close);
    }
  }

  /**
   * Prepares.
   *
   * @param library libtorch
   */
  public Referee(LibTorch library) {
    this.library = library;
    torch.setGraphExecutorOptimize(false);
  }

  /**
   * Evaluates an expression.
   *
   * @param call the expression and its arguments
   * @param inputs the inputs
   * @return its value, to be closed
   * @throws RuntimeException when libtorch refuses
   */
  org.bytedeco.pytorch.Tensor evaluate(PyTorchCall call, List<org.bytedeco.pytorch.Tensor> inputs) {
    try (var prepared = prepare(call, inputs)) {
      return prepared.evaluate();
    }
  }

  /**
   * Prepares a call.
   *
   * @param call the expression and its arguments
   * @param inputs the inputs
   * @return the call, to be closed before this
   * @throws RuntimeException when libtorch has no such call
   */
  public Prepared prepare(PyTorchCall call, List<org.bytedeco.pytorch.Tensor> inputs) {
    var source = source(call, inputs.size());
    var function = compiled.computeIfAbsent(source, text -> compile(text, "f")).function();
    var values = new ArrayList<IValue>();
    inputs.forEach(input -> values.add(new IValue(input)));
    call.arguments().forEach(argument -> values.add(value(argument)));
    return new Prepared(function, values);
  }

  /**
   * Tells whether PyTorch has a form of a call at all.
   *
   * @param call the expression and its arguments
   * @param inputs the number of inputs
   * @return whether it can be compiled
   */
  boolean knows(PyTorchCall call, int inputs) {
    return known.computeIfAbsent(source(call, inputs), this::compiles);
  }

  private boolean compiles(String source) {
    try {
      compiled.computeIfAbsent(source, text -> compile(text, "f"));
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static Compiled compile(String source, String name) {
    var unit = torch.compile(source);
    var qualified = new QualifiedName(name);
    return new Compiled(unit, qualified, unit.get_function(qualified));
  }

  private static String source(PyTorchCall call, int inputs) {
    var parameters = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < inputs; i++) {
      names.add(String.valueOf(PyTorchCall.INPUT_NAMES.charAt(i)));
      parameters.add(names.getLast() + ": Tensor");
    }
    for (int i = 0; i < call.arguments().size(); i++) {
      parameters.add(PyTorchCall.ARGUMENT_NAMES.charAt(i) + ": " + type(call.arguments().get(i)));
    }
    var expression =
        call.expression().replaceAll("\\binputs\\b", "[" + String.join(", ", names) + "]");
    return "def f(%s) -> Tensor:\n  return %s\n"
        .formatted(String.join(", ", parameters), expression);
  }

  private static String type(@Nullable Object argument) {
    return switch (argument) {
      case null -> "Optional[int]";
      case Long _, DType _ -> "int";
      case Double _ -> "float";
      case Boolean _ -> "bool";
      case long[] _ -> "List[int]";
      default ->
          throw new IllegalArgumentException(
              "an argument of PyTorch cannot be a " + argument.getClass().getName());
    };
  }

  private IValue value(@Nullable Object argument) {
    return switch (argument) {
      case null -> new IValue();
      case Long number -> new IValue((long) number);
      case Double number -> new IValue((double) number);
      case Boolean truth -> new IValue((boolean) truth);
      case DType dtype -> new IValue((long) ScalarTypes.of(dtype).value);
      case long[] numbers -> list(numbers);
      default -> throw new IllegalArgumentException(type(argument));
    };
  }

  private IValue list(long[] numbers) {
    var function =
        compiled.computeIfAbsent(LIST_OF_LONGS, text -> compile(text, "longs")).function();
    try (var array = Gatun.tensor(numbers);
        var tensor = wrap(array);
        var argument = new IValue(tensor);
        var stack = new IValueVector()) {
      stack.push_back(argument);
      function.run(stack);
      return new IValue(stack.back());
    }
  }

  /**
   * A tensor of libtorch on a tensor's memory, laid out in the same way.
   *
   * @param tensor stays open for as long as the result is used
   * @return the same elements, to be closed
   */
  public org.bytedeco.pytorch.Tensor wrap(Tensor tensor) {
    var layout = tensor.layout();
    return library.wrap(
        tensor.segment(),
        tensor.byteOffset(),
        tensor.dtype(),
        layout.shape().toArray(),
        layout.strides());
  }

  /**
   * A copy in memory of Gatun's.
   *
   * @param tensor a tensor of libtorch
   * @return the same elements, of the innermost scope
   */
  public Tensor copy(org.bytedeco.pytorch.Tensor tensor) {
    var sizes = new long[Math.toIntExact(tensor.dim())];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = tensor.size(i);
    }
    var dtype = ScalarTypes.of(tensor.scalar_type());
    if (dtype == null) {
      throw new IllegalStateException("libtorch: a result of " + tensor.scalar_type());
    }
    var copy = Gatun.empty(dtype, Shape.of(sizes));
    try (var target = wrap(copy);
        var detached = tensor.detach()) {
      target.copy_(detached).close();
    }
    return copy;
  }

  @Override
  public void close() {
    compiled.values().forEach(Compiled::close);
    compiled.clear();
  }
}
