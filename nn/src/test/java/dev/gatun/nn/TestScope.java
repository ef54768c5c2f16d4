package dev.gatun.nn;

import dev.gatun.memory.Scope;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Gives each test a scope, which closes what the test leaves open. */
public final class TestScope implements BeforeEachCallback {
  @Override
  public void beforeEach(ExtensionContext context) {
    // JUnit closes what it stores when the test has ended.
    context.getStore(Namespace.create(TestScope.class)).put(Scope.class, Scope.open());
  }
}
