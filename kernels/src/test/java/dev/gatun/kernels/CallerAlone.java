package dev.gatun.kernels;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Has kernels use the thread that calls them and no other, until the test has ended. */
public final class CallerAlone implements BeforeEachCallback {
  @Override
  public void beforeEach(ExtensionContext context) {
    int threads = Workers.threads();
    Workers.setThreads(1);
    // JUnit closes what it stores when the test has ended.
    AutoCloseable useAllThreads = () -> Workers.setThreads(threads);
    context.getStore(Namespace.create(CallerAlone.class)).put(Workers.class, useAllThreads);
  }
}
