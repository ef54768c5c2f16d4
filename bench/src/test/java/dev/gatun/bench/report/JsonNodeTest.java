package dev.gatun.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonNodeTest {

  private final JsonNode json =
      JsonNode.parse("{\"a\": [1, 2.5, null], \"b\": {\"c\": \"text\"}, \"d\": true}");

  @Test
  void readsWhatIsThere() {
    assertEquals(1.0, json.get("a").elements().getFirst().number());
    assertEquals(2.5, json.get("a").elements().get(1).number());
    assertTrue(Double.isNaN(json.get("a").elements().get(2).number()));
    assertEquals(Map.of("c", "text"), json.get("b").texts());
    assertTrue(json.get("d").truth());
    assertEquals(List.of("a", "b", "d"), List.copyOf(json.values().keySet()));
  }

  @Test
  void refusesWhatItIsNot() {
    assertThrows(IllegalArgumentException.class, () -> json.get("e"));
    assertThrows(IllegalArgumentException.class, () -> json.get("a").text());
    assertThrows(IllegalArgumentException.class, () -> json.get("b").elements());
    assertThrows(IllegalArgumentException.class, () -> json.get("d").number());
    assertThrows(IllegalArgumentException.class, () -> json.get("a").truth());
    assertThrows(IllegalArgumentException.class, () -> json.get("a").values());
  }
}
