/**
 * How products are cut into register tiles, and the tiles and packed operands of machines with
 * sixteen vector registers.
 *
 * <p>A step of the depth has twelve multiplications on these, too few to hide anything else behind
 * them. Operands are therefore copied so that a tile reads both from the first element to the last,
 * and to arrays, where positions are checked ahead of a loop; four steps of the depth make a pass.
 * Fences for loads, which are no instructions on these machines, keep the optimizing compiler from
 * loading ahead what it then has no registers for.
 */
@NullMarked
package dev.gatun.kernels.packed;

import org.jspecify.annotations.NullMarked;
