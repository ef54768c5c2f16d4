/**
 * Getting data to a model: tables read from CSV files, IDX files, datasets, splits and loaders of
 * batches.
 */
@NullMarked
package dev.gatun.nn.data;

import org.jspecify.annotations.NullMarked;
