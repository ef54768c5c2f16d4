package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.pointwise.VectorValue.Kind;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds the values of a vector computation. Asking for the same operation on the same arguments
 * twice gives the same value. Arguments that are masks count as numbers 0 and 1 where numbers are
 * expected, and the other way around.
 */
final class VectorCode {
  private record Key(VectorOperation operation, List<Integer> arguments, Object literal) {}

  private final VectorTypes types;
  private final List<VectorValue> values = new ArrayList<>();
  private final Map<Key, VectorValue> known = new HashMap<>();

  VectorCode(VectorTypes types) {
    this.types = types;
  }

  boolean isFloatingPoint() {
    return types.isFloatingPoint();
  }

  /** The bits of an element. */
  int laneBits() {
    return types.isWide() ? Long.SIZE : Integer.SIZE;
  }

  /** Whether this computes in FLOAT32. */
  boolean isSingle() {
    return types.isFloatingPoint() && !types.isWide();
  }

  /** Every value made so far, arguments before the values that read them. */
  List<VectorValue> values() {
    return values;
  }

  private VectorValue value(
      VectorOperation operation, Kind kind, Object literal, VectorValue... arguments) {
    var indices = new ArrayList<Integer>(arguments.length);
    for (var argument : arguments) {
      indices.add(argument.index());
    }
    return known.computeIfAbsent(
        new Key(operation, indices, literal),
        _ -> {
          var made = new VectorValue(values.size(), operation, kind, List.of(arguments), literal);
          values.add(made);
          return made;
        });
  }

  private VectorValue numeric(VectorOperation operation, VectorValue... arguments) {
    return numeric(operation, "", arguments);
  }

  private VectorValue numeric(VectorOperation operation, Object literal, VectorValue[] arguments) {
    var numbers = new VectorValue[arguments.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(arguments[i]);
    }
    return value(operation, Kind.NUMBER, literal, numbers);
  }

  /** The elements of an input; truth values are a mask where the loop can read them as such. */
  VectorValue input(int index, DType type) {
    var kind = types.holdsInPlace(type) && type == DType.BOOL ? Kind.MASK : Kind.NUMBER;
    return value(VectorOperation.INPUT, kind, index);
  }

  /** A value in the form in which an output of the given type is stored. */
  VectorValue output(VectorValue x, DType type) {
    return types.holdsInPlace(type) && type == DType.BOOL ? truth(x) : number(x);
  }

  VectorValue parameter(int index) {
    return value(VectorOperation.PARAMETER, Kind.NUMBER, index);
  }

  VectorValue constant(double number) {
    return value(VectorOperation.CONSTANT, Kind.NUMBER, number);
  }

