package dev.gatun.kernels.record;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that run and take notes: one set for each real provider, whatever families that has.
 *
 * <p>Families are wrapped by what their interfaces declare, so that one which is added is recorded
 * as well.
 */
public final class RecordingProvider {
  private static final Map<KernelProvider, KernelProvider> KNOWN = new ConcurrentHashMap<>();
  private static final Object[] NOTHING = {};

  private RecordingProvider() {}

  /**
   * Returns the provider that runs the kernels of another and takes notes.
   *
   * @param real the other provider
   * @return the same instance for the same provider
   */
  static KernelProvider of(KernelProvider real) {
    return KNOWN.computeIfAbsent(
        real, unseen -> wrap(KernelProvider.class, new ProviderHandler(unseen)));
  }

  /**
   * Returns the provider behind one that takes notes.
   *
   * @param provider any provider
   * @return the real one; {@code provider} itself when it takes no notes
   */
  public static KernelProvider real(KernelProvider provider) {
    return Proxy.isProxyClass(provider.getClass())
            && Proxy.getInvocationHandler(provider) instanceof ProviderHandler handler
        ? handler.real
        : provider;
  }

  /**
   * Returns a kernel that takes notes where a provider does.
   *
   * @param provider the provider
   * @param real a kernel of the real provider
   * @return a kernel that runs {@code real}
   */
  public static PointwiseKernel recording(KernelProvider provider, PointwiseKernel real) {
    return real(provider) == provider ? real : new RecordingPointwiseKernel(real);
  }

  private static <T> T wrap(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            RecordingProvider.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object invoke(
      Object target, Method method, @Nullable Object @Nullable [] arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new UndeclaredThrowableException(e.getCause());
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " is not public", e);
    }
  }

  /** Hands out families of kernels. */
  private static final class ProviderHandler implements InvocationHandler {
    private final KernelProvider real;
    private final Map<Method, Object> families = new ConcurrentHashMap<>();

    ProviderHandler(KernelProvider real) {
      this.real = real;
    }

    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
      if (method.getReturnType() == PointwiseKernel.class) {
        return new RecordingPointwiseKernel(
            (PointwiseKernel)
                Objects.requireNonNull(RecordingProvider.invoke(real, method, arguments)));
      }
      if (arguments == null && method.getReturnType().isInterface()) {
        return families.computeIfAbsent(method, this::family);
      }
      if (method.getName().equals("equals") && arguments != null) {
        return proxy == arguments[0];
      }
      return RecordingProvider.invoke(real, method, arguments);
    }

    private Object family(Method method) {
      Object kernels = Objects.requireNonNull(RecordingProvider.invoke(real, method, NOTHING));
      return wrap(method.getReturnType(), new FamilyHandler(kernels));
    }
  }

  /** Runs kernels of one family. */
  private record FamilyHandler(Object real) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
      Recording recording = Recording.takingNotes();
      if (recording == null || arguments == null || !CallSignature.of(method).usesArrays()) {
        return RecordingProvider.invoke(real, method, arguments);
      }
      recording.run(
          real, method, arguments, () -> RecordingProvider.invoke(real, method, arguments));
      return null;
    }
  }
}
