package dev.gatun.bench.report;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers, booleans and null as indented JSON. */
public final class Json {

  private static final String INDENT = "  ";

  private final StringBuilder text = new StringBuilder();

  private Json() {}

  /**
   * Writes a value.
   *
   * @param value a map with string keys, an iterable, a string, a number, a boolean or null;
   *     numbers that JSON cannot express (NaN, infinities) become null, fractions keep four digits
   * @return JSON text that ends in a line feed
   * @throws IllegalArgumentException when something else is found inside
   */
  public static String write(@Nullable Object value) {
    var json = new Json();
    json.append(value, "");
    return json.text.append('\n').toString();
  }

  private void append(@Nullable Object value, String indent) {
    switch (value) {
      case null -> text.append("null");
      case String string -> appendString(string);
      case Boolean bool -> text.append(bool);
      case Integer number -> text.append(number);
      case Long number -> text.append(number);
      case Double number -> appendFraction(number);
      case Map<?, ?> map -> appendMap(map, indent);
      case Iterable<?> list -> appendList(list, indent);
      default -> throw new IllegalArgumentException("json: cannot write a " + value.getClass());
    }
  }

  private void appendFraction(double number) {
    if (!Double.isFinite(number)) {
      text.append("null");
    } else if (number != 0 && Math.abs(number) < 1e-3) {
      text.append(String.format(Locale.ROOT, "%.3e", number));
    } else {
      text.append(String.format(Locale.ROOT, "%.6f", number));
    }
  }

  private void appendMap(Map<?, ?> map, String indent) {
    var separator = "";
    text.append('{');
    for (var entry : map.entrySet()) {
      text.append(separator).append('\n').append(indent).append(INDENT);
      appendString(String.valueOf(entry.getKey()));
      text.append(": ");
      append(entry.getValue(), indent + INDENT);
      separator = ",";
    }
    close('}', indent, separator);
  }

  private void appendList(Iterable<?> list, String indent) {
    var separator = "";
    text.append('[');
    for (var element : list) {
      text.append(separator).append('\n').append(indent).append(INDENT);
      append(element, indent + INDENT);
      separator = ",";
    }
    close(']', indent, separator);
  }

  private void close(char bracket, String indent, String separator) {
    if (!separator.isEmpty()) {
      text.append('\n').append(indent);
    }
    text.append(bracket);
  }

  private void appendString(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        default -> {
          if (c < ' ') {
            text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
