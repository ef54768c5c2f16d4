package dev.gatun.kernels.record;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.gemm.Epilogue;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Kernels say what a recording must know of them. */
class KernelDeclarationsTest {
  private static List<Method> kernels() {
    List<Method> kernels = new ArrayList<>();
    for (Method family : KernelProvider.class.getMethods()) {
      if (family.getReturnType().isInterface()) {
        for (Method kernel : family.getReturnType().getMethods()) {
          if (Arrays.stream(kernel.getParameterTypes())
              .anyMatch(type -> type == StridedArray.class || type == StridedArray[].class)) {
            kernels.add(kernel);
          }
        }
      }
    }
    return kernels;
  }

  @Test
  void thereAreKernels() {
    assertTrue(kernels().size() >= 35, kernels().toString());
  }

  @Test
  void kernelsDeclareWhatTheyWrite() {
    for (Method kernel : kernels()) {
      boolean writes =
          Arrays.stream(kernel.getParameters())
              .anyMatch(parameter ->
                  parameter.isAnnotationPresent(Written.class)
                      || parameter.isAnnotationPresent(Updated.class));
      assertTrue(
          writes || kernel.getReturnType() != void.class,
          kernel + ": mark what is written with @Written or @Updated");
    }
  }

  @Test
  void argumentsAreOfKindsThatARecordingKnows() {
    Set<Class<?>> known =
        Set.of(
            StridedArray.class,
            StridedArray[].class,
            Generator.class,
            Epilogue.class,
            String.class,
            Shape.class,
            int[].class,
            long[].class,
            double[].class);
    for (Method kernel : kernels()) {
      for (Class<?> type : kernel.getParameterTypes()) {
        boolean plain = type.isPrimitive() || type.isEnum() || isPlainRecord(type);
        assertTrue(
            plain || known.contains(type),
            kernel + ": a recording cannot tell which memory a " + type + " stands for");
      }
    }
  }

  /** A record of numbers and constants stays what it is. */
  private static boolean isPlainRecord(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getRecordComponents())
            .allMatch(component ->
                component.getType().isPrimitive()
                    || component.getType().isEnum()
                    || isPlainRecord(component.getType()));
  }
}
