package dev.gatun.kernels.replay;

import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.StridedArray;
import java.lang.invoke.MethodHandle;

/** A call made ready: kernel and operands are found. */
abstract class Step {
  abstract void run();

  static final class OfOne extends Step {
    private final PointwiseKernel kernel;
    private final StridedArray out;
    private final StridedArray a;
    private final double p0;
    private final double p1;

    OfOne(PointwiseKernel kernel, StridedArray out, StridedArray a, double p0, double p1) {
      this.kernel = kernel;
      this.out = out;
      this.a = a;
      this.p0 = p0;
      this.p1 = p1;
    }

    @Override
    void run() {
      kernel.run(out, a, p0, p1);
    }
  }

  static final class OfTwo extends Step {
    private final PointwiseKernel kernel;
    private final StridedArray out;
    private final StridedArray a;
    private final StridedArray b;
    private final double p0;
    private final double p1;

    OfTwo(
        PointwiseKernel kernel,
        StridedArray out,
        StridedArray a,
        StridedArray b,
        double p0,
        double p1) {
      this.kernel = kernel;
      this.out = out;
      this.a = a;
      this.b = b;
      this.p0 = p0;
      this.p1 = p1;
    }

    @Override
    void run() {
      kernel.run(out, a, b, p0, p1);
    }
  }

  static final class OfSeveral extends Step {
    private final PointwiseKernel kernel;
    private final StridedArray[] outs;
    private final StridedArray[] ins;
    private final double[] parameters;

    OfSeveral(
        PointwiseKernel kernel, StridedArray[] outs, StridedArray[] ins, double[] parameters) {
      this.kernel = kernel;
      this.outs = outs;
      this.ins = ins;
      this.parameters = parameters;
    }

    @Override
    void run() {
      kernel.run(outs, ins, parameters);
    }
  }

  static final class OfFamily extends Step {
    private final MethodHandle call;

    OfFamily(MethodHandle call) {
      this.call = call;
    }

    @Override
    void run() {
      try {
        call.invokeExact();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("a kernel threw a checked exception", e);
      }
    }
  }

  static final class OfRepetition extends Step {
    private final DeviceProvider.Repetition repetition;

    OfRepetition(DeviceProvider.Repetition repetition) {
      this.repetition = repetition;
    }

    @Override
    void run() {
      repetition.run();
    }
  }

  static final class OfHost extends Step {
    private final Runnable action;

    OfHost(Runnable action) {
      this.action = action;
    }

    @Override
    void run() {
      action.run();
    }
  }
}
