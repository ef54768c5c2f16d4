package dev.gatun.kernels.replay;

import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.gemm.MatmulKernels;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.record.HostAction;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.memory.DType;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a program until the virtual machine has compiled it, and leaves no trace: what it writes is
 * put back each time, generators are put back, and actions on the host are left out.
 */
final class WarmUp implements AutoCloseable {
  private static final long LONGEST_NANOS = 5_000_000_000L;

  /** For so long no run may have been faster than the fastest before. */
  private static final long PATIENCE_NANOS = 400_000_000L;

  private static final double FASTER = 0.97;

  /** The compiler looks at a method again after so many calls. */
  private static final int LEAST_RUNS = 2_000;

  private final Program program;
  private final Map<Storage, Storage> copies = new HashMap<>();
  private final Map<Generator, Generator.State> states = new HashMap<>();

  WarmUp(Program program, Storage[] written) {
    this.program = program;
    for (RecordedCall call : program.always()) {
      if (call instanceof KernelCall kernel) {
        for (Generator generator : kernel.generators()) {
          states.put(generator, generator.state());
        }
      }
    }
    for (Storage storage : written) {
      copies.put(storage, Transfers.copyOf(storage));
    }
  }

  void run(Step[] steps) {
    warmUpKernels();
    List<WarmingStep> kernels = kernels(steps);
    if (kernels.isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    long fastest = Long.MAX_VALUE;
    long improved = begin;
    int runs = 0;
    long now = begin;
    while (now - begin < LONGEST_NANOS && (now - improved < PATIENCE_NANOS || runs < LEAST_RUNS)) {
      runs++;
      long nanos = 0;
      for (WarmingStep step : kernels) {
        nanos += step.run();
      }
      if (nanos < fastest * FASTER) {
        fastest = nanos;
        improved = System.nanoTime();
      }
      long share = nanos / kernels.size();
      kernels.forEach(step -> step.share(share));
      putBack();
      now = System.nanoTime();
    }
  }

  private List<WarmingStep> kernels(Step[] steps) {
    List<WarmingStep> kernels = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      RecordedCall call = program.always().get(i);
      if (!(call instanceof HostAction)) {
        kernels.add(new WarmingStep(steps[i], call.isRepeatable() && keepsOperands(call)));
      }
    }
    return kernels;
  }

  /** Tells whether a call writes nothing that it reads: it can be repeated where it stands. */
  private boolean keepsOperands(RecordedCall call) {
    for (RecordedArray written : call.writes()) {
      for (RecordedArray read : call.reads()) {
        if (program.slab().overlap(written.storage(), read.storage())) {
          return false;
        }
      }
    }
    return true;
  }

  private void warmUpKernels() {
    Set<PointwiseKernel> kernels = new LinkedHashSet<>();
    boolean products = false;
    Set<DType> convolved = EnumSet.noneOf(DType.class);
    for (RecordedCall call : program.always()) {
      if (call instanceof PointwiseCall pointwise) {
        kernels.add(pointwise.kernel());
      } else if (call instanceof KernelCall kernel) {
        products |= kernel.calls(MatmulKernels.class, "matmul");
        if (ConvolutionCalls.isOne(kernel)) {
          convolved.add(kernel.writes().getFirst().dtype());
        }
        if (kernel.epilogue() != null) {
          kernels.add(kernel.epilogue().kernel());
        }
      }
    }
    kernels.forEach(PointwiseKernel::warmUp);
    if (products) {
      program.step().provider().matmul().warmUp();
    }
    convolved.forEach(program.step().provider().convolutions()::warmUp);
  }

  private void putBack() {
    copies.forEach(Transfers::copyBytes);
    states.forEach(Generator::setState);
  }

  @Override
  public void close() {
    putBack();
    copies.values().forEach(Storage::release);
  }
}
