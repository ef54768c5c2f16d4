package dev.gatun.autograd;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.record.Recording;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Layout;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Placement;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Shape;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where operations compute: where their operands are. An operation whose operands are elsewhere
 * than this thread's {@linkplain Placement place} goes there for the time, so that what it makes on
 * the way is made there, too.
 *
 * <p>Asked only where {@link Placement#devicesInUse} says that there is anything to ask.
 */
final class Devices {
  /**
   * From where to where elements are copied.
   *
   * @param from where they are
   * @param to where the copy is to be
   */
  record Move(Device from, Device to) {}

  /** A contiguous copy on another device. */
  static final StructuralOp<Move> TO =
      StructuralOp.<Move>named(
              "to",
              call -> {
                Tensor x = call.input(0);
                Tensor result =
                    at(memory(call.attributes().to), () -> call.result(x.dtype(), x.shape()));
                Transfers.copy(result, x);
                return result;
              })
          .gradient(StructuralOp.NOTHING, (call, g) -> g.to(call.attributes().from));

  private Devices() {}

  /** Returns what this thread gives its work for a tensor's device to; null for the host's. */
  static DeviceProvider.@Nullable Stream stream(Tensor tensor) {
    return tensor.storage().memory() instanceof DeviceProvider device ? device.stream() : null;
  }

  /** Tells whether a tensor is elsewhere than where this thread computes. */
  static boolean elsewhere(Tensor tensor) {
    return tensor.storage().memory() != Placement.current();
  }

  /** Tells whether either of two tensors is elsewhere than where this thread computes. */
  static boolean elsewhere(Tensor a, Tensor b) {
    DeviceMemory here = Placement.current();
    return a.storage().memory() != here || b.storage().memory() != here;
  }

  /** Tells whether any tensor is elsewhere than where this thread computes. */
  static boolean anyElsewhere(Tensor[] tensors) {
    DeviceMemory here = Placement.current();
    for (Tensor tensor : tensors) {
      if (tensor.storage().memory() != here) {
        return true;
      }
    }
    return false;
  }

  /**
   * Computes where some tensors are.
   *
   * @param operation the name of the operation, for errors
   * @param tensors all the operands, and what is written
   * @param computation what to compute
   * @return what the computation returns
   * @throws DeviceException when the tensors are on different devices
   */
  static <T> T at(String operation, Tensor[] tensors, Supplier<T> computation) {
    return at(common(operation, tensors), computation);
  }

  /** Computes where a tensor is. */
  static <T> T at(Tensor tensor, Supplier<T> computation) {
    return at(tensor.storage().memory(), computation);
  }

  private static <T> T at(@Nullable DeviceMemory memory, Supplier<T> computation) {
    DeviceMemory before = Placement.enter(memory);
    try {
      return computation.get();
    } finally {
      Placement.enter(before);
    }
  }

  private static @Nullable DeviceMemory common(String operation, Tensor[] tensors) {
    if (tensors.length == 0) {
      return Placement.current();
    }
    DeviceMemory first = tensors[0].storage().memory();
    for (Tensor tensor : tensors) {
      if (tensor.storage().memory() != first) {
        throw mixed(operation, tensors);
      }
    }
    return first;
  }

  private static DeviceException mixed(String operation, Tensor[] tensors) {
    StringJoiner operands = new StringJoiner(", ");
    for (Tensor tensor : tensors) {
      operands.add(tensor.describe() + " on " + tensor.device());
    }
    return new DeviceException(
        operation
            + ": "
            + operands
            + ": all operands are on one device; copy them there with to(device)");
  }

  /**
   * Computes an elementwise operation where its operands are. Scalars of the host that stand beside
   * tensors of a device are copied there for the time; gradients flow to the scalars.
   *
   * @param operation the name of the operation, for errors
   * @param tensors the operands
   * @param first the first that may be copied: what is written stays
   * @param computation what to compute, of the operands with the copies among them
   * @return what the computation returns
   * @throws DeviceException when the tensors are on different devices
   */
  static <T> T atJoined(
      String operation, Tensor[] tensors, int first, Function<Tensor[], T> computation) {
    Tensor[] joined = joined(tensors, first);
    try {
      return at(operation, joined, () -> computation.apply(joined));
    } finally {
      for (int i = first; i < joined.length && joined != tensors; i++) {
        if (joined[i] != tensors[i]) {
          joined[i].close();
        }
      }
    }
  }

  private static Tensor[] joined(Tensor[] tensors, int first) {
    Tensor elsewhere = null;
    for (Tensor tensor : tensors) {
      if (tensor.storage().memory() != null) {
        elsewhere = tensor;
      }
    }
    Tensor[] result = tensors;
    for (int i = first; i < tensors.length && elsewhere != null; i++) {
      Tensor tensor = tensors[i];
      if (tensor.rank() == 0 && tensor.storage().memory() == null) {
        if (result == tensors) {
          result = tensors.clone();
        }
        result[i] = tensor.to(elsewhere.device());
      }
    }
    return result;
  }

  /** Makes a tensor of zeros on the device of another. */
  static Tensor zeros(Tensor beside, DType dtype, Shape shape) {
    return full(beside, dtype, shape, 0);
  }

  /** Makes a tensor of ones on the device of another. */
  static Tensor ones(Tensor beside, DType dtype, Shape shape) {
    return full(beside, dtype, shape, 1);
  }

  /** Makes a tensor of one value on the device of another. */
  static Tensor full(Tensor beside, DType dtype, Shape shape, double value) {
    return Placement.devicesInUse() && elsewhere(beside)
        ? at(beside, () -> Gatun.full(dtype, shape, value))
        : Gatun.full(dtype, shape, value);
  }

  /** As the above, exact for int64 beyond 2^53 too. */
  static Tensor full(Tensor beside, DType dtype, Shape shape, long value) {
    return Placement.devicesInUse() && elsewhere(beside)
        ? at(beside, () -> Gatun.full(dtype, shape, value))
        : Gatun.full(dtype, shape, value);
  }

  /** Throws where a copy to another device would have to become a part of a plan. */
  static void checkNotCaptured(String operation, Tensor tensor, Device device) {
    if (Recording.isActive()) {
      throw new PlanException(
          operation
              + ": a copy of "
              + tensor.describe()
              + " from "
              + tensor.device()
              + " to "
              + device
              + " in a step that is being captured: plans run on one device; copy before the step");
    }
  }

  /** Returns the memory of a device; null for the host's. */
  static @Nullable DeviceMemory memory(Device device) {
    return device.isCpu() ? null : Kernels.provider(device);
  }

  /** Copies elements to a device, into new contiguous memory, without recording. */
  static Tensor copy(Tensor tensor, Device device) {
    Tensor result = allocate(tensor, device);
    Transfers.copy(result, tensor);
    return result;
  }

  private static Tensor allocate(Tensor like, Device device) {
    DeviceMemory memory = memory(device);
    Shape shape = like.shape();
    long bytes = Tensor.byteSize(like.dtype(), shape);
    return new Tensor(
        memory == null ? MemoryPool.shared().allocate(bytes) : memory.allocate(bytes),
        like.dtype(),
        Layout.contiguous(shape));
  }

  /**
   * Returns elements on the host, to be read by Java and closed: after all that has been given to
   * their device.
   *
   * @param tensor the tensor
   * @return another handle on it where it is there already, else a copy
   */
  static Tensor onHost(Tensor tensor) {
    return tensor.device().isCpu() ? tensor.detach() : copy(tensor, Device.CPU);
  }

  /**
   * Makes a tensor on the host, and copies it to where this thread makes new ones.
   *
   * @param making makes the tensor, with Java
   * @return the tensor, or the copy, with which the tensor is closed
   */
  static Tensor made(Supplier<Tensor> making) {
    DeviceMemory here = Placement.current();
    if (here == null) {
      return making.get();
    }
    try (Tensor made = at((DeviceMemory) null, making)) {
      Tensor copy = copy(made, here.device());
      Recording.filledByHost(copy);
      return copy;
    }
  }
}
