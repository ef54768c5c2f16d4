package dev.gatun.kernels.record;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.StridedArray;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How a method of a family of kernels uses its arguments, as its declaration says. */
final class CallSignature {
  /** What happens to an argument. */
  enum Role {
    READ,
    WRITTEN,
    UPDATED,
    FACTOR_OF_WRITTEN,
    OTHER
  }

  private static final Map<Method, CallSignature> KNOWN = new ConcurrentHashMap<>();

  private final Method method;
  private final Role[] roles;
  private final boolean usesArrays;
  private final boolean saysWhatItWrites;
  private final boolean usesRandomness;

  private CallSignature(Method method) {
    this.method = method;
    Class<?>[] types = method.getParameterTypes();
    Annotation[][] annotations = method.getParameterAnnotations();
    this.roles = new Role[types.length];
    boolean arrays = false;
    boolean writes = false;
    boolean random = false;
    for (int i = 0; i < types.length; i++) {
      boolean array = types[i] == StridedArray.class || types[i] == StridedArray[].class;
      roles[i] = role(annotations[i], array);
      arrays |= array;
      writes |= roles[i] == Role.WRITTEN || roles[i] == Role.UPDATED;
      random |= types[i] == Generator.class;
    }
    this.usesArrays = arrays;
    this.saysWhatItWrites = writes;
    this.usesRandomness = random;
  }

  static CallSignature of(Method method) {
    return KNOWN.computeIfAbsent(method, CallSignature::new);
  }

  private static Role role(Annotation[] annotations, boolean array) {
    for (Annotation annotation : annotations) {
      if (annotation instanceof Written) {
        return Role.WRITTEN;
      }
      if (annotation instanceof Updated) {
        return Role.UPDATED;
      }
      if (annotation instanceof FactorOfWritten) {
        return Role.FACTOR_OF_WRITTEN;
      }
    }
    return array ? Role.READ : Role.OTHER;
  }

  /** The role of an argument in a call with some arguments. */
  Role role(int index, Object[] arguments) {
    return roles[index] == Role.WRITTEN && readsWhatItWrites(arguments)
        ? Role.UPDATED
        : roles[index];
  }

  private boolean readsWhatItWrites(Object[] arguments) {
    for (int i = 0; i < roles.length; i++) {
      if (roles[i] == Role.FACTOR_OF_WRITTEN
          && arguments[i] instanceof Number factor
          && factor.doubleValue() != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is anything to record about a call. */
  boolean usesArrays() {
    return usesArrays;
  }

  boolean usesRandomness() {
    return usesRandomness;
  }

  /** Throws when a call cannot be run again from notes. */
  void checkRecordable() {
    if (method.getReturnType() != void.class) {
      throw new PlanException(
          method.getName()
              + ": returns "
              + method.getReturnType().getSimpleName()
              + " to the host, which a replay would not wait for: what follows must not depend on"
              + " elements");
    }
    if (!saysWhatItWrites) {
      throw new PlanException(
          method.getName()
              + ": "
              + method.getDeclaringClass().getSimpleName()
              + " does not declare which arrays this kernel writes");
    }
  }
}
