/**
 * The training loop: epochs, validation, learning rates, early stopping and a progress display.
 *
 * <p>Every step runs in a scope of its own, so that memory stays flat however long training takes.
 */
@NullMarked
package dev.gatun.nn.train;

import org.jspecify.annotations.NullMarked;
