/**
 * The libraries Gatun is measured against, called from Java: OpenBLAS and oneMKL straight through
 * the foreign function interface, libtorch through its JVM wrapper.
 *
 * <p>Their shared objects come as Maven artifacts in the profile {@code peers}. A peer that is not
 * there is a {@link dev.gatun.bench.peers.PeerLookup.Missing} with the reason; it is shown in the
 * report and stops nobody.
 */
@NullMarked
package dev.gatun.bench.peers;

import org.jspecify.annotations.NullMarked;
