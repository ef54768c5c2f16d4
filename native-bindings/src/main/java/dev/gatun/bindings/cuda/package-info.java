/**
 * What the kernels hold of CUDA: handles that are owned, pointers that the host cannot read, errors
 * with the call and its arguments.
 *
 * <p>Everything here is thin. A method is one call of the driver or of a library, and a check of
 * what it returned; calls that are made for every operation go to the generated bindings directly,
 * with a handle's {@code handle()} and {@link dev.gatun.bindings.cuda.CudaStatus}.
 *
 * <h2>Threads</h2>
 *
 * <p>The driver keeps a current context for each thread of the operating system. Gatun sets it
 * around each group of calls and takes it back after:
 *
 * {@snippet :
 * try (var current = context.enter()) {
 *   // calls
 * }
 * }
 *
 * <p>That leaves alone what other users of CUDA in the process have made current, and needs no
 * thread of its own, whose queue would cost more than most launches. A virtual thread is carried by
 * one thread of the operating system for as long as it does not block; so between entering and
 * leaving nothing may block: no lock, no input or output, no first use of a class. Leaving checks
 * that the context taken back is the one that was entered, and says so where it is not. What this
 * package calls there is linked before the first context is handed out; other calls are to be
 * linked by their users, with {@code cuda_h.cuSomething$handle()}.
 *
 * <p>Handles may be used by any thread, and closed by any, once: closing again does nothing. What
 * two threads may not do at once is said at each type.
 *
 * <h2>Ownership</h2>
 *
 * <p>Who makes a handle closes it. One that becomes unreachable unclosed is closed by a cleaner,
 * with a warning in the log that says what it was; {@link
 * dev.gatun.bindings.cuda.OwnedHandle#live()} counts those that are open.
 */
@NullMarked
package dev.gatun.bindings.cuda;

import org.jspecify.annotations.NullMarked;
