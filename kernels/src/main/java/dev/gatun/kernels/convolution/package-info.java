/**
 * Convolutions of images.
 *
 * <p>All three passes of a convolution are sums of products of a small matrix with shifted copies
 * of an image. One register tile computes them all: its left operand is walked element by element,
 * the rows of its right operand are found through a table of offsets, so that no matrix of patches
 * is ever written. Images are only brought into scratch memory with their padding, strip by strip,
 * and columns that a stride skips are separated there, so that neighbours in the result always read
 * neighbours in memory.
 *
 * <p>With sixteen vector registers the same products are made of packed operands, see {@code
 * dev.gatun.kernels.packed}, as long as there are enough results to use what a panel packs: the
 * factors of a strip once, and the shifted rows of an image panel by panel, through the same table.
 *
 * <p>Kernels of 3 x 3 neighbouring factors with a stride of 1 and enough channels go through
 * Winograd's algorithm instead, in float32, where that is less work; see {@link
 * WinogradCorrelation} for its accuracy. Images of few channels under kernels of four neighbouring
 * columns, counted by what a stride leaves of them, go through the same algorithm along rows alone,
 * see {@link RowWinogradCorrelation}. Both add and subtract the elements of a tile before they
 * multiply. So the error of a result is in proportion to the largest element of its tile, which may
 * lie outside its own window; and where an image holds an infinity, a NaN, or a number near the
 * largest, results around it within the same tile may be NaN that the sum of products itself would
 * leave finite.
 */
@NullMarked
package dev.gatun.kernels.convolution;

import org.jspecify.annotations.NullMarked;
