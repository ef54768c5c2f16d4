package dev.gatun.kernels.cuda;

import dev.gatun.memory.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the text of a kernel from one that leaves words open. {@code ENTRY} stands for the kernel's
 * name, {@code FOR_EACH} for {@link Grids#FOR_EACH}, {@code THREAD_AT} and {@code COLUMN_AT} for
 * those of {@link FibreGrid}; other words are given by {@link #set}. Functions that load and store
 * elements come before it, those that it calls.
 */
final class KernelText {
  private static final Pattern WORD = Pattern.compile("\\b[A-Z][A-Z0-9_]*\\b");

  private final String entry;
  private final String template;
  private final Map<String, String> words = new LinkedHashMap<>();
  private final Map<String, String> functions = new LinkedHashMap<>();

  /**
   * Begins a text.
   *
   * @param entry the kernel's name
   * @param template the text
   */
  KernelText(String entry, String template) {
    this.entry = entry;
    this.template = template;
    set("ENTRY", entry);
    set("FOR_EACH", Grids.FOR_EACH);
    set("THREAD_AT", FibreGrid.PLACE);
    set("COLUMN_AT", FibreGrid.COLUMN);
  }

  /** Fills in a word of capital letters, digits and underscores. */
  KernelText set(String word, String meaning) {
    words.put(word, meaning);
    return this;
  }

  /** Fills in a word with C's type of elements in memory, or of what is computed with. */
  KernelText set(String word, DType type) {
    return set(word, ElementText.type(type));
  }

  /**
   * Fills in words for computing with reals: NUMBER, the type, and its functions and constants.
   *
   * @param type float32 or float64
   */
  KernelText reals(DType type) {
    boolean narrow = type == DType.FLOAT32;
    String suffix = narrow ? "f32" : "f64";
    set("NUMBER", type);
    for (String function : List.of("exp", "log", "sqrt", "fabs")) {
      set(function.toUpperCase(Locale.ROOT), function + (narrow ? "f" : ""));
    }
    for (String function : List.of("sum", "product", "max", "min")) {
      set("BLOCK_" + function.toUpperCase(Locale.ROOT), "gatun_block_" + function + "_" + suffix);
    }
    set("LARGER", "gatun_max_" + suffix).set("SMALLER", "gatun_min_" + suffix);
    String infinity =
        narrow ? "__int_as_float(0x7f800000)" : "__longlong_as_double(0x7ff0000000000000LL)";
    set("POSITIVE_INFINITY", infinity).set("NEGATIVE_INFINITY", "(-" + infinity + ")");
    return set("ONE", narrow ? "1.0f" : "1.0").set("ZERO", narrow ? "0.0f" : "0.0");
  }

  /** C's type of elements that are only moved, by their size. */
  static String element(int byteSize) {
    return switch (byteSize) {
      case 1 -> "unsigned char";
      case 2 -> "unsigned short";
      case 4 -> "unsigned int";
      default -> "unsigned long long";
    };
  }

  /** In what reals are computed: float64 in itself, others in float32. */
  static DType computeType(DType type) {
    return type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }

  /** Adds a function that makes the number that is computed with of an element. */
  KernelText load(String function, DType type, DType computeType) {
    functions.put(
        function,
        """
        static __device__ __forceinline__ %s %s(const %s element) {
          return %s;
        }
        """
            .formatted(
                ElementText.type(computeType),
                function,
                ElementText.type(type),
                ElementText.load(type, computeType, "element")));
    return this;
  }

  /** Adds a function that makes an element of a number that was computed with. */
  KernelText store(String function, DType type, DType computeType) {
    String value = type == DType.BOOL && computeType != type ? "(value != 0)" : "value";
    functions.put(
        function,
        """
        static __device__ __forceinline__ %s %s(const %s value) {
          return %s;
        }
        """
            .formatted(
                ElementText.type(type),
                function,
                ElementText.type(computeType),
                ElementText.store(type, computeType, value)));
    return this;
  }

  /** Makes the kernel. */
  CudaKernel kernel() {
    String body = filled(filled(template));
    var text = new StringBuilder();
    functions.forEach(
        (name, function) -> text.append(body.contains(name + "(") ? function + "\n" : ""));
    text.append(body);
    return new CudaKernel(
        entry,
        new CudaText(List.of(entry), DeviceFunctions.neededBy(text.toString()) + text),
        entry);
  }

  /** Words whose meaning contains words are filled by the second turn. */
  private String filled(String text) {
    return WORD.matcher(text)
        .replaceAll(
            word -> Matcher.quoteReplacement(words.getOrDefault(word.group(), word.group())));
  }
}
