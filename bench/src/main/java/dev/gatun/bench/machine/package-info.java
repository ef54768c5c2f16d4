/** The machine a figure was taken on: what it is, and the FMA peak it reaches. */
@NullMarked
package dev.gatun.bench.machine;

import org.jspecify.annotations.NullMarked;
