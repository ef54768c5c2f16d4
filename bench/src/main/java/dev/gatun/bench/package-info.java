/**
 * The command line of the benchmarks. Figures worth quoting come from {@code gatun bench}: each
 * with its peers in the same run, its method in the package docs, and a script that repeats it.
 */
@NullMarked
package dev.gatun.bench;

import org.jspecify.annotations.NullMarked;
