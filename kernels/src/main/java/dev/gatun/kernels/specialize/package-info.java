/** Many kernels from one source: copies of a class that differ in their constants. */
@NullMarked
package dev.gatun.kernels.specialize;

import org.jspecify.annotations.NullMarked;
