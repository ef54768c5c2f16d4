/**
 * Operations: every operation of the catalogue that PyTorch has too, timed beside it on calls of
 * real work. Where {@code gatun bench cpu} times what a table says, this shows an operation that
 * nobody thought of.
 *
 * <p>Nothing here knows an operation by name. Its declaration draws the calls, at the {@linkplain
 * dev.gatun.autograd.Draw#ofWork scale of real work}, and says what they are in PyTorch ({@link
 * dev.gatun.autograd.PyTorchCall}); libtorch computes that on the same memory, as TorchScript that
 * is run as it is written. An operation whose declaration draws no calls is listed as not timed.
 *
 * <h2>Method</h2>
 *
 * <ul>
 *   <li>The same command times the same calls: seeds are made of names.
 *   <li>Inputs are row-major and of one type, the numbers random within the operation's domain.
 *       Where an operation takes no numbers of that type, its inputs are int32.
 *   <li>Both sides compute once first, and what they compute is compared as {@code gatun parity}
 *       does, except that sums are long here: elements may be apart by roundings of the largest
 *       one, and by a few times what libtorch is from its own double precision. A difference is
 *       reported, and the call is not timed.
 *   <li>All calls are timed in one JVM, one after the other: code that many operations share has
 *       met all that came before, as it has in a service, and not one operation alone. If the
 *       process ends in the middle of an operation, that is reported, and another one goes on with
 *       the next.
 *   <li>Gatun is called until it gets no faster and the JIT compiler has nothing to do, for ten
 *       seconds at most: a kernel may take a hundred times its time until it is compiled. Then the
 *       sides take turns in short slices ({@link dev.gatun.bench.timing.SliceTimer}). A time is the
 *       median of the slices, a ratio the median of the quotients of slices beside each other.
 *   <li>Each call makes a new result, which is freed before the next one, on both sides. libtorch
 *       runs in inference mode, or with gradients forward and backward, as Gatun does.
 *   <li>To call libtorch through its interpreter costs one or two microseconds for each function.
 *       Calls that both sides finish in less than ten, views among them, are listed by themselves
 *       and have no part in the summary. An expression made of several functions costs libtorch all
 *       of them.
 * </ul>
 */
@NullMarked
package dev.gatun.bench.ops;

import org.jspecify.annotations.NullMarked;
