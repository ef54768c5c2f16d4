package dev.gatun.bench.gpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a check has found.
 *
 * @param figures what was counted or measured, by name, in the order of the check
 * @param faults what is wrong, a line each; none where all is right
 * @param skipped why nothing was looked at, empty where something was
 */
record CheckOutcome(Map<String, Object> figures, List<String> faults, String skipped) {

  CheckOutcome {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    faults = List.copyOf(faults);
  }

  static CheckOutcome of(Map<String, Object> figures, List<String> faults) {
    return new CheckOutcome(figures, faults, "");
  }

  static CheckOutcome skipped(String reason) {
    return new CheckOutcome(Map.of(), List.of(), reason);
  }

  boolean passed() {
    return faults.isEmpty();
  }
}
