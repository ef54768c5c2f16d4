/**
 * A contest: one computation, declared once as a {@link dev.gatun.bench.contest.BenchmarkCase}, run
 * by Gatun and by every peer that can do it.
 *
 * <h2>Method</h2>
 *
 * <ul>
 *   <li>Operands are random, aligned alike, off the heap and the same memory for all contestants (a
 *       library that only takes its own arrays gets copies, made before the clock starts).
 *   <li>Before a case is timed every contestant's result is compared with the first one's. A
 *       contestant that disagrees is reported, and the case counts as missed.
 *   <li>A peer takes part with one thread and with all of them, and with each way of calling it
 *       that the case declares; after the warm-up only those are timed that are not clearly slower
 *       than the same peer's best. Gatun has to choose by itself.
 *   <li>In a quick run, a peer that was far slower than another one is left out of the family's
 *       cases that follow, unless nobody else would be left: it cannot become the best, whose time
 *       is the one that counts.
 *   <li>Within a fork (a fresh JVM without compiler flags) the contestants take turns: in each of
 *       several rounds everybody has one slice, in rotating order (see {@link
 *       dev.gatun.bench.timing.SliceTimer} for a slice). After a slice on several threads there is
 *       a pause, longer than the time that idle threads of any library keep spinning, and each
 *       slice begins with calls that are not timed: nobody computes while a predecessor's threads
 *       burn a core, and nobody pays for waking up.
 *   <li>Nobody is timed cold: everybody is called until it gets no faster. What first calls cost is
 *       measured by {@link dev.gatun.bench.first.FirstCalls}.
 *   <li>A time is the median over rounds, and then over forks. So is a ratio, of the quotients of
 *       two contestants' times in the same round: it need not be the quotient of the two times
 *       printed beside it, which may be of different rounds. Where a machine is disturbed for
 *       longer than a round lasts, all contestants of that round are.
 *   <li>What the machine could do at best is measured in the same process: the peak of fused
 *       multiply-adds, and the speed of reading and writing as much memory as the case touches.
 * </ul>
 */
@NullMarked
package dev.gatun.bench.contest;

import org.jspecify.annotations.NullMarked;
