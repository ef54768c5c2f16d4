package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Op;
import dev.gatun.autograd.PointwiseOp;
import dev.gatun.autograd.StructuralOp;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.memory.Device;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The checks that follow from the declaration of an operation. With JUnit, a class of operations is
 * tested by one method:
 *
 * {@snippet :
 * import java.util.stream.Stream;
 * import org.junit.jupiter.api.DynamicTest;
 * import org.junit.jupiter.api.TestFactory;
 *
 * @TestFactory
 * Stream<DynamicTest> checks() {
 *   return Catalogue.of(Activations.class).stream()
 *       .flatMap(op -> OpChecks.of(op).stream())
 *       .map(check -> DynamicTest.dynamicTest(check.toString(), check::run));
 * }
 * }
 *
 * <p>Checks of kind {@link Check.Kind#ORACLE} change the kernel provider of the process while they
 * run, and those of kind {@link Check.Kind#LEAKS} look at the shared pool: run checks one after
 * another.
 */
public final class OpChecks {
  private OpChecks() {}

  /**
   * Makes the checks of an operation, against every provider that this machine has.
   *
   * @param op the operation
   * @return the checks
   */
  public static List<Check> of(Op op) {
    List<Check> checks = new ArrayList<>();
    switch (op) {
      case PointwiseOp pointwise -> PointwiseChecks.add(pointwise, checks);
      case StructuralOp<?> structural -> StructuralChecks.add(structural, checks);
    }
    return checks;
  }

  /**
   * Makes the checks of an operation that compare a device with the host: values, gradients, writes
   * in place and refusals. What a device has no kernels for ends in a {@link
   * dev.gatun.memory.DeviceException} that says so.
   *
   * @param op the operation
   * @param device the device
   * @return the checks
   */
  public static List<Check> of(Op op, Device device) {
    List<Check> checks = new ArrayList<>();
    DeviceComparison comparison = new DeviceComparison(device);
    switch (op) {
      case PointwiseOp pointwise -> PointwiseChecks.addDevice(pointwise, comparison, checks);
      case StructuralOp<?> structural -> StructuralChecks.addDevice(structural, comparison, checks);
    }
    return checks;
  }

  /** The providers that are compared with the scalar one. */
  static List<KernelProvider> providers() {
    return Providers.AVAILABLE;
  }

  /** Found once; touches the vector classes only where the process computes with vectors. */
  private static final class Providers {
    static final List<KernelProvider> AVAILABLE = find();

    private static List<KernelProvider> find() {
      KernelProvider active = Kernels.provider();
      return active == ScalarProvider.instance() ? List.of() : VectorWidths.all();
    }
  }

  /** Runs something with a provider, in a scope of its own. */
  static void with(KernelProvider provider, Runnable body) {
    try (Kernels.Selection selection = Kernels.use(provider);
        Scope scope = Scope.open()) {
      body.run();
    }
  }

  /** Compares the backward kernels of a provider with those in plain Java. */
  static void compareGradients(
      String what,
      KernelProvider provider,
      Supplier<Tensor[]> operands,
      GradientCheck.Function function) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = operands.get();
      @Nullable Tensor[] expected = gradients(ScalarProvider.instance(), inputs, function);
      @Nullable Tensor[] actual = gradients(provider, inputs, function);
      for (int i = 0; i < expected.length; i++) {
        String name = what + ": gradient " + i;
        Tensor right = expected[i];
        Tensor found = actual[i];
        if (right != null && found != null) {
          Comparison.assertCloseToLargest(name, right, found);
        } else if (right != found) {
          throw new CheckException(name + ": is there with one provider only");
        }
      }
    }
  }

  private static @Nullable Tensor[] gradients(
      KernelProvider provider, Tensor[] inputs, GradientCheck.Function function) {
    try (Kernels.Selection selection = Kernels.use(provider)) {
      Tensor result = function.apply(inputs);
      return result.requiresGrad()
          ? Gatun.grad(
              new Tensor[] {result},
              new Tensor[] {GradientCheck.direction(result, 0)},
              GradientCheck.leaves(inputs),
              false,
              false,
              true)
          : new Tensor[0];
    }
  }

  /** Checks that something leaves the shared pool as it was. */
  static void leavesPool(String what, Runnable body) {
    try (Scope scope = Scope.open()) {
      body.run();
    }
    long before = MemoryPool.shared().inUseBytes();
    try (Scope scope = Scope.open()) {
      body.run();
    }
    long after = MemoryPool.shared().inUseBytes();
    if (after != before) {
      throw new CheckException(
          what + ": " + (after - before) + " bytes more are in use than before");
    }
  }

  /** Checks that something is refused. */
  static void refuses(
      String what, Class<? extends RuntimeException> type, String rule, Supplier<?> call) {
    Object result;
    try {
      result = call.get();
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage());
      if (!type.isInstance(e) || !message.contains(rule)) {
        throw new CheckException(
            what
                + ": refused by "
                + e
                + ", not by "
                + type.getSimpleName()
                + " with '"
                + rule
                + "'");
      }
      return;
    }
    throw new CheckException(what + ": gave " + result + " instead of a " + type.getSimpleName());
  }
}
