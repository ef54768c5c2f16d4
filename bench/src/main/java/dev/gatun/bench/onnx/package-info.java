/** Writes models in the format of ONNX, as much of it as the benchmarks need. */
@NullMarked
package dev.gatun.bench.onnx;

import org.jspecify.annotations.NullMarked;
