/**
 * Parity: every operation of the catalogue and every method made of some, on calls drawn at random,
 * beside what libtorch computes on the same memory.
 *
 * <p>An operation says in its declaration what it means in PyTorch ({@link
 * dev.gatun.autograd.PyTorchCall}) and how calls of it are drawn; nothing here knows an operation
 * by name, but for {@code Tolerances}, {@code Conditioning} and {@code Difference}. Methods that
 * are made of operations, and parts of decompositions up to signs, follow in the same table; they
 * are listed in {@code MatrixMethods}, {@code ShapeMethods} and {@code FoldMethods}. The
 * expressions are TorchScript, compiled by libtorch itself: the referee is PyTorch's own language,
 * not a second set of wrappers. Both sides see the same addresses, sizes and strides, so that
 * layouts are compared as they are.
 *
 * <p>A case agrees when both sides give a tensor of one type and shape whose elements are as close
 * as the operation's tolerance says, or when both refuse; and, where gradients flow, when the
 * gradients of a random linear function of the result agree likewise. Where they do not in a type
 * narrower than float64, libtorch computes the call again in float64 ({@code DoublePrecision}):
 * what agrees with that is right, and the case counts as confirmed. Where an operation may take any
 * of equal elements, their gradients are compared together ({@code Ties}).
 *
 * <p>{@code gatun fuzz} runs whole programs side by side: what single calls do not show, such as
 * views of views that are written, versions of saved tensors, gradients that add up, and memory
 * that is not given back.
 */
@NullMarked
package dev.gatun.bench.parity;

import org.jspecify.annotations.NullMarked;
