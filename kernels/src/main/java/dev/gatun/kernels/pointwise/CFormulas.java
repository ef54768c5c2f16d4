package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.VectorOperation.Shift;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The formulas of a program in C: what a generator of device code puts between loading an element
 * of every input and storing one of every output.
 *
 * <p>The statements are those of the CPU's vector code, one for each of its operations, so a
 * compiler that neither contracts nor reorders floating-point arithmetic gives the same bits. Equal
 * subtrees are computed once. An operation without a vector form is a call of {@code
 * gatun_SYMBOL_TYPE}, where the type is {@code f64}, {@code i32} or {@code i64}: what is computed
 * in FLOAT32 calls the function of doubles and rounds its result. So are the functions {@code sin},
 * {@code cos}, {@code tan} and {@code pow} in the few places that vector formulas do not reach.
 * Integer divisions take a last argument, {@code fault}, a pointer to an int that becomes 1 where a
 * divisor is 0.
 *
 * <p>The text depends on the program alone. It uses {@code x0}, {@code x1}, ... for the inputs,
 * {@code p0}, {@code p1}, ... for the parameters, and the functions {@code gatun_min_TYPE}, {@code
 * gatun_max_TYPE} with the type {@code f32} or {@code f64}; of CUDA's own, those that look at a
 * number's bits.
 *
 * @param number C's type of the numbers computed with: that of parameters
 * @param inputs C's type of every input: {@code bool} or that of numbers
 * @param outputs C's type of every output: {@code bool} or that of numbers
 * @param statements the declarations of all values, each a line
 * @param results for each output the expression that is its value
 * @param callsFunctions whether anything is left to functions, whose last bits may differ from the
 *     CPU's
 * @param divides whether {@code fault} is used
 */
