/**
 * {@code gatun bench gemm}: square matrix products, Gatun against every peer.
 *
 * <h2>Method</h2>
 *
 * <ul>
 *   <li>Operands are random, row-major, aligned alike, off the heap, and the same memory for all
 *       contestants. The result is overwritten ({@code beta} is 0).
 *   <li>Before a case is timed every contestant's result is checked: sampled elements against dot
 *       products in double precision, and all elements against the first contestant's. A contestant
 *       that disagrees ends the run with an error.
 *   <li>Each fork is a fresh JVM with no compiler flag, for one thread setting, which it gets
 *       through the libraries' environment variables and again through their calls. Within a fork
 *       the contestants take turns: in each of several rounds everybody has one slice, in rotating
 *       order (see {@link dev.gatun.bench.timing.SliceTimer} for a slice). With several threads
 *       there is a pause after each slice, longer than the time idle threads of a library keep
 *       spinning, so that nobody computes while a predecessor's threads burn a core.
 *   <li>Nobody is timed cold: Gatun has its kernels compiled first ({@code warmUp}), and everybody
 *       is called until it gets no faster. What first calls cost is not measured here.
 *   <li>A figure is the median over rounds, and then over forks. The FMA peak is measured in slices
 *       between those of the contestants and treated likewise.
 *   <li>On all threads a peer is given its better setting, all threads or one. Gatun is not: it has
 *       to choose by itself.
 * </ul>
 */
@NullMarked
package dev.gatun.bench.gemm;

import org.jspecify.annotations.NullMarked;
