package dev.gatun.kernels.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.kernels.VectorProvider;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Remainders in vectors are those of scalar code to the last bit. */
class VectorRemaindersTest {
  private static final int BLOCK = 1 << 13;
  private static final int BLOCKS_OF_EACH_KIND = 24;

  private final SplittableRandom random = new SplittableRandom(20_240);

  private record Pair(double x, double y) {}

  static List<Arguments> cases() {
    var cases = new ArrayList<Arguments>();
    for (int width : VectorProvider.availableWidths()) {
      for (var type : List.of(DType.FLOAT32, DType.FLOAT64)) {
        for (var operation :
            List.of(BinaryOperation.FMOD, BinaryOperation.REMAINDER, BinaryOperation.FLOOR_DIV)) {
          cases.add(Arguments.of(width, type, operation));
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyBits(int width, DType type, BinaryOperation operation) {
    check(width, type, operation, () -> new Pair(anyBits(type), anyBits(type)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moderateQuotients(int width, DType type, BinaryOperation operation) {
    int most = fractionBits(type) + 2;
    check(
        width,
        type,
        operation,
        () -> {
          double x = anyBits(type);
          return new Pair(x, ofExponent(type, Math.getExponent(x) - random.nextInt(-2, most)));
        });
  }

  /** Quotients that are whole, or a last place off one: rounding takes many of them to it. */
  @ParameterizedTest
  @MethodSource("cases")
  void nextToMultiples(int width, DType type, BinaryOperation operation) {
    int bits = fractionBits(type);
    check(
        width,
        type,
        operation,
        () -> {
          int lowest = Math.getExponent(smallestNormal(type)) - bits;
          double y = ofExponent(type, random.nextInt(lowest, -lowest / 2));
          long halves = random.nextLong(1L << random.nextInt(1, bits + 2));
          double multiple = rounded(type, halves * 0.5 * y);
          return new Pair(neighbour(type, multiple, random.nextInt(-2, 3)), y);
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void subnormals(int width, DType type, BinaryOperation operation) {
    int lowest = Math.getExponent(smallestNormal(type)) - fractionBits(type);
    int highest = lowest + 2 * fractionBits(type);
    check(
        width,
        type,
        operation,
        () ->
            new Pair(
                ofExponent(type, random.nextInt(lowest, highest)),
                ofExponent(type, random.nextInt(lowest, highest))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void zerosInfinitiesAndLimits(int width, DType type, BinaryOperation operation) {
    double largest = type == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    double least = type == DType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE;
    double[] magnitudes = {
      0,
      least,
      3 * least,
      smallestNormal(type),
      0.75,
      1,
      2,
      3,
      0x1p22,
      0x1p23 - 1,
      0x1p23,
      0x1p24 - 1,
      0x1p52,
      largest / 2,
      largest,
      Double.POSITIVE_INFINITY,
      Double.NaN
    };
    check(
        width,
        type,
        operation,
        () -> new Pair(signed(oneOf(magnitudes)), signed(oneOf(magnitudes))));
  }

  private double oneOf(double[] values) {
    return values[random.nextInt(values.length)];
  }

  private double signed(double x) {
    return random.nextBoolean() ? x : -x;
  }

  private double anyBits(DType type) {
    return type == DType.FLOAT32
        ? Float.intBitsToFloat(random.nextInt())
        : Double.longBitsToDouble(random.nextLong());
  }

  /** A number of either sign with some exponent, which may be that of a subnormal number. */
  private double ofExponent(DType type, int exponent) {
    return rounded(type, signed(Math.scalb(random.nextDouble(1, 2), exponent)));
  }

  private static double rounded(DType type, double x) {
    return type == DType.FLOAT32 ? (float) x : x;
  }

  private static double neighbour(DType type, double x, int steps) {
    if (type == DType.FLOAT32) {
      return Float.intBitsToFloat(Float.floatToRawIntBits((float) x) + steps);
    }
    return Double.longBitsToDouble(Double.doubleToRawLongBits(x) + steps);
  }

  private static int fractionBits(DType type) {
    return type == DType.FLOAT32 ? 23 : 52;
  }

  private static double smallestNormal(DType type) {
    return type == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
  }

  private static void check(
      int width, DType type, BinaryOperation operation, Supplier<Pair> pairs) {
    var formula = Expression.binary(operation, Expression.input(0), Expression.input(1));
    var kernel =
        VectorProvider.ofWidth(width)
            .pointwise(PointwiseProgram.of(operation.symbol(), type, 2, formula));
    assertInstanceOf(VectorPointwiseKernel.class, kernel);
    long size = type.byteSize();
    try (var _ = Scope.open()) {
      var x = StridedArray.allocate(type, Shape.of(BLOCK));
      var y = StridedArray.allocate(type, Shape.of(BLOCK));
      var out = StridedArray.allocate(type, Shape.of(BLOCK));
      for (int block = 0; block < BLOCKS_OF_EACH_KIND; block++) {
        for (int i = 0; i < BLOCK; i++) {
          var pair = pairs.get();
          type.setDouble(x.segment(), i * size, pair.x());
          type.setDouble(y.segment(), i * size, pair.y());
        }
        kernel.run(new StridedArray[] {out}, new StridedArray[] {x, y}, new double[0]);
        for (int i = 0; i < BLOCK; i++) {
          double dividend = type.getDouble(x.segment(), i * size);
          double divisor = type.getDouble(y.segment(), i * size);
          // Without a tolerance, zeros are told apart by their sign.
          assertEquals(
              rounded(type, operation.apply(dividend, divisor)),
              type.getDouble(out.segment(), i * size),
              () -> operation.symbol() + "(" + dividend + ", " + divisor + ") in " + type);
        }
      }
    }
  }
}
