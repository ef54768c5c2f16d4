package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kernels in CUDA C, compiled by gcc as C: blocks and threads run one after the other. */
final class HostKernels implements AutoCloseable {
  private static final int BLOCKS = 2;
  private static final int THREADS = 3;

  /** What CUDA C has and C has not. */
  private static final String SHIM =
      """
      #include <math.h>
      #include <stdbool.h>
      #include <string.h>
      #define __global__
      #define __device__
      #define __forceinline__ inline
      #define __launch_bounds__(threads)
      #define __align__(bytes) __attribute__((aligned(bytes)))

      static struct { unsigned int x; } blockIdx, gridDim, threadIdx, blockDim;

      void place(unsigned block, unsigned blocks, unsigned thread, unsigned threads) {
        blockIdx.x = block;
        gridDim.x = blocks;
        threadIdx.x = thread;
        blockDim.x = threads;
      }

      static inline int __float_as_int(float x) {
        int bits;
        memcpy(&bits, &x, sizeof bits);
        return bits;
      }

      static inline float __int_as_float(int bits) {
        float x;
        memcpy(&x, &bits, sizeof x);
        return x;
      }

      static inline long long __double_as_longlong(double x) {
        long long bits;
        memcpy(&bits, &x, sizeof bits);
        return bits;
      }

      static inline double __longlong_as_double(long long bits) {
        double x;
        memcpy(&x, &bits, sizeof x);
        return x;
      }

      static inline unsigned int __umulhi(unsigned int x, unsigned int y) {
        return (unsigned long long)x * y >> 32;
      }

      // By Winitzki's approximation and Halley's steps.
      static double erfinv(double x) {
        const double size = fabs(x);
        if (!(size < 1)) {
          return size == 1 ? copysign(INFINITY, x) : NAN;
        }
        const double logarithm = log((1 - size) * (1 + size));
        const double t = 2 / (M_PI * 0.147) + logarithm / 2;
        double y = sqrt(fmax(0, sqrt(t * t - logarithm / 0.147) - t));
        for (int step = 0; step < 5; step++) {
          const double distance = size < 0.5 ? erf(y) - size : 1 - size - erfc(y);
          const double newton = distance * sqrt(M_PI) / 2 * exp(y * y);
          y -= newton / (1 + y * newton);
        }
        return copysign(y, x);
      }

      """;

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup symbols;

  private HostKernels(Path library) {
    symbols = SymbolLookup.libraryLookup(library, arena);
  }

  /** Compiles a program; ends the running test where there is no gcc. */
  static HostKernels compile(CudaText program, Path folder)
      throws IOException, InterruptedException {
    var source = folder.resolve("kernels.c");
    var library = folder.resolve("kernels.so");
    var log = folder.resolve("gcc.log");
    Files.writeString(source, SHIM + program.text().replace("extern \"C\" ", ""));
    var command =
        List.of(
            "gcc",
            "-std=gnu11",
            "-O1",
            "-fPIC",
            "-shared",
            "-ffp-contract=off",
            "-fno-strict-aliasing",
            "-w",
            "-o",
            library.toString(),
            source.toString(),
            "-lm");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException absent) {
      CudaEvidence.skip("the arithmetic of CUDA sources is not run: there is no gcc");
      throw absent;
    }
    assertEquals(0, process.waitFor(), () -> read(log));
    return new HostKernels(library);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unread) {
      return unread.toString();
    }
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
      PointwiseSource source, PointwiseProgram program, PointwiseAccess access, Operands operands)
      throws Throwable {
    var layouts = new ArrayList<MemoryLayout>();
    var arguments = new ArrayList<Object>();
    for (var operand : operands.outputs()) {
      layouts.add(ValueLayout.ADDRESS);
      arguments.add(operand);
    }
    for (var operand : operands.inputs()) {
      layouts.add(ValueLayout.ADDRESS);
      arguments.add(operand);
    }
    for (int i = 0; i < program.parameterCount(); i++) {
      addParameter(program.computeType(), operands.parameters()[i], layouts, arguments);
    }
    try (var local = Arena.ofConfined()) {
      if (access.walk() == PointwiseAccess.Walk.STRIDED) {
        long bytes = StridedLayout.byteSize(access, operands.strides().length);
        ValueLayout field = access.wide() ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
        var layout =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(bytes / field.byteSize(), field));
        var argument = local.allocate(layout);
        StridedLayout.write(access, operands.sizes(), operands.strides(), argument);
        layouts.add(layout);
        arguments.add(argument);
      }
      if (access.wide()) {
        layouts.add(ValueLayout.JAVA_LONG);
        arguments.add(operands.count());
      } else {
        layouts.add(ValueLayout.JAVA_INT);
        arguments.add(Math.toIntExact(operands.count()));
      }
      var fault = local.allocate(ValueLayout.JAVA_INT);
      if (source.divides()) {
        layouts.add(ValueLayout.ADDRESS);
        arguments.add(fault);
      }
      launch(source.entry(), layouts, arguments);
      return fault.get(ValueLayout.JAVA_INT, 0) != 0;
    }
  }

  private void launch(String entry, List<MemoryLayout> layouts, List<Object> arguments)
      throws Throwable {
    var linker = Linker.nativeLinker();
    var place =
        linker.downcallHandle(
            symbols.findOrThrow("place"),
            FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT));
    var kernel =
        linker.downcallHandle(
            symbols.findOrThrow(entry),
            FunctionDescriptor.ofVoid(layouts.toArray(MemoryLayout[]::new)));
    for (int block = 0; block < BLOCKS; block++) {
      for (int thread = 0; thread < THREADS; thread++) {
        place.invokeExact(block, BLOCKS, thread, THREADS);
        kernel.invokeWithArguments(arguments);
      }
    }
  }

  private static void addParameter(
      DType type, double value, List<MemoryLayout> layouts, List<Object> arguments) {
    switch (type) {
      case FLOAT32 -> {
        layouts.add(ValueLayout.JAVA_FLOAT);
        arguments.add((float) value);
      }
      case FLOAT64 -> {
        layouts.add(ValueLayout.JAVA_DOUBLE);
        arguments.add(value);
      }
      case INT32 -> {
        layouts.add(ValueLayout.JAVA_INT);
        arguments.add((int) (long) value);
      }
      default -> {
        layouts.add(ValueLayout.JAVA_LONG);
        arguments.add((long) value);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
