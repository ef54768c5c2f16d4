package dev.gatun.bindings.generated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A library's list of symbols, and the class that was generated from it. */
enum SymbolList {
  CUDA("cuda", "cuda.cuda_h"),
  CUBLAS("cublas", "cublas.cublas_h"),
  CUBLAS_LT("cublasLt", "cublaslt.cublasLt_h"),
  NVRTC("nvrtc", "nvrtc.nvrtc_h"),
  CUDNN("cudnn", "cudnn.cudnn_h");

  private static final Path CONFIG = Path.of("..", "jextract-config");

  private final String list;
  private final String headerClass;

  SymbolList(String list, String headerClass) {
    this.list = list;
    this.headerClass = headerClass;
  }

  String list() {
    return list;
  }

  /** The listed names of a kind: {@code function}, {@code constant}, {@code struct}. */
  List<String> names(String kind) {
    try {
      return Pattern.compile("(?m)^--include-" + kind + " (\\S+)$")
          .matcher(Files.readString(CONFIG.resolve(list + ".symbols")))
          .results()
          .map((MatchResult found) -> found.group(1))
          .toList();
    } catch (IOException unread) {
      throw new UncheckedIOException(unread);
    }
  }

  /** The class with the functions and constants; reading a constant needs no library. */
  Class<?> header() {
    return type(headerClass.substring(headerClass.indexOf('.') + 1));
  }

  /** The class of a structure. */
  Class<?> type(String name) {
    try {
      return Class.forName(
          "dev.gatun.bindings.generated."
              + headerClass.substring(0, headerClass.indexOf('.') + 1)
              + name);
    } catch (ClassNotFoundException absent) {
      throw new AssertionError(absent);
    }
  }

  /** What a method without arguments of the header's class returns: a constant, say. */
  Object read(String method) {
    try {
      return header().getMethod(method).invoke(null);
    } catch (ReflectiveOperationException absent) {
      throw new AssertionError(absent);
    }
  }

  /** Whether the header's class has a method of this name. */
  boolean has(String method) {
    return Arrays.stream(header().getMethods()).anyMatch(each -> each.getName().equals(method));
  }
}
