package dev.gatun.kernels.replay;

import java.util.List;

/**
 * What a step has come to.
 *
 * @param recordedCalls how many calls were recorded
 * @param calls how many of them, or of what they were fused into, run at each replay
 * @param hoistedCalls how many run once, and again when what they depend on has changed
 * @param bytesPlanned the size of the slab in which all intermediates lie
 * @param bytesWithoutReuse the size that they would take each on its own
 * @param hoistedBytes the size of what the calls made once have computed
 * @param preparedBytes the size of weights, among that, which have been brought into the order in
 *     which products and convolutions read them
 * @param listing the calls in words, in order
 */
public record ProgramReport(
    int recordedCalls,
    int calls,
    int hoistedCalls,
    long bytesPlanned,
    long bytesWithoutReuse,
    long hoistedBytes,
    long preparedBytes,
    List<String> listing) {
  /** Copies the listing. */
  public ProgramReport {
    listing = List.copyOf(listing);
  }

  @Override
  public String toString() {
    return calls
        + " calls of "
        + recordedCalls
        + " recorded, "
        + hoistedCalls
        + " hoisted; intermediates in "
        + bytesPlanned
        + " bytes, "
        + bytesWithoutReuse
        + " without reuse; hoisted results in "
        + hoistedBytes
        + " bytes, of them "
        + preparedBytes
        + " of prepared weights\n"
        + String.join("\n", listing);
  }
}
