/**
 * {@code gatun bench memory}: does a long training loop leave resident memory where it was?
 *
 * <p>The loop runs in a JVM of its own. Its heap has a fixed size and is touched before the start,
 * so that the garbage collector's freedom to use what it was given does not show. A first loop,
 * with a network of its own, is run and thrown away before the one that counts: it makes the JIT
 * compiler do its work, whose code and working memory are resident too. What could grow after that
 * are tensors.
 */
@NullMarked
package dev.gatun.bench.memory;

import org.jspecify.annotations.NullMarked;
