package dev.gatun.kernels.cuda;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The functions in CUDA C that kernels call, and which of them a kernel needs.
 *
 * <p>Without {@code cuda_fp16.h}, which would need a toolkit's headers: NVRTC includes nothing.
 *
 * <p><b>Accuracy.</b> Conversions round once, to nearest, ties to even, as on the CPU. Minimum and
 * maximum, integer arithmetic and the divisions of reals give what the CPU gives. {@code sin},
 * {@code cos}, {@code tan} and {@code pow} are CUDA's own functions of doubles, within 2 ulp;
 * {@code polygamma} is the CPU's formula but for the order 0, which is Stirling's series. FLOAT32
 * programs round their results once to float, which leaves them within 1 ulp of float.
 */
final class DeviceFunctions {
  private static final Pattern NAME = Pattern.compile("\\bgatun_\\w+");

  /** What a text defines: a function, or a struct. */
  private static final Pattern DEFINED = Pattern.compile("\\bgatun_\\w+(?=\\(| \\{)");

  /** Functions are separated by empty lines; a function comes after those that it calls. */
  private static final String ANY_TYPE =
      """
      static __device__ __forceinline__ float gatun_half_to_float(unsigned short half) {
      #ifdef __CUDA_ARCH__
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
        return value;
      #else
        const unsigned int sign = (half & 0x8000u) << 16;
        const unsigned int magnitude = (half & 0x7fffu) << 13;
        if (magnitude < 0x00800000u) {
          const float subnormal = (float)(half & 0x03ffu) * 0x1p-24f;
          return __int_as_float((int)(sign | (unsigned int)__float_as_int(subnormal)));
        }
        const unsigned int bias = magnitude < 0x0f800000u ? 0x38000000u : 0x70000000u;
        return __int_as_float((int)(sign | (magnitude + bias)));
      #endif
      }

      static __device__ __forceinline__ unsigned short gatun_float_to_half(float value) {
      #ifdef __CUDA_ARCH__
        unsigned short half;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(value));
        return half;
      #else
        const unsigned int bits = (unsigned int)__float_as_int(value);
        const unsigned int sign = bits >> 16 & 0x8000u;
        const unsigned int magnitude = bits & 0x7fffffffu;
        if (magnitude > 0x7f800000u) {
          return (unsigned short)(sign | 0x7e00u);
        }
        if (magnitude >= 0x477ff000u) {
          return (unsigned short)(sign | 0x7c00u);
        }
        if (magnitude < 0x38800000u) {
          // The last place of 0.5 is the smallest half.
          const float sum = __int_as_float((int)magnitude) + 0.5f;
          return (unsigned short)(sign | (unsigned int)(__float_as_int(sum) - 0x3f000000));
        }
        const unsigned int rounded = magnitude + 0x0fffu + (magnitude >> 13 & 1u);
        return (unsigned short)(sign | (rounded - 0x38000000u) >> 13);
      #endif
      }

      static __device__ __forceinline__ float gatun_bfloat16_to_float(unsigned short bits) {
        return __int_as_float((int)((unsigned int)bits << 16));
      }

      static __device__ __forceinline__ unsigned short gatun_float_to_bfloat16(float value) {
        const unsigned int bits = (unsigned int)__float_as_int(value);
        if (value != value) {
          return (unsigned short)(bits >> 16 | 0x40u);
        }
        return (unsigned short)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
      }

      // Rounds to odd, so that rounding on to fewer bits is as if there had been but one rounding.
      static __device__ __forceinline__ float gatun_round_to_odd(double value) {
        const float nearest = (float)value;
        if ((double)nearest == value || !(fabsf(nearest) <= 0x1.fffffep127f)) {
          return nearest;
        }
        const int bits = __float_as_int(nearest);
        return __int_as_float((fabs((double)nearest) < fabs(value) ? bits : bits - 1) | 1);
      }

      static __device__ __forceinline__ double gatun_integer_round_to_odd(long long value) {
        const long long half = value >> 1;
        const long long kept = value & -2048LL;
        if ((half < 0 ? -half : half) < (1LL << 52) || kept == value) {
          return (double)value;
        }
        return (double)(kept | 2048LL);
      }

      static __device__ __forceinline__ long long gatun_multiply_add(
          const long long x, const long long y, const long long z) {
        return (long long)((unsigned long long)x * (unsigned long long)y + (unsigned long long)z);
      }

      // Towards zero, within the range; 0 for NaN.
      static __device__ __forceinline__ long long gatun_to_integer(double value) {
        if (!(value > -0x1p63)) {
          return value != value ? 0 : -9223372036854775807LL - 1;
        }
        return value < 0x1p63 ? (long long)value : 9223372036854775807LL;
      }

      static __device__ __inline__ double gatun_sin_f64(double x) {
        return sin(x);
      }

      static __device__ __inline__ double gatun_cos_f64(double x) {
        return cos(x);
      }

      static __device__ __inline__ double gatun_tan_f64(double x) {
        return tan(x);
      }

      static __device__ __inline__ double gatun_pow_f64(double x, double y) {
        return pow(x, y);
      }

      static __device__ __inline__ double gatun_fmod_f64(double x, double y) {
        return fmod(x, y);
      }

      static __device__ __inline__ double gatun_remainder_f64(double x, double y) {
        const double rest = fmod(x, y);
        return rest != 0.0 && (rest < 0.0) != (y < 0.0) ? rest + y : rest;
      }

      static __device__ __inline__ double gatun_floor_divide_f64(double x, double y) {
        if (y == 0.0) {
          return x / y;
        }
        const double rest = fmod(x, y);
        double quotient = (x - rest) / y;
        if (rest != 0.0 && (rest < 0.0) != (y < 0.0)) {
          quotient -= 1.0;
        }
        if (quotient == 0.0) {
          return copysign(0.0, x / y);
        }
        const double whole = floor(quotient);
        return quotient - whole > 0.5 ? whole + 1.0 : whole;
      }

      // The Bernoulli number of the index 2 * k, from k = 1 to 10.
      static __device__ __inline__ double gatun_bernoulli(int k) {
        const double numbers[10] = {
          1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66,
          -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330
        };
        return numbers[k - 1];
      }

      static __device__ __inline__ double gatun_digamma_f64(double x) {
        const double pi = 3.141592653589793;
        double reflected = 0.0;
        double y = x;
        if (x == 0.0) {
          return copysign(__longlong_as_double(0x7ff0000000000000LL), -x);
        }
        if (x < 0.0) {
          if (x == rint(x)) {
            return __longlong_as_double(0x7ff8000000000000LL);
          }
          reflected = pi / tan(pi * (x - rint(x)));
          y = 1.0 - x;
        }
        double below = 0.0;
        for (; y < 15.0; y += 1.0) {
          below += 1.0 / y;
        }
        const double square = 1.0 / (y * y);
        double series = 0.0;
        for (int k = 10; k > 0; k--) {
          series = (series + gatun_bernoulli(k) / (2.0 * k)) * square;
        }
        return log(y) - 0.5 / y - series - below - reflected;
      }

      static __device__ __inline__ double gatun_whole_power(double x, int exponent) {
        double result = 1.0;
        double square = x;
        for (int rest = exponent; rest != 0; rest >>= 1) {
          if ((rest & 1) != 0) {
            result *= square;
          }
          square *= square;
        }
        return result;
      }

      // The sum of (x + k)^-s over all k from 0, for x above -15.
      static __device__ __inline__ double gatun_hurwitz_right(double s, double x) {
        if (x <= 0.0 && x == rint(x)) {
          return __longlong_as_double(0x7ff0000000000000LL);
        }
        const double series_from = 6.5 + 1.25 * s;
        const int exponent = s < 0x1p30 ? (int)s : (1 << 30) + (fmod(s, 2.0) == 1.0 ? 1 : 0);
        double sum = 0.0;
        double lost = 0.0;
        double y = x;
        for (; y < series_from; y += 1.0) {
          const double term = 1.0 / gatun_whole_power(y, exponent);
          const double next = sum + term;
          lost += term - (next - sum);
          sum = next;
          if (y > 1.0 && !(term * y > 0x1p-60 * fabs(sum))) {
            return sum;
          }
        }
        // Euler and Maclaurin: the integral, half of the first term, and derivatives.
        const double integral = pow(y, 1.0 - s);
        const double power = integral / y;
        double rest = power / 2.0 + lost;
        double factor = s * power / y;
        double factorial = 2.0;
        const double square = 1.0 / (y * y);
        for (int k = 1; k <= 10; k++) {
          rest += gatun_bernoulli(k) * factor / factorial;
          factor *= (s + 2 * k - 1) * (s + 2 * k) * square;
          factorial *= (2.0 * k + 1) * (2 * k + 2);
        }
        return sum + (integral / (s - 1.0) + rest);
      }

      static __device__ __inline__ double gatun_hurwitz(double s, double x) {
        if (!(x < -15.0) || x == rint(x)) {
          return gatun_hurwitz_right(s, x);
        }
        const double fraction = x - rint(x);
        const double sign = fmod(s, 2.0) == 0.0 ? 1.0 : -1.0;
        return pow(fraction, -s) + gatun_hurwitz_right(s, 1.0 + fraction)
            + sign * (gatun_hurwitz_right(s, 1.0 - fraction) - gatun_hurwitz_right(s, 1.0 - x));
      }

      static __device__ __inline__ double gatun_polygamma_f64(double order, double x) {
        if (order == 0.0) {
          return gatun_digamma_f64(x);
        }
        if (!(order > 0.0) || order != rint(order)) {
          return __longlong_as_double(0x7ff8000000000000LL);
        }
        double factorial = 1.0;
        for (int i = 2; i <= order && i <= 171; i++) {
          factorial *= i;
        }
        return (fmod(order, 2.0) == 0.0 ? -factorial : factorial) * gatun_hurwitz(order + 1.0, x);
      }
      """;

