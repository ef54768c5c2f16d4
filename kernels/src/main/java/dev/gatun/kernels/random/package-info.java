/**
 * Random numbers that depend on seed and position alone.
 *
 * <p>{@link dev.gatun.kernels.random.Philox} turns the number of a block into 128 random bits; a
 * {@link dev.gatun.kernels.random.Generator} says which blocks come next; {@link
 * dev.gatun.kernels.random.RandomKernels} make distributions from them. Which element takes which
 * word of which block is fixed, so that any number of threads and any width of vectors gives the
 * same numbers.
 */
@NullMarked
package dev.gatun.kernels.random;

import org.jspecify.annotations.NullMarked;
