/**
 * Handwritten digits from file to prediction: reading, training, measuring, saving, loading,
 * serving one at a time.
 */
@NullMarked
package dev.gatun.examples.digits;

import org.jspecify.annotations.NullMarked;
