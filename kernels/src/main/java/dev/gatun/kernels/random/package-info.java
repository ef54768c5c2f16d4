/** Random numbers that depend on seed and position alone. */
@NullMarked
package dev.gatun.kernels.random;

import org.jspecify.annotations.NullMarked;
