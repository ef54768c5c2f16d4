package dev.gatun.kernels;

import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.record.RecordingProvider;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.Placement;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.StridedArray;
import java.lang.System.Logger.Level;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which kernels are in use.
 *
 * <p>The choice is made once, when a kernel is first needed: the Vector API at the width that the
 * machine prefers, or plain Java where that is not possible. In the latter case one line of the log
 * {@code dev.gatun.kernels} says why, and how to get the faster one. Two system properties overrule
 * it: {@value #PROVIDER_PROPERTY} ({@code scalar} or {@code vector}) and {@value #LANES_PROPERTY}
 * (128, 256 or 512: the width of vectors in bits).
 */
public final class Kernels {
  /** The system property that forces the provider: {@code scalar} or {@code vector}. */
  public static final String PROVIDER_PROPERTY = "gatun.provider";

  /** The system property that forces the width of vectors in bits: 128, 256 or 512. */
  public static final String LANES_PROPERTY = "gatun.lanes";

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /**
   * What is in use; null until it is needed, while a thread uses kernels of its own, and as soon as
   * a device is in use.
   */
  private static @Nullable KernelProvider active;

  /** What threads use that have none of their own; null until it is needed. */
  private static volatile @Nullable KernelProvider common;

  private static int threadsWithTheirOwn;
  private static boolean devicesInUse;
  private static final ThreadLocal<@Nullable KernelProvider> OF_THREAD = new ThreadLocal<>();
  private static String reason = "";

  private Kernels() {}

  /**
   * Returns the provider whose kernels are in use: that of the device on which this thread
   * {@linkplain Placement#current makes new tensors}.
   *
   * @return the provider
   * @throws ArgumentException if a system property asks for what this machine or virtual machine
   *     does not have
   */
  public static KernelProvider provider() {
    var provider = active;
    return provider != null ? provider : providerOfThread();
  }

  private static KernelProvider providerOfThread() {
    // Of another thread's beginning or end this one may hear late: neither is about its own.
    var own = threadsWithTheirOwn == 0 ? null : OF_THREAD.get();
    var there = Placement.current() instanceof DeviceProvider device ? device : null;
    if (own == null) {
      return there != null ? there : choose();
    }
    checkSameDevice(RecordingProvider.real(own), there);
    return own;
  }

  /** What takes notes of the kernels of one device would leave those of another out. */
  private static void checkSameDevice(KernelProvider own, @Nullable DeviceProvider there) {
    if (there != null ? own != there : own instanceof DeviceProvider) {
      throw new PlanException(
          "capture: an operation on "
              + (there == null ? "the host" : there.device())
              + " in a step that computes with "
              + own.name()
              + ": a plan runs on the device of its inputs, or on that of Gatun.on(device) around"
              + " the capture");
    }
  }

  /**
   * Returns the provider of the device that an array is on.
   *
   * @param array the array
   * @return the provider; for arrays of the host what this thread uses for those
   */
  public static KernelProvider providerOf(StridedArray array) {
    if (!Placement.devicesInUse()) {
      return provider();
    }
    DeviceMemory before = Placement.enter(array.storage().memory());
    try {
      return provider();
    } finally {
      Placement.enter(before);
    }
  }

  /**
   * Returns the provider of a device, which is got ready when it is first asked for.
   *
   * @param device a device other than the host
   * @return always the same for a device
   * @throws ArgumentException when the device is the host
   * @throws dev.gatun.memory.DeviceException when there is no such device, or it cannot be used,
   *     with the reason and every place that was looked in
   */
  public static DeviceProvider provider(Device device) {
    return switch (device.kind()) {
      case CPU -> throw new ArgumentException("provider: " + device + " is the host");
      case CUDA -> Cuda.provider(device);
    };
  }

  /**
   * Takes note that a device is in use, so that threads may compute there from now on. Called by
   * whatever makes a {@link DeviceProvider} ready, before it hands it out.
   */
  public static synchronized void countDevice() {
    if (!devicesInUse) {
      Placement.countDevice();
      devicesInUse = true;
      active = null;
    }
  }

  /**
   * Returns why the provider was chosen at the start, in words for a report. A later {@link #use}
   * does not change it.
   *
   * @return the reason, for example {@code the Vector API is present; this machine has 128, 256
   *     bits}
   */
  public static synchronized String reason() {
    choose();
    return reason;
  }

  /**
   * Uses other kernels from now on, for tests and comparisons. The setting is that of the whole
   * process, save threads that {@linkplain #useOnThisThread use their own}; threads that are
   * computing at this moment may see it late.
   *
   * @param provider the kernels to use
   * @return what puts the former provider back when it is closed
   */
  public static synchronized Selection use(KernelProvider provider) {
    var former = choose();
    setCommon(provider);
    return () -> setCommon(former);
  }

  private static synchronized void setCommon(KernelProvider provider) {
    common = provider;
    active = threadsWithTheirOwn == 0 && !devicesInUse ? provider : null;
  }

  /**
   * Uses other kernels on this thread, which lets all threads take a slower way to theirs for the
   * time.
   *
   * @param provider the kernels to use
   * @return what puts the former provider back when this thread closes it
   */
  public static Selection useOnThisThread(KernelProvider provider) {
    choose();
    var former = OF_THREAD.get();
    OF_THREAD.set(provider);
    countThreads(1);
    return () -> {
      OF_THREAD.set(former);
      countThreads(-1);
    };
  }

  private static synchronized void countThreads(int change) {
    threadsWithTheirOwn += change;
    active = threadsWithTheirOwn == 0 && !devicesInUse ? common : null;
  }

  /** A temporary choice of provider, ended by closing it. */
  @FunctionalInterface
  public interface Selection extends AutoCloseable {
    /** Puts the provider back that was in use before. */
    @Override
    void close();
  }

  private static KernelProvider choose() {
    var provider = common;
    return provider != null ? provider : chooseOnce();
  }

  private static synchronized KernelProvider chooseOnce() {
    var provider = common;
    if (provider == null) {
      provider = choose(property(PROVIDER_PROPERTY), property(LANES_PROPERTY));
      setCommon(provider);
    }
    return provider;
  }

  private static KernelProvider choose(@Nullable String name, @Nullable String lanes) {
    if (name != null && !name.equals("scalar") && !name.equals("vector")) {
      throw new ArgumentException(
          PROVIDER_PROPERTY + "=" + name + ": expected 'scalar' or 'vector'");
    }
    if ("scalar".equals(name)) {
      reason = "asked for with " + PROVIDER_PROPERTY;
      return ScalarProvider.instance();
    }
    var obstacle = obstacleToVectors();
    if (obstacle == null) {
      reason =
          lanes != null
              ? "asked for with " + LANES_PROPERTY
              : "the Vector API is present; this machine has vectors of "
                  + VectorProviders.widths()
                  + " bits";
      return VectorProviders.of(lanes);
    }
    if (name != null || lanes != null) {
      throw new ArgumentException("vector kernels were asked for, but " + obstacle);
    }
    reason = obstacle;
    System.getLogger("dev.gatun.kernels")
        .log(Level.WARNING, "Computing with scalar kernels, which are slower: " + obstacle);
    return ScalarProvider.instance();
  }

  /** Says why vectors cannot be used and what to do about it; null if they can be used. */
  private static @Nullable String obstacleToVectors() {
    var module = ModuleLayer.boot().findModule(VECTOR_MODULE);
    if (module.isEmpty() || !Kernels.class.getModule().canRead(module.get())) {
      return "the module "
          + VECTOR_MODULE
          + " is not present; start Java with --add-modules "
          + VECTOR_MODULE
          + " (or put Gatun on the module path) to compute with vectors";
    }
    var mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted mode") || mode.contains("emulated-client")) {
      return "this Java virtual machine runs without its optimizing compiler ("
          + mode
          + "); remove -Xint or -XX:TieredStopAtLevel to compute with vectors";
    }
    return VectorProviders.obstacle();
  }

  private static @Nullable String property(String name) {
    var value = System.getProperty(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** Keeps {@link VectorProvider} from being loaded before the module is known to be there. */
  private static final class VectorProviders {
    static @Nullable String obstacle() {
      return VectorProvider.availableWidths().isEmpty() ? "this processor has no SIMD unit" : null;
    }

    static String widths() {
      return VectorProvider.availableWidths().stream()
          .map(String::valueOf)
          .collect(Collectors.joining(", "));
    }

    static KernelProvider of(@Nullable String lanes) {
      if (lanes == null) {
        return VectorProvider.ofWidth(VectorProvider.availableWidths().getLast());
      }
      try {
        return VectorProvider.ofWidth(Integer.parseInt(lanes));
      } catch (NumberFormatException _) {
        throw new ArgumentException(
            LANES_PROPERTY + "=" + lanes + ": expected a width in bits: 128, 256 or 512");
      }
    }
  }
}