public record CFormulas(
    String number,
    List<String> inputs,
    List<String> outputs,
    List<String> statements,
    List<String> results,
    boolean callsFunctions,
    boolean divides) {
  private static final Set<String> DIVISIONS = Set.of("div", "floor_divide", "remainder", "fmod");

  /** The width at which every machine's vector code would read truth values as such. */
  private static final int LANE_BITS = 512;

  /** Copies the lists. */
  public CFormulas {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    statements = List.copyOf(statements);
    results = List.copyOf(results);
  }

  /**
   * Writes the formulas of a program.
   *
   * @param program what is to be computed
   * @return the formulas in C
   */
  public static CFormulas of(PointwiseProgram program) {
    var code = new VectorCode(new VectorTypes(program.computeType(), LANE_BITS));
    var results = VectorLowering.lowerWithCalls(code, program);
    var numbers = CNumbers.of(program.computeType());
    var statements = new ArrayList<String>();
    boolean calls = false;
    boolean divides = false;
    for (var value : VectorLoops.reachable(code.values(), results)) {
      if (value.operation().isLeaf()) {
        continue;
      }
      boolean called = value.operation() == VectorOperation.CALL;
      calls |= called || value.operation() == VectorOperation.REPLACE_LANES;
      divides |= called && !numbers.isReal() && DIVISIONS.contains(symbol(value));
      statements.add(
          "const "
              + type(numbers, value)
              + " "
              + name(numbers, value)
              + " = "
              + compute(numbers, value)
              + ";");
    }
    return new CFormulas(
        numbers.number(),
        program.inputTypes().stream().map(type -> operand(numbers, type)).toList(),
        program.outputTypes().stream().map(type -> operand(numbers, type)).toList(),
        statements,
        results.stream().map(value -> name(numbers, value)).toList(),
        calls,
        divides);
  }

  private static String operand(CNumbers numbers, DType type) {
    return type == DType.BOOL ? "bool" : numbers.number();
  }

  private static String type(CNumbers numbers, VectorValue value) {
    return switch (value.kind()) {
      case NUMBER -> numbers.number();
      case BITS -> numbers.bits();
      case MASK -> "bool";
    };
  }

  private static String symbol(VectorValue value) {
    return (String) value.literal();
  }

  private static String name(CNumbers numbers, VectorValue value) {
    return switch (value.operation()) {
      case INPUT -> "x" + value.literal();
      case PARAMETER -> "p" + value.literal();
      case CONSTANT -> numbers.constant((double) value.literal());
      case BITS_CONSTANT -> numbers.pattern((long) value.literal());
      default -> "v" + value.index();
    };
  }

  private static String compute(CNumbers numbers, VectorValue value) {
    var arguments = value.arguments().stream().map(argument -> name(numbers, argument)).toList();
    boolean wraps = !numbers.isReal() || value.kind() == VectorValue.Kind.BITS;
    String first = arguments.getFirst();
    return switch (value.operation()) {
      case ADD -> arithmetic(numbers, "+", wraps, arguments);
      case SUB -> arithmetic(numbers, "-", wraps, arguments);
      case MUL -> arithmetic(numbers, "*", wraps, arguments);
      case DIV -> infix("/", arguments);
      case MIN -> extreme(numbers, "min", "<", arguments);
      case MAX -> extreme(numbers, "max", ">", arguments);
      case AND -> infix("&", arguments);
      case OR -> infix("|", arguments);
      case XOR -> infix("^", arguments);
      case NOT -> "~" + first;
      case NEG -> wraps ? negated(numbers, first) : "-" + bracketed(first);
      case ABS ->
          wraps
              ? first + " < 0 ? " + negated(numbers, first) + " : " + first
              : numbers.library("fabs") + "(" + first + ")";
      case SQRT -> numbers.library("sqrt") + "(" + first + ")";
      case FMA -> numbers.library("fma") + "(" + String.join(", ", arguments) + ")";
      case SHIFT -> shift(numbers, (Shift) value.literal(), first);
      case SHIFT_LANES -> shiftByLane(numbers, symbol(value), arguments);
      case COMPARE -> infix(comparison(symbol(value)), arguments);
      case BLEND -> arguments.get(2) + " ? " + arguments.get(1) + " : " + first;
      case MASK_AND -> infix("&&", arguments);
      case MASK_OR -> infix("||", arguments);
      case MASK_XOR -> infix("!=", arguments);
      case MASK_NOT -> "!" + first;
      case TO_BITS -> numbers.toBits() + "(" + first + ")";
      case FROM_BITS -> numbers.fromBits() + "(" + first + ")";
      case REPLACE_LANES ->
          arguments.getLast()
              + " ? "
              + call(numbers, nameInC(symbol(value)), arguments.subList(1, arguments.size() - 1))
              + " : "
              + first;
      case CALL -> call(numbers, symbol(value), arguments);
      case INPUT, PARAMETER, CONSTANT, BITS_CONSTANT ->
          throw new IllegalStateException("a leaf is not computed");
    };
  }

  /** The device functions are named as C names them: floor_divide for floorDivide. */
  private static String nameInC(String function) {
    return function.replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
  }

  private static String infix(String operator, List<String> arguments) {
    return arguments.get(0) + " " + operator + " " + arguments.get(1);
  }

  /** A negative constant, so that two signs do not become a decrement. */
  private static String bracketed(String argument) {
    return argument.startsWith("-") ? "(" + argument + ")" : argument;
  }

  private static String arithmetic(
      CNumbers numbers, String operator, boolean wraps, List<String> arguments) {
    if (!wraps) {
      return infix(operator, arguments);
    }
    // What overflows is undefined in signed arithmetic, and wraps in unsigned.
    String unsigned = "(" + numbers.unsigned() + ")";
    return "(%s)(%s)"
        .formatted(
            numbers.bits(),
            infix(operator, arguments.stream().map(argument -> unsigned + argument).toList()));
  }

  private static String negated(CNumbers numbers, String argument) {
    return "(%s)(0u - (%s)%s)".formatted(numbers.bits(), numbers.unsigned(), argument);
  }

  private static String extreme(
      CNumbers numbers, String function, String wins, List<String> arguments) {
    return numbers.isReal()
        ? "gatun_%s_%s(%s)".formatted(function, numbers.suffix(), String.join(", ", arguments))
        : infix(wins, arguments) + " ? " + arguments.get(0) + " : " + arguments.get(1);
  }

  private static String shift(CNumbers numbers, Shift shift, String argument) {
    return switch (shift.operator()) {
      case "LSHL" ->
          "(%s)((%s)%s << %d)"
              .formatted(numbers.bits(), numbers.unsigned(), argument, shift.count());
      case "ASHR" -> argument + " >> " + shift.count();
      default -> throw new IllegalStateException("no such shift: " + shift.operator());
    };
  }

  /** As lanes shift: by the count modulo the bits of an element, which C leaves undefined. */
  private static String shiftByLane(CNumbers numbers, String operator, List<String> arguments) {
    String count = "(%s & (8 * (int)sizeof(%s) - 1))".formatted(arguments.get(1), numbers.bits());
    return switch (operator) {
      case "LSHL" ->
          "(%s)((%s)%s << %s)"
              .formatted(numbers.bits(), numbers.unsigned(), arguments.getFirst(), count);
      case "ASHR" -> arguments.getFirst() + " >> " + count;
      default -> throw new IllegalStateException("no such shift: " + operator);
    };
  }

  private static String comparison(String name) {
    return switch (name) {
      case "EQ" -> "==";
      case "NE" -> "!=";
      case "LT" -> "<";
      case "LE" -> "<=";
      case "GT" -> ">";
      case "GE" -> ">=";
      default -> throw new IllegalStateException("no such comparison: " + name);
    };
  }

  private static String call(CNumbers numbers, String symbol, List<String> arguments) {
    if (numbers == CNumbers.FLOAT32) {
      var wide = arguments.stream().map(argument -> "(double)" + bracketed(argument)).toList();
      return "(float)" + call(CNumbers.FLOAT64, symbol, wide);
    }
    String fault = !numbers.isReal() && DIVISIONS.contains(symbol) ? ", fault" : "";
    return "gatun_%s_%s(%s%s)"
        .formatted(symbol, numbers.suffix(), String.join(", ", arguments), fault);
  }
}
