/**
 * Recording of kernel calls: a thread computes as always, and what it computed can be computed
 * again.
 *
 * <p>While a {@link dev.gatun.kernels.record.Recording} is open, {@link
 * dev.gatun.kernels.Kernels#provider()} hands its thread kernels that run and take notes. The notes
 * are at the level of kernel calls: which kernel, on which arrays (storage and layout), with which
 * numbers. Operations above need not know.
 *
 * <p>How a kernel uses an array is said where it is declared: {@link
 * dev.gatun.kernels.record.Written} and {@link dev.gatun.kernels.record.Updated} on its parameters;
 * an array without either is only read.
 */
@NullMarked
package dev.gatun.kernels.record;

import org.jspecify.annotations.NullMarked;