  private static final String REALS =
      """
      static __device__ __forceinline__ REAL gatun_min_TYPE(REAL x, REAL y) {
        if (x == y) {
          return FROM_BITS(TO_BITS(x) | TO_BITS(y));
        }
        return x < y ? x : y < x ? y : x + y;
      }

      static __device__ __forceinline__ REAL gatun_max_TYPE(REAL x, REAL y) {
        if (x == y) {
          return FROM_BITS(TO_BITS(x) & TO_BITS(y));
        }
        return x > y ? x : y > x ? y : x + y;
      }

      static __device__ __forceinline__ REAL gatun_join_sum_TYPE(REAL x, REAL y) {
        return x + y;
      }

      static __device__ __forceinline__ REAL gatun_join_product_TYPE(REAL x, REAL y) {
        return x * y;
      }

      static __device__ __forceinline__ REAL gatun_square_TYPE(REAL x) {
        return x * x;
      }

      static __device__ __forceinline__ REAL gatun_magnitude_TYPE(REAL x) {
        return FROM_BITS(TO_BITS(x) & ~SIGN);
      }
      """;

  private static final String INTEGERS =
      """
      static __device__ __forceinline__ INT gatun_negative_TYPE(INT x) {
        return (INT)(0u - (unsigned INT)x);
      }

      static __device__ __forceinline__ INT gatun_join_sum_TYPE(INT x, INT y) {
        return (INT)((unsigned INT)x + (unsigned INT)y);
      }

      static __device__ __forceinline__ INT gatun_join_product_TYPE(INT x, INT y) {
        return (INT)((unsigned INT)x * (unsigned INT)y);
      }

      static __device__ __forceinline__ INT gatun_max_TYPE(INT x, INT y) {
        return x > y ? x : y;
      }

      static __device__ __forceinline__ INT gatun_min_TYPE(INT x, INT y) {
        return x < y ? x : y;
      }

      static __device__ __forceinline__ INT gatun_square_TYPE(INT x) {
        return (INT)((unsigned INT)x * (unsigned INT)x);
      }

      static __device__ __forceinline__ INT gatun_magnitude_TYPE(INT x) {
        return x < 0 ? gatun_negative_TYPE(x) : x;
      }

      static __device__ __inline__ INT gatun_div_TYPE(INT x, INT y, int *fault) {
        if (y == 0) {
          *fault = 1;
          return 0;
        }
        return y == -1 ? gatun_negative_TYPE(x) : x / y;
      }

      static __device__ __inline__ INT gatun_fmod_TYPE(INT x, INT y, int *fault) {
        if (y == 0) {
          *fault = 1;
          return 0;
        }
        return y == -1 ? 0 : x % y;
      }

      static __device__ __inline__ INT gatun_floor_divide_TYPE(INT x, INT y, int *fault) {
        const INT quotient = gatun_div_TYPE(x, y, fault);
        const INT rest = y == 0 || y == -1 ? 0 : x % y;
        return rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient;
      }

      static __device__ __inline__ INT gatun_remainder_TYPE(INT x, INT y, int *fault) {
        const INT rest = gatun_fmod_TYPE(x, y, fault);
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
      }

      static __device__ __inline__ INT gatun_pow_TYPE(INT x, INT y) {
        if (y < 0) {
          return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
        }
        unsigned INT result = 1;
        unsigned INT square = (unsigned INT)x;
        for (INT rest = y; rest != 0; rest >>= 1) {
          if ((rest & 1) != 0) {
            result *= square;
          }
          square *= square;
        }
        return (INT)result;
      }
      """;

