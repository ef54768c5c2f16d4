/**
 * Rules by which parameters follow their gradients. An {@link dev.gatun.nn.optim.Optimizer} writes
 * parameters and its own state in one fused pass over memory, in place.
 */
@NullMarked
package dev.gatun.nn.optim;

import org.jspecify.annotations.NullMarked;
