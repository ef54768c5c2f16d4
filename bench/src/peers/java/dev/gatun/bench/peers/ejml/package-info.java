/** EJML as a peer. Compiled in the Maven profile {@code peers} only. */
@NullMarked
package dev.gatun.bench.peers.ejml;

import org.jspecify.annotations.NullMarked;
