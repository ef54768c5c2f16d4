/** Walking several strided arrays in step, and moving their elements. */
@NullMarked
package dev.gatun.kernels.traverse;

import org.jspecify.annotations.NullMarked;
