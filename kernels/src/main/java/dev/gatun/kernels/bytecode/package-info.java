/** What generators of vector kernels write their bytecode with. */
@NullMarked
package dev.gatun.kernels.bytecode;

import org.jspecify.annotations.NullMarked;
