/**
 * Register tiles for machines with sixteen vector registers, and the arrays that they read.
 *
 * <p>A step of the depth has twelve multiplications there, too few to hide anything else behind
 * them. Operands are therefore copied so that a tile reads both from the first element to the last,
 * and to arrays, where positions are checked ahead of a loop; four steps of the depth make a pass.
 * Fences for loads, which are no instructions on these machines, keep the optimizing compiler from
 * loading ahead what it then has no registers for.
 */
@NullMarked
package dev.gatun.kernels.packed;

import org.jspecify.annotations.NullMarked;
