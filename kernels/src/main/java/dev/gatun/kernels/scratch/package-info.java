/** Memory and objects that kernels compute in, kept from one call to the next. */
@NullMarked
package dev.gatun.kernels.scratch;

import org.jspecify.annotations.NullMarked;
