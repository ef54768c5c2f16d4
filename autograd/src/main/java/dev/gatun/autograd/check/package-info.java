/**
 * Checks that follow from the declaration of an operation, for Gatun's own tests and for those of
 * programs that declare operations: {@link dev.gatun.autograd.check.OpChecks} makes them all,
 * {@link dev.gatun.autograd.check.GradientCheck} compares any function's gradients with difference
 * quotients, {@link dev.gatun.autograd.check.SettledPool} is what leaks are told by.
 */
@NullMarked
package dev.gatun.autograd.check;

import org.jspecify.annotations.NullMarked;
