/**
 * Many kernels from one source: copies of a class that differ in their constants.
 *
 * <p>What a loop hands on from turn to turn should be an argument of vector operations there,
 * {@code x.add(sum)}, not the receiver, {@code sum.add(x)}. Operations that all vectors share call
 * one that each class of vectors has its own of, which C2 puts in place where it knows the class:
 * that of {@code x}, which has just been made. Of {@code sum} it knows only what it is declared as
 * until the operation itself is in place, and falls back on the profile of the JDK's method, which
 * everybody in the process shares: there is none if that method was first compiled while the
 * compiler had much to do, and it tells nothing once vectors of three widths have been seen. Then
 * each turn makes an object on the heap, for as long as the process lives. A cast to the exact
 * class at the head of the loop is no way out: vectors that pass through it unchanged become
 * objects.
 */
@NullMarked
package dev.gatun.kernels.specialize;

import org.jspecify.annotations.NullMarked;