  VectorValue add(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.ADD, x, y);
  }

  VectorValue add(VectorValue x, double y) {
    return add(x, constant(y));
  }

  VectorValue sub(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.SUB, x, y);
  }

  VectorValue sub(VectorValue x, double y) {
    return sub(x, constant(y));
  }

  VectorValue mul(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.MUL, x, y);
  }

  VectorValue mul(VectorValue x, double y) {
    return mul(x, constant(y));
  }

  VectorValue div(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.DIV, x, y);
  }

  VectorValue min(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.MIN, x, y);
  }

  VectorValue max(VectorValue x, VectorValue y) {
    return numeric(VectorOperation.MAX, x, y);
  }

  VectorValue neg(VectorValue x) {
    return numeric(VectorOperation.NEG, x);
  }

  VectorValue abs(VectorValue x) {
    return numeric(VectorOperation.ABS, x);
  }

  VectorValue sqrt(VectorValue x) {
    return numeric(VectorOperation.SQRT, x);
  }

  /** {@code x * y + z}, with one rounding for floating point. */
  VectorValue fma(VectorValue x, VectorValue y, VectorValue z) {
    return isFloatingPoint() ? numeric(VectorOperation.FMA, x, y, z) : add(mul(x, y), z);
  }

  VectorValue fma(VectorValue x, VectorValue y, double z) {
    return fma(x, y, constant(z));
  }

  VectorValue fma(VectorValue x, double y, double z) {
    return fma(x, constant(y), constant(z));
  }

  /** The polynomial with the given coefficients, that of the highest power first. */
  VectorValue polynomial(VectorValue x, List<Double> coefficients) {
    var sum = constant(coefficients.getFirst());
    for (double coefficient : coefficients.subList(1, coefficients.size())) {
      sum = fma(sum, x, coefficient);
    }
    return sum;
  }

  /**
   * {@code x * (1 + square * p(square))}, where p is a polynomial: the form of odd functions near
   * 0. What is added to 1 is +0 at 0, so that a negative zero keeps its sign.
   */
  VectorValue timesOnePlus(VectorValue x, VectorValue square, List<Double> coefficients) {
    return fma(x, fma(polynomial(square, coefficients), square, 0), x);
  }

  /** {@code value}, with a scalar function of {@code x} in the lanes that the mask has set. */
  VectorValue replaceLanes(String function, VectorValue value, VectorValue x, VectorValue mask) {
    return value(
        VectorOperation.REPLACE_LANES,
        Kind.NUMBER,
        function,
        number(value),
        number(x),
        truth(mask));
  }

  /** {@code value}, with a scalar function of two values in the lanes that the mask has set. */
  VectorValue replaceLanes(
      String function, VectorValue value, VectorValue x, VectorValue y, VectorValue mask) {
    return value(
        VectorOperation.REPLACE_LANES,
        Kind.NUMBER,
        function,
        number(value),
        number(x),
        number(y),
        truth(mask));
  }

  /** An operation that has no vector form, by its symbol: for code that is not made of vectors. */
  VectorValue call(String symbol, List<VectorValue> arguments) {
    return numeric(VectorOperation.CALL, symbol, arguments.toArray(VectorValue[]::new));
  }

  /** A comparison of the Vector API, by name: EQ, NE, LT, LE, GT or GE. */
  VectorValue compare(String comparison, VectorValue x, VectorValue y) {
    return value(VectorOperation.COMPARE, Kind.MASK, comparison, number(x), number(y));
  }

  VectorValue compare(String comparison, VectorValue x, double y) {
    return compare(comparison, x, constant(y));
  }

  VectorValue select(VectorValue condition, VectorValue whenTrue, VectorValue whenFalse) {
    return value(
        VectorOperation.BLEND,
        Kind.NUMBER,
        "",
        number(whenFalse),
        number(whenTrue),
        truth(condition));
  }

  VectorValue logicalAnd(VectorValue x, VectorValue y) {
    return value(VectorOperation.MASK_AND, Kind.MASK, "", truth(x), truth(y));
  }

  VectorValue logicalOr(VectorValue x, VectorValue y) {
    return value(VectorOperation.MASK_OR, Kind.MASK, "", truth(x), truth(y));
  }

  VectorValue logicalXor(VectorValue x, VectorValue y) {
    return value(VectorOperation.MASK_XOR, Kind.MASK, "", truth(x), truth(y));
  }

  VectorValue logicalNot(VectorValue x) {
    return value(VectorOperation.MASK_NOT, Kind.MASK, "", truth(x));
  }

  /** This value as numbers: masks become 0 and 1. */
  VectorValue number(VectorValue x) {
    return x.kind() == Kind.MASK ? select(x, constant(1), constant(0)) : x;
  }

  /** This value as a mask: numbers count as true unless they are 0. */
  VectorValue truth(VectorValue x) {
    return x.kind() == Kind.MASK ? x : compare("NE", x, 0);
  }

  /** The bit patterns of floating-point numbers; integers are their own. */
  VectorValue toBits(VectorValue x) {
    return isFloatingPoint() ? value(VectorOperation.TO_BITS, Kind.BITS, "", number(x)) : number(x);
  }

  VectorValue fromBits(VectorValue bits) {
    return isFloatingPoint() ? value(VectorOperation.FROM_BITS, Kind.NUMBER, "", bits) : bits;
  }

  private Kind bitsKind() {
    return isFloatingPoint() ? Kind.BITS : Kind.NUMBER;
  }

  VectorValue bits(long pattern) {
    return isFloatingPoint()
        ? value(VectorOperation.BITS_CONSTANT, Kind.BITS, pattern)
        : constant((double) pattern);
  }

  VectorValue bitsAdd(VectorValue x, VectorValue y) {
    return value(VectorOperation.ADD, bitsKind(), "bits", x, y);
  }

  VectorValue bitsSub(VectorValue x, VectorValue y) {
    return value(VectorOperation.SUB, bitsKind(), "bits", x, y);
  }

  VectorValue bitsAnd(VectorValue x, VectorValue y) {
    return value(VectorOperation.AND, bitsKind(), "", x, y);
  }

  VectorValue bitsOr(VectorValue x, VectorValue y) {
    return value(VectorOperation.OR, bitsKind(), "", x, y);
  }

  VectorValue bitsXor(VectorValue x, VectorValue y) {
    return value(VectorOperation.XOR, bitsKind(), "", x, y);
  }

  VectorValue bitsNot(VectorValue x) {
    return value(VectorOperation.NOT, bitsKind(), "", x);
  }

  VectorValue shiftLeft(VectorValue x, int count) {
    return shift("LSHL", x, count);
  }

  /** Shifts right, keeping the sign. */
  VectorValue shiftRight(VectorValue x, int count) {
    return shift("ASHR", x, count);
  }

  /** Shifts every lane of integers by a count of its own, which the bits of a lane exceed. */
  VectorValue shiftLeft(VectorValue x, VectorValue counts) {
    return value(VectorOperation.SHIFT_LANES, Kind.NUMBER, "LSHL", number(x), number(counts));
  }

  /** Shifts every lane of integers right by a count of its own, keeping the sign. */
  VectorValue shiftRight(VectorValue x, VectorValue counts) {
    return value(VectorOperation.SHIFT_LANES, Kind.NUMBER, "ASHR", number(x), number(counts));
  }

  private VectorValue shift(String operator, VectorValue x, int count) {
    return value(VectorOperation.SHIFT, bitsKind(), new VectorOperation.Shift(operator, count), x);
  }

  /**
   * The magnitude of {@code x} with the sign of {@code sign}; {@code x} must not be negative where
   * {@code sign} is not.
   */
  VectorValue withSignOf(VectorValue x, VectorValue sign) {
    long signBit = types.isWide() ? Long.MIN_VALUE : Integer.MIN_VALUE;
    return fromBits(bitsOr(toBits(x), bitsAnd(toBits(sign), bits(signBit))));
  }
}
