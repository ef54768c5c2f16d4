/** The largest element and the mean of windows that move over images, and their gradients. */
@NullMarked
package dev.gatun.kernels.pooling;

import org.jspecify.annotations.NullMarked;
