/** Operations that a program declares itself; {@code docs/adding-an-op.md} explains them. */
@NullMarked
package dev.gatun.examples.operations;

import org.jspecify.annotations.NullMarked;
