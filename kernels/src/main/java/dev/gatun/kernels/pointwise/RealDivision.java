package dev.gatun.kernels.pointwise;

/** Floor division and its remainder in floating point. */
final class RealDivision {
  private RealDivision() {}

  /** {@code x - floor(x / y) * y} without its rounding errors; takes the sign of {@code y}. */
  static double remainder(double x, double y) {
    double rest = x % y;
    return rest != 0 && rest < 0 != y < 0 ? rest + y : rest;
  }

  /**
   * The integer nearest to {@code (x - remainder(x, y)) / y}; {@code x / y} when {@code y} is 0.
   */
  static double floorDivide(double x, double y) {
    if (y == 0) {
      return x / y;
    }
    double rest = x % y;
    double quotient = (x - rest) / y;
    if (rest != 0 && rest < 0 != y < 0) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0.0, x / y);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }
}
