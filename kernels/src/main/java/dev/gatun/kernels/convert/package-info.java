/** Element types into one another, many at a time. */
@NullMarked
package dev.gatun.kernels.convert;

import org.jspecify.annotations.NullMarked;
