package dev.gatun.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A value read from JSON. Asking it for what it is not is an {@link IllegalArgumentException}.
 *
 * @param value a map with string keys, a list, a string, a long, a double, a boolean or null
 */
public record JsonNode(@Nullable Object value) {

  /**
   * Reads a text.
   *
   * @param text JSON
   * @return its value
   * @throws tools.jackson.core.JacksonException when the text is not JSON
   */
  public static JsonNode parse(String text) {
    try (var parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      return new JsonNode(read(parser));
    }
  }

  private static @Nullable Object read(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> readMap(parser);
      case START_ARRAY -> readList(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null, default ->
          throw new IllegalArgumentException("json: unexpected " + parser.currentToken());
    };
  }

  private static Map<String, @Nullable Object> readMap(JsonParser parser) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      map.put(name, read(parser));
    }
    return map;
  }

  private static List<@Nullable Object> readList(JsonParser parser) {
    var list = new ArrayList<@Nullable Object>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(read(parser));
    }
    return list;
  }

  /**
   * A member of an object.
   *
   * @param name its name
   * @return its value
   */
  public JsonNode get(String name) {
    if (value instanceof Map<?, ?> map && map.containsKey(name)) {
      return new JsonNode(map.get(name));
    }
    throw new IllegalArgumentException("json: no member '" + name + "'");
  }

  /**
   * The elements of an array.
   *
   * @return their values
   */
  public List<JsonNode> elements() {
    if (value instanceof List<?> list) {
      return list.stream().map(JsonNode::new).toList();
    }
    throw new IllegalArgumentException("json: not an array: " + value);
  }

  /**
   * The members of an object.
   *
   * @return their names and values
   */
  public Map<String, Object> values() {
    var members = new LinkedHashMap<String, Object>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> members.put(String.valueOf(name), member));
      return members;
    }
    throw new IllegalArgumentException("json: not an object: " + value);
  }

  /**
   * The members of an object whose values are texts.
   *
   * @return their names and texts
   */
  public Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    values().forEach((name, member) -> texts.put(name, String.valueOf(member)));
    return texts;
  }

  /**
   * The text of a string.
   *
   * @return the text
   */
  public String text() {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("json: not a string: " + value);
  }

  /**
   * A number.
   *
   * @return its value, NaN for null
   */
  public double number() {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value == null) {
      return Double.NaN;
    }
    throw new IllegalArgumentException("json: not a number: " + value);
  }

  /**
   * A boolean.
   *
   * @return its value
   */
  public boolean truth() {
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new IllegalArgumentException("json: not a boolean: " + value);
  }
}
