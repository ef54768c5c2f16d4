/**
 * {@code gatun bench cpu}: every case of {@link dev.gatun.bench.cases.CpuCases}, in forks, and the
 * report. How a case is measured is told in {@code dev.gatun.bench.contest}.
 */
@NullMarked
package dev.gatun.bench.cpu;

import org.jspecify.annotations.NullMarked;
