/**
 * {@code gatun gpu-check}: whether Gatun computes right on a CUDA device, and then how fast, beside
 * PyTorch on the same device in the same run. Made for a host that has a GPU and may have neither
 * Java nor a network: {@code gatun gpu-bundle} packs it with a runtime of its own.
 */
@NullMarked
package dev.gatun.bench.gpu;

import org.jspecify.annotations.NullMarked;
