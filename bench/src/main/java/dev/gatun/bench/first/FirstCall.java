package dev.gatun.bench.first;

/**
 * What the first calls of a case cost in fresh JVMs.
 *
 * @param name the case
 * @param peer the contestant
 * @param warmedUp whether {@code warmUp} was called first; its time is not in the figures
 * @param prepareMillis how long what comes before took: making the model, and where the case has
 *     one, capturing the plan
 * @param warmUpMillis how long {@code warmUp} took
 * @param firstMillis the first call
 * @param steadyMillis from the first call until 90 % of full speed
 */
public record FirstCall(
    String name,
    String peer,
    boolean warmedUp,
    double prepareMillis,
    double warmUpMillis,
    double firstMillis,
    double steadyMillis) {}
