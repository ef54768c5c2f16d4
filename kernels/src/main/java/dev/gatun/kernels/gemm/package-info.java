/**
 * Matrix products.
 *
 * <p>A product of any size is cut into blocks that fit the caches; both operands are copied into
 * packed scratch arrays, whatever their strides were, and one register tile multiplies them. Tiles
 * and the loops that move rows are written as bytecode, so that their shape, their element type and
 * the vector width are parameters. Skinny products read the larger operand where it lies instead.
 */
@NullMarked
package dev.gatun.kernels.gemm;

import org.jspecify.annotations.NullMarked;
