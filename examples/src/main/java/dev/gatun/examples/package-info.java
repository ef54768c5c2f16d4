/**
 * Runnable programs that show Gatun at work; {@link dev.gatun.examples.Doctor} tells how it runs
 * here.
 */
@NullMarked
package dev.gatun.examples;

import org.jspecify.annotations.NullMarked;
