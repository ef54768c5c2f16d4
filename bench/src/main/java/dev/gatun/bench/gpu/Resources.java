package dev.gatun.bench.gpu;

import dev.gatun.memory.Scope;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a measurement has made, closed after it, the last one first. */
final class Resources implements AutoCloseable {

  private final Scope scope = Scope.open();
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /** Takes something over. */
  <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  @Override
  public void close() throws Exception {
    try {
      while (!owned.isEmpty()) {
        owned.pop().close();
      }
    } finally {
      scope.close();
    }
  }
}
