/** Walking several strided arrays in step. */
@NullMarked
package dev.gatun.kernels.traverse;

import org.jspecify.annotations.NullMarked;
