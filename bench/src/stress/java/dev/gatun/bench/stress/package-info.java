/**
 * Races on reference counts and on the pool, for jcstress. Compiled in the Maven profile {@code
 * stress} only.
 *
 * <p>Blocks come from one pool per test class, and a block that is given back is the next to be
 * handed out on the same thread. So if a block went back while somebody still held it, the thread
 * that released it would get it again at once and write into it, and its holder would read that.
 */
@NullMarked
package dev.gatun.bench.stress;

import org.jspecify.annotations.NullMarked;
