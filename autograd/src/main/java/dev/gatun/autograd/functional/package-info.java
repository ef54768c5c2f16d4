/**
 * Derivatives of functions: {@link dev.gatun.autograd.functional.Functional} has Jacobians,
 * Hessians and their products with vectors, {@link dev.gatun.autograd.functional.Vmap} maps a
 * function over an axis.
 */
@NullMarked
package dev.gatun.autograd.functional;

import org.jspecify.annotations.NullMarked;
