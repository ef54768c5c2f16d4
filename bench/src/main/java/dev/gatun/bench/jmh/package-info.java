/**
 * JMH suites, run by {@code gatun bench jmh}. Several forks, random data made at set-up, and the
 * allocation profiler on by default: what a hot path allocates is a figure as much as its time is.
 */
@NullMarked
package dev.gatun.bench.jmh;

import org.jspecify.annotations.NullMarked;
