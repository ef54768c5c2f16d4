/**
 * What computes: kernels for strided arrays, the choice between their providers, and the threads
 * they share.
 */
@NullMarked
package dev.gatun.kernels;

import org.jspecify.annotations.NullMarked;
