/** Kernels that put elements in order, and find what is where in it. */
@NullMarked
package dev.gatun.kernels.order;

import org.jspecify.annotations.NullMarked;
