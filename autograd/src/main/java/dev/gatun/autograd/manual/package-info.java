/**
 * What {@code help} and {@code dir} answer in JShell: signatures by reflection, facts from the
 * catalogue, and doc comments from Gatun's sources where those are at hand.
 */
@NullMarked
package dev.gatun.autograd.manual;

import org.jspecify.annotations.NullMarked;
