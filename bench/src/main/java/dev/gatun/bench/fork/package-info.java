/**
 * Fresh JVMs for measurements: same class path, no compiler flags, a fixed number of threads for
 * Gatun and for every native library.
 */
@NullMarked
package dev.gatun.bench.fork;

import org.jspecify.annotations.NullMarked;
