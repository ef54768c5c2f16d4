/**
 * Many kernels from one source: copies of a class that differ in their constants.
 *
 * <p>Operations that all vectors share call one that each class of vectors has its own of, which C2
 * puts in place where it knows the class. Elsewhere it falls back on the profile of the JDK's
 * method, which everybody in the process shares: there is none if that method was first compiled
 * while the compiler had much to do, it names two classes once an application has used vectors of
 * two widths, and tells nothing once those of three have been seen. Then each turn of a loop may
 * make an object on the heap, for as long as the process lives. So that C2 knows the class:
 *
 * <ul>
 *   <li>What a template loads is cast to the class of its species, which is found by its type; a
 *       template has one species of an element type, or goes without. Where it has one species
 *       alone, vectors taken for such of another element type are cast as well. {@link
 *       dev.gatun.kernels.specialize.Specialization} writes the casts.
 *   <li>What a loop hands on from turn to turn is an argument of vector operations there, {@code
 *       x.add(sum)}, not the receiver, {@code sum.add(x)}: of {@code sum} C2 knows only what it is
 *       declared as until the operation itself is in place. A cast at the head of the loop is no
 *       way out: vectors that pass through it unchanged become objects.
 *   <li>What comes out of a loop goes through {@link dev.gatun.kernels.specialize.ExactClass}
 *       before it is stored or receives an operation that all vectors share. Those that each class
 *       has its own of, such as {@code blend} and {@code lanewise}, have a profile in the copy.
 * </ul>
 */
@NullMarked
package dev.gatun.kernels.specialize;

import org.jspecify.annotations.NullMarked;
