/**
 * What {@code gatun bench cpu} measures: one file for each family of cases, and in it one
 * declaration for each case. {@link dev.gatun.bench.cases.CpuCases} lists the families.
 */
@NullMarked
package dev.gatun.bench.cases;

import org.jspecify.annotations.NullMarked;
