package dev.gatun.kernels.pointwise;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The one copy of every live expression. Entries are weak: an expression that nobody holds leaves
 * the table.
 */
final class ExpressionTable {
  private static final ConcurrentHashMap<Entry, Entry> ENTRIES = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Expression> CLEARED = new ReferenceQueue<>();

  private ExpressionTable() {}

  static Expression intern(Expression node) {
    removeCleared();
    var entry = new Entry(node);
    while (true) {
      var existing = ENTRIES.putIfAbsent(entry, entry);
      if (existing == null) {
        return node;
      }
      var shared = existing.get();
      if (shared != null) {
        return shared;
      }
      ENTRIES.remove(existing);
    }
  }

  private static void removeCleared() {
    for (var cleared = CLEARED.poll(); cleared != null; cleared = CLEARED.poll()) {
      ENTRIES.remove(cleared);
    }
  }

  private static final class Entry extends WeakReference<Expression> {
    private final int hash;

    Entry(Expression node) {
      super(node, CLEARED);
      hash = node.structuralHash();
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      if (!(other instanceof Entry that) || hash != that.hash) {
        return false;
      }
      var mine = get();
      var theirs = that.get();
      return mine != null && theirs != null && mine.sameNode(theirs);
    }
  }
}
