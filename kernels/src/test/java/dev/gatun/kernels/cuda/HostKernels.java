package dev.gatun.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Kernels in CUDA C, run on the host. */
final class HostKernels implements AutoCloseable {
  private static final int[] BLOCKS = {2, 1, 1};
  private static final int[] THREADS = {3, 1, 1};

  private final HostObject object;

  private HostKernels(HostObject object) {
    this.object = object;
  }

  /** Compiles a program; ends the running test where there is no gcc. */
  static HostKernels compile(CudaText program) {
    if (!HostCompiler.isAvailable()) {
      CudaEvidence.skip("the arithmetic of CUDA sources is not run: there is no gcc");
    }
    return new HostKernels(new HostObject(new HostCompiler().compile(program, 0)));
  }

  /** What a kernel is run on: each output and input from its first element on. */
  record Operands(
      List<MemorySegment> outputs,
      List<MemorySegment> inputs,
      double[] parameters,
      long[] sizes,
      long[][] strides,
      long count) {
    /** Operands that are contiguous, or single elements. */
    static Operands contiguous(
        List<MemorySegment> outputs, List<MemorySegment> inputs, double[] parameters, long count) {
      return new Operands(outputs, inputs, parameters, new long[0], new long[0][], count);
    }
  }

  /**
   * Runs a kernel.
   *
   * @return whether a divisor was 0
   */
  boolean run(
      PointwiseSource source, PointwiseProgram program, PointwiseAccess access, Operands operands) {
    try (var local = Arena.ofConfined()) {
      var arguments = new ArrayList<MemorySegment>();
      operands.outputs().forEach(operand -> arguments.add(local.allocateFrom(ADDRESS, operand)));
      operands.inputs().forEach(operand -> arguments.add(local.allocateFrom(ADDRESS, operand)));
      for (int i = 0; i < program.parameterCount(); i++) {
        arguments.add(parameter(program.computeType(), operands.parameters()[i], local));
      }
      if (access.walk() == PointwiseAccess.Walk.STRIDED) {
        long bytes = StridedLayout.byteSize(access, operands.strides().length);
        var argument = local.allocate(bytes, Long.BYTES);
        StridedLayout.write(access, operands.sizes(), operands.strides(), argument, 0);
        arguments.add(argument);
      }
      arguments.add(
          access.wide()
              ? local.allocateFrom(JAVA_LONG, operands.count())
              : local.allocateFrom(JAVA_INT, Math.toIntExact(operands.count())));
      var fault = local.allocate(Fault.BYTES, Long.BYTES);
      if (source.divides()) {
        arguments.add(local.allocateFrom(ADDRESS, fault));
        arguments.add(local.allocateFrom(JAVA_LONG, 1));
      }
      var pointers = local.allocate(ADDRESS, arguments.size());
      for (int i = 0; i < arguments.size(); i++) {
        pointers.setAtIndex(ADDRESS, i, arguments.get(i));
      }
      object.launch(object.kernel(source.entry()), BLOCKS, THREADS, 0, pointers);
      return fault.getAtIndex(JAVA_LONG, 3) != 0;
    }
  }

  private static MemorySegment parameter(DType type, double value, Arena local) {
    return switch (type) {
      case FLOAT32 -> local.allocateFrom(JAVA_FLOAT, (float) value);
      case FLOAT64 -> local.allocateFrom(JAVA_DOUBLE, value);
      case INT32 -> local.allocateFrom(JAVA_INT, (int) (long) value);
      default -> local.allocateFrom(JAVA_LONG, (long) value);
    };
  }

  @Override
  public void close() {
    object.close();
  }
}
