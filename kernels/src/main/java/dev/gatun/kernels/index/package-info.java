/** Moving elements: copies between layouts and element types, access by index. */
@NullMarked
package dev.gatun.kernels.index;

import org.jspecify.annotations.NullMarked;
