/**
 * How good a model is: figures gathered batch by batch, in double precision, outside every graph.
 *
 * <p>Metrics hold numbers alone, no tensors. They are not thread-safe.
 */
@NullMarked
package dev.gatun.nn.metrics;

import org.jspecify.annotations.NullMarked;
