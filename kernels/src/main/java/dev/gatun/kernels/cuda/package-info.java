/**
 * CUDA: whether this machine has it, and where what belongs to it was found.
 *
 * <p>Nothing here loads a library before it is asked for. On the module path the JVM prints a
 * warning when native code is first called; {@code --enable-native-access=dev.gatun.bindings} says
 * that this is intended.
 */
@NullMarked
package dev.gatun.kernels.cuda;

import org.jspecify.annotations.NullMarked;
