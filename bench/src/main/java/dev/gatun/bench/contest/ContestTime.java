package dev.gatun.bench.contest;

/**
 * The time of a contestant in one fork.
 *
 * @param peer its name
 * @param variant which of several ways to do the case; empty where there is one
 * @param threads how many threads it might use
 * @param seconds the median time of one call
 * @param difference how far its result is from the first contestant's
 */
public record ContestTime(
    String peer, String variant, int threads, double seconds, double difference) {}
