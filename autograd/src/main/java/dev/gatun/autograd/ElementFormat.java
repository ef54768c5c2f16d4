package dev.gatun.autograd;

import dev.gatun.memory.DType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * How the elements of one tensor are written, all in the same way: that which PyTorch would choose
 * for the elements that are shown. Numbers are rounded from their exact value, and halves to even.
 */
final class ElementFormat {
  private static final int DIGITS = 4;
  private static final MathContext SIGNIFICANT =
      new MathContext(DIGITS + 1, RoundingMode.HALF_EVEN);

  private enum Notation {
    /** Whole numbers of integer types, and truth values: as they are. */
    PLAIN,
    /** Whole numbers of floating-point types: with a point behind them. */
    WHOLE,
    FIXED,
    SCIENTIFIC
  }

  private final DType dtype;
  private final Notation notation;

  private ElementFormat(DType dtype, Notation notation) {
    this.dtype = dtype;
    this.notation = notation;
  }

  /**
   * Chooses the format.
   *
   * @param dtype the type of the elements
   * @param shown the elements, needed when they are floating point
   */
  static ElementFormat of(DType dtype, double[] shown) {
    if (!dtype.isFloatingPoint()) {
      return new ElementFormat(dtype, Notation.PLAIN);
    }
    boolean whole = true;
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : shown) {
      if (decides(value)) {
        double magnitude = Math.abs(value);
        whole &= magnitude == Math.rint(magnitude);
        largest = Math.max(largest, magnitude);
        smallest = Math.min(smallest, magnitude);
      }
    }
    boolean farApart = largest > 0 && (largest / smallest > 1000 || largest > 1e8);
    Notation notation = whole ? Notation.WHOLE : Notation.FIXED;
    return new ElementFormat(
        dtype, farApart || !whole && smallest < 1e-4 ? Notation.SCIENTIFIC : notation);
  }

  /** Returns the width that an element asks for: none, where others decide. */
  int widthFor(double value) {
    return notation == Notation.PLAIN || decides(value) ? text(value).length() : 1;
  }

  /** Tells whether a floating-point element takes part in the choice of format and width. */
  private static boolean decides(double value) {
    return value != 0 && Double.isFinite(value);
  }

  String text(double value) {
    if (notation == Notation.PLAIN) {
      return dtype == DType.BOOL ? value == 0 ? "False" : "True" : Long.toString((long) value);
    }
    if (Double.isNaN(value)) {
      return "nan";
    }
    String sign = Math.copySign(1, value) < 0 ? "-" : "";
    double magnitude = Math.abs(value);
    if (Double.isInfinite(magnitude)) {
      return sign + "inf";
    }
    BigDecimal exact = new BigDecimal(magnitude);
    return sign
        + switch (notation) {
          case PLAIN, WHOLE -> exact.toPlainString() + ".";
          case FIXED -> exact.setScale(DIGITS, RoundingMode.HALF_EVEN).toPlainString();
          case SCIENTIFIC -> scientific(exact);
        };
  }

  private static String scientific(BigDecimal exact) {
    BigDecimal rounded = exact.round(SIGNIFICANT);
    int exponent = rounded.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String mantissa = rounded.movePointLeft(exponent).setScale(DIGITS).toPlainString();
    String digits = Integer.toString(Math.abs(exponent));
    return mantissa + (exponent < 0 ? "e-" : "e+") + (digits.length() < 2 ? "0" : "") + digits;
  }
}
