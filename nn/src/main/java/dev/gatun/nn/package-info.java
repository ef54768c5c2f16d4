/**
 * Layers and the trees that they form.
 *
 * <p>A {@link dev.gatun.nn.Module} maps a tensor to a tensor and owns its parameters; {@link
 * dev.gatun.nn.Sequential} chains modules; a program writes its own in a few lines. Names and
 * defaults are PyTorch's. Losses are in {@code dev.gatun.nn.loss}, initialisers in {@code
 * dev.gatun.nn.init}, optimizers in {@code dev.gatun.nn.optim}.
 *
 * <p><b>Ownership.</b> Parameters and buffers belong to their module, not to the scope that is open
 * when it is made: they live until the module is closed. What a module computes belongs to the
 * innermost scope, like every result.
 */
@NullMarked
package dev.gatun.nn;

import org.jspecify.annotations.NullMarked;