  private static final Map<String, String> TEXTS = texts();

  private DeviceFunctions() {}

  private static Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    add(texts, ANY_TYPE);
    add(texts, AxisSpace.TEXT);
    add(texts, Fault.TEXT);
    add(texts, KernelArguments.SIZES);
    add(texts, CudaRandomKernels.PHILOX);
    add(texts, LineSort.KEYS);
    add(texts, CudaPoolingKernels.GEOMETRY);
    add(texts, CudaConvolutionKernels.IMAGES);
    add(texts, reals("float", "f32", "__int_as_float", "__float_as_int"));
    add(texts, reals("double", "f64", "__longlong_as_double", "__double_as_longlong"));
    add(texts, INTEGERS.replace("TYPE", "i32").replace("INT", "int"));
    add(texts, INTEGERS.replace("TYPE", "i64").replace("INT", "long long"));
    add(texts, BlockFolds.text());
    return texts;
  }

  private static String reals(String type, String suffix, String fromBits, String toBits) {
    return REALS
        .replace("TYPE", suffix)
        .replace("SIGN", suffix.equals("f32") ? "0x80000000" : "0x8000000000000000LL")
        .replace("REAL", type)
        .replace("FROM_BITS", fromBits)
        .replace("TO_BITS", toBits);
  }

  private static void add(Map<String, String> texts, String functions) {
    for (String function : functions.split("\n\n")) {
      var name = DEFINED.matcher(function);
      if (!name.find() || texts.put(name.group(), function.strip() + "\n\n") != null) {
        throw new IllegalStateException("no name, or one of two functions: " + function);
      }
    }
  }

  /**
   * Returns the functions that a text calls, and those that these call.
   *
   * @param text kernels
   * @return the functions, each once and before those that call it
   */
  static String neededBy(String text) {
    var needed = new TreeSet<String>();
    var unread = new ArrayDeque<String>();
    unread.add(text);
    while (!unread.isEmpty()) {
      var names = NAME.matcher(unread.remove());
      while (names.find()) {
        String function = TEXTS.get(names.group());
        if (function != null && needed.add(names.group())) {
          unread.add(function);
        }
      }
    }
    var functions = new StringBuilder();
    TEXTS.forEach((name, function) -> functions.append(needed.contains(name) ? function : ""));
    return functions.toString();
  }
}
