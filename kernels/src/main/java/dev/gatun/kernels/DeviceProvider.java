package dev.gatun.kernels;

import dev.gatun.kernels.gemm.MaskedProducts;
import dev.gatun.kernels.gemm.ProductSums;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.DeviceMemory;
import dev.gatun.memory.StridedArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernels of a device, with its memory. What a kernel is asked to do is given to the device,
 * and done there while the host goes on; what goes wrong there is told when the host next waits for
 * it.
 *
 * <p>Kernels refuse arrays that are elsewhere with a {@link dev.gatun.memory.DeviceException}.
 */
public interface DeviceProvider extends KernelProvider, DeviceMemory {
  /** Work of a device that is done in the order in which it was given. */
  interface Stream {
    /**
     * Has what this thread gives to the device from now on come after all that this stream has been
     * given so far. The host does not wait.
     *
     * @throws dev.gatun.memory.DeviceException when the driver refuses
     */
    void join();

    /**
     * Has what this stream is given from now on come after all that another has been given so far.
     * The host does not wait.
     *
     * @param other a stream of this device or of another
     * @throws dev.gatun.memory.DeviceException when the driver refuses
     */
    void follow(Stream other);

    /**
     * Returns what this thread gives its work for the same device to.
     *
     * @return this stream, or another one
     */
    Stream current();

    /**
     * Tells whether it takes no more work, and is done with what there was.
     *
     * @return whether it has been closed
     */
    boolean isClosed();

    /**
     * Has this thread give its work for the device to this stream.
     *
     * @return what ends that, to be closed by this thread, the last one first
     * @throws dev.gatun.memory.ScopeException when the stream is closed
     */
    Use use();

    /** A time in which a thread uses a stream. */
    @FunctionalInterface
    interface Use extends AutoCloseable {
      /** Has the thread use again what it used before. */
      @Override
      void close();
    }
  }

  /**
   * Work that is given to a device again and again: the same kernels, with the same operands. For
   * one thread at a time.
   */
  interface Repetition extends AutoCloseable {
    /** Gives the work to the device, in this thread's stream. */
    void run();

    /** Gives up what was kept for it, once the device is done. Closing again does nothing. */
    @Override
    void close();
  }

  /**
   * Prepares work that is given again and again, so that it is given as one where that can be done.
   *
   * @param work gives the work to this thread's stream; called at the first run, twice maybe, and
   *     at others perhaps not
   * @param operands all arrays that it uses, which stay the caller's
   * @return the work
   */
  Repetition repetition(Runnable work, List<StridedArray> operands);

  /**
   * Tells whether a matrix product of this device's computes an elementwise program better than
   * that would be computed behind it. Asked when a plan is captured, of programs that follow a
   * product or could.
   *
   * @param kernel the program, of this provider
   * @param product which of its inputs is the product
   * @return whether the program should be the product's epilogue
   */
  boolean joinsProducts(PointwiseKernel kernel, int product);

  /**
   * Returns what computes a product with ReLU behind it and the gradient of that, so that the
   * second reads bits of the first. Asked when a plan is captured.
   *
   * @param relu what follows the first product, of this provider
   * @param gradient what follows the second product
   * @param product which of its inputs is the second product; the other is the result of the first
   * @return a new pair; null where they are not ReLU and its gradient, or bits are no better
   */
  @Nullable MaskedProducts maskedProducts(
      PointwiseKernel relu, PointwiseKernel gradient, int product);

  /**
   * Returns what computes products and sums of what they read together. Asked when a plan is
   * captured.
   *
   * @return null where one behind the other is as good
   */
  @Nullable ProductSums productSums();

  /**
   * Returns what this thread gives its work to.
   *
   * @return the stream, always the same object for the same one
   */
  Stream stream();

  /**
   * Copies from the host. The source has been read when this returns, the target may be filled
   * later.
   *
   * @param out what is written: contiguous, on this device
   * @param in what is read: contiguous, on the host, of the same shape and element type
   * @throws dev.gatun.memory.DTypeException when the element types differ
   * @throws dev.gatun.memory.ShapeException when the shapes differ, or either has gaps
   */
  void upload(StridedArray out, StridedArray in);

  /**
   * Copies to the host, after all work that this thread has given to the device.
   *
   * @param out what is written: contiguous, on the host; it holds the elements when this returns
   * @param in what is read: contiguous, on this device, of the same shape and element type
   * @throws dev.gatun.memory.DTypeException when the element types differ
   * @throws dev.gatun.memory.ShapeException when the shapes differ, or either has gaps
   * @throws dev.gatun.memory.GatunException when earlier work failed
   */
  void download(StridedArray out, StridedArray in);

  /**
   * Waits until the device has done what this thread has given to it.
   *
   * @throws dev.gatun.memory.GatunException when any of that failed
   */
  void synchronize();
}
