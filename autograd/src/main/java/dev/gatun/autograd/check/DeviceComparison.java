package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Transfers;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import dev.gatun.memory.StridedArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares what a device computes with what the host does: values, gradients, refusals. */
final class DeviceComparison {
  private final Device device;

  DeviceComparison(Device device) {
    this.device = device;
  }

  /**
   * Compares a function's results and, where operands require them, gradients.
   *
   * @param what what is compared, for the message
   * @param operands makes the operands, on the host
   * @param function the function
   */
  void compare(String what, Supplier<Tensor[]> operands, GradientCheck.Function function) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = operands.get();
      Tensor[] there = new Tensor[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        there[i] = replica(inputs[i]);
      }
      Tensor expected;
      try {
        expected = function.apply(inputs);
      } catch (GatunException refused) {
        refuses(what, refused, there, function);
        return;
      }
      Tensor actual = function.apply(there);
      assertThere(what, actual);
      Comparison.assertClose(what + " on " + device, expected, actual);
      if (expected.requiresGrad() != actual.requiresGrad()) {
        throw new CheckException(what + ": requires a gradient on one device only");
      }
      if (expected.requiresGrad()) {
        compareGradients(what, inputs, expected, there, actual);
      }
    }
  }

  /** What a kernel finds wrong is told when the host waits for it. */
  private void refuses(
      String what, GatunException refused, Tensor[] there, GradientCheck.Function function) {
    try {
      function.apply(there).toDoubleArray();
    } catch (GatunException e) {
      if (e.getClass() == refused.getClass()) {
        return;
      }
      throw e;
    }
    throw new CheckException(what + ": refused on the host only, by " + refused);
  }

  private void compareGradients(
      String what, Tensor[] inputs, Tensor expected, Tensor[] there, Tensor actual) {
    Tensor direction = GradientCheck.direction(expected, 0);
    @Nullable Tensor[] rightOnes = gradients(inputs, expected, direction);
    @Nullable Tensor[] foundOnes = gradients(there, actual, direction.to(device));
    for (int i = 0; i < rightOnes.length; i++) {
      String name = what + " on " + device + ": gradient " + i;
      Tensor right = rightOnes[i];
      Tensor found = foundOnes[i];
      if (right != null && found != null) {
        assertThere(name, found);
        Comparison.assertCloseToLargest(name, right, found);
      } else if (right != found) {
        throw new CheckException(name + ": is there on one device only");
      }
    }
  }

  private static @Nullable Tensor[] gradients(Tensor[] inputs, Tensor result, Tensor direction) {
    return Gatun.grad(
        new Tensor[] {result},
        new Tensor[] {direction},
        GradientCheck.leaves(inputs),
        false,
        false,
        true);
  }

  private void assertThere(String what, Tensor tensor) {
    if (!tensor.device().equals(device)) {
      throw new CheckException(what + ": is on " + tensor.device() + ", not on " + device);
    }
  }

  /** The same bytes in a storage of the device, seen by the same layout. */
  Tensor replica(Tensor tensor) {
    long count = tensor.storage().byteSize();
    Storage storage = Kernels.provider(device).allocate(count);
    try (StridedArray to = bytes(storage.retain(), count);
        StridedArray from = bytes(tensor.storage().retain(), count)) {
      Transfers.copy(to, from);
    }
    Tensor replica = Tensor.on(storage, tensor.dtype(), tensor.layout());
    return tensor.requiresGrad() ? replica.requiresGrad_() : replica;
  }

  private static StridedArray bytes(Storage storage, long count) {
    return new StridedArray(storage, DType.UINT8, Layout.contiguous(Shape.of(count)));
  }

  /** Compares what a function does to its first operand, in place. */
  void compareInPlace(String what, Supplier<Tensor[]> operands, GradientCheck.Function function) {
    try (Scope scope = Scope.open()) {
      Tensor[] inputs = operands.get();
      Tensor[] there = new Tensor[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        there[i] = replica(inputs[i]);
      }
      Tensor written = function.apply(there);
      if (written != there[0]) {
        throw new CheckException(what + " on " + device + ": the first operand was not returned");
      }
      Comparison.assertClose(what + " on " + device, function.apply(inputs), written);
    }
  }
}
