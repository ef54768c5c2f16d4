package dev.gatun.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void nestsMapsAndLists() {
    var map = new LinkedHashMap<String, Object>();
    map.put("name", "a \"quoted\" \\ name\nwith\tcontrols");
    map.put("sizes", List.of(64, 128L));
    map.put("empty", List.of());
    map.put("none", Map.of());
    assertEquals(
        """
        {
          "name": "a \\"quoted\\" \\\\ name\\nwith\\u0009controls",
          "sizes": [
            64,
            128
          ],
          "empty": [],
          "none": {}
        }
        """,
        Json.write(map));
  }

  @Test
  void fractionsKeepFourDigitsAndWhatJsonLacksBecomesNull() {
    assertEquals(
        "[\n  1.500000,\n  1.234e-06,\n  0.000000,\n  null,\n  null,\n  null,\n  true\n]\n",
        Json.write(
            Arrays.asList(1.5, 1.234e-6, 0.0, Double.NaN, Double.POSITIVE_INFINITY, null, true)));
  }

  @Test
  void refusesOtherTypes() {
    var error = assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
    assertEquals("json: cannot write a class java.lang.Object", error.getMessage());
  }
}
