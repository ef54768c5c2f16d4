/**
 * Matrix products.
 *
 * <p>A product of any size is cut into blocks that fit the caches, which register tiles multiply.
 * Tiles and the loops that move rows are written as bytecode, so that their shape, their element
 * type and the vector width are parameters.
 *
 * <p>With thirty-two registers, operands are read where they lie as long as their rows are within
 * reach of the caches, and are packed otherwise: a step of the depth has multiplications enough to
 * hide what finding its operands takes. With sixteen it has not, so both operands are packed, see
 * {@code dev.gatun.kernels.packed}; a processor that runs two threads on one core gives each half
 * the decoders, and every instruction counts. Products of a few rows read the larger operand where
 * it lies in either case.
 */
@NullMarked
package dev.gatun.kernels.gemm;

import org.jspecify.annotations.NullMarked;
