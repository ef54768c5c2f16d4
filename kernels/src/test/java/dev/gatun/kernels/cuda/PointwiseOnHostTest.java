package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.cuda.HostKernels.Operands;
import dev.gatun.kernels.pointwise.CFormulas;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The generated C computes what the CPU's kernels compute, to the last bit where no function is
 * called. Compiled by gcc and run on the host, so it holds the formulas, the conversions and the
 * walks to the CPU without a device.
 */
@ExtendWith(TestScope.class)
class PointwiseOnHostTest {
  private static final int ELEMENTS = 1003;
  private static final double[] PARAMETERS = {1.7, -2.3};

  private static final double[] SPECIAL = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    4,
    -20,
    15,
    1e-40,
    -1e-40,
    5e-324,
    88,
    -88,
    89,
    -104,
    1e10,
    -1e10,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65504,
    65519.9,
    65520,
    8388607.5,
    3e9,
    6e-8,
    2.98e-8,
    1e300,
    0x1p62,
    -0x1p63,
    0x1p63,
    -0x1p31,
    0x1.fffffep127,
    710,
    -746,
    28,
    1e5,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final Random random = new Random(20);

  private static KernelProvider cpu() {
    return Layouts.providers().getLast();
  }

  private double number(DType type) {
    if (random.nextInt(5) == 0) {
      return SPECIAL[random.nextInt(SPECIAL.length)];
    }
    double scale = random.nextInt(3) == 0 ? Math.exp(4 * random.nextGaussian()) : 1;
    double value = random.nextGaussian() * 3 * scale;
    return type.isFloatingPoint() ? value : Math.rint(value * 20);
  }

  private StridedArray filled(DType type, long... sizes) {
    return Layouts.filled(Layouts.Kind.CONTIGUOUS, type, () -> number(type), sizes);
  }

  private static StridedArray empty(DType type, long... sizes) {
    return Layouts.filled(Layouts.Kind.CONTIGUOUS, type, () -> 1, sizes);
  }

  /** Integers are not divided by zero here. */
  private static void replaceZeros(StridedArray divisors) {
    for (long i = 0; i < divisors.layout().numel(); i++) {
      long at = Layouts.offset(divisors, i);
      if (divisors.dtype().getLong(divisors.segment(), at) == 0) {
        divisors.dtype().setLong(divisors.segment(), at, 1);
      }
    }
  }

  private static List<MemorySegment> starts(List<StridedArray> arrays) {
    return arrays.stream().map(array -> array.segment().asSlice(array.byteOffset())).toList();
  }

  private void agree(List<PointwiseProgram> programs, String counted) {
    var access = PointwiseAccess.chunks();
    var sources = programs.stream().map(program -> PointwiseSource.of(program, access)).toList();
    try (var host = HostKernels.compile(CudaText.of(sources))) {
      for (int i = 0; i < programs.size(); i++) {
        var program = programs.get(i);
        var ins = program.inputTypes().stream().map(type -> filled(type, ELEMENTS)).toList();
        if (sources.get(i).divides()) {
          replaceZeros(ins.getLast());
        }
        var expected = program.outputTypes().stream().map(type -> empty(type, ELEMENTS)).toList();
        var actual = program.outputTypes().stream().map(type -> empty(type, ELEMENTS)).toList();
        cpu()
            .pointwise(program)
            .run(
                expected.toArray(StridedArray[]::new),
                ins.toArray(StridedArray[]::new),
                PARAMETERS);
        boolean fault =
            host.run(
                sources.get(i),
                program,
                access,
                Operands.contiguous(starts(actual), starts(ins), PARAMETERS, ELEMENTS));
        assertFalse(fault, program::name);
        for (int output = 0; output < expected.size(); output++) {
          assertAgree(program, ins, expected.get(output), actual.get(output));
        }
      }
    }
    CudaEvidence.count("cuda_formulas_run", counted, programs.size());
  }

  private static void assertAgree(
      PointwiseProgram program,
      List<StridedArray> ins,
      StridedArray expected,
      StridedArray actual) {
    boolean exact =
        !CFormulas.of(program).callsFunctions()
            || program.name().matches(".*_(fmod|remainder|floor_divide)");
    var type = expected.dtype();
    for (long i = 0; i < expected.layout().numel(); i++) {
      long at = Layouts.offset(expected, i);
      long index = i;
      if (!type.isFloatingPoint()) {
        assertEquals(
            type.getLong(expected.segment(), at),
            type.getLong(actual.segment(), at),
            () -> where(program, ins, index));
        continue;
      }
      double wanted = type.getDouble(expected.segment(), at);
      double got = type.getDouble(actual.segment(), at);
      boolean same = Double.compare(wanted, got) == 0;
      assertTrue(
          same || !exact && isClose(program, type, wanted, got),
          () -> where(program, ins, index) + ": expected " + wanted + " but was " + got);
    }
  }

  /** One unit in the last place, more in double; near the zeros of these functions as much of 1. */
  private static boolean isClose(PointwiseProgram program, DType type, double wanted, double got) {
    double relative =
        switch (type) {
          case FLOAT64 -> 1e-12;
          case FLOAT32 -> 0x1p-22;
          case FLOAT16 -> 0x1p-9;
          default -> 0x1p-6;
        };
    boolean hasZeros = program.name().contains("gamma");
    double absolute =
        switch (type) {
          case FLOAT64 -> hasZeros ? 1e-10 : 1e-300;
          case FLOAT32 -> hasZeros ? 1e-10 : 0x1p-148;
          case FLOAT16 -> 0x1p-23;
          default -> 0x1p-132;
        };
    return Math.abs(wanted - got) <= relative * Math.abs(wanted) + absolute;
  }

  private static String where(PointwiseProgram program, List<StridedArray> ins, long index) {
    var text = new StringBuilder(program.name() + " of");
    for (var in : ins) {
      text.append(' ').append(in.dtype().getDouble(in.segment(), Layouts.offset(in, index)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void everyOperation(DType type) {
    agree(PointwiseCases.operations(type), type + "_operations");
  }

  @ParameterizedTest
  @EnumSource
  void chains(DType type) {
    agree(PointwiseCases.chains(type), type + "_chains");
  }

  @ParameterizedTest
  @EnumSource
  void everyConversion(DType type) {
    agree(PointwiseCases.conversions(type), type + "_conversions");
  }

  @Test
  void divisionByZeroIsTold() {
    var programs = new ArrayList<PointwiseProgram>();
    for (var type : List.of(DType.INT32, DType.INT64, DType.UINT8)) {
      var x = Expression.input(0);
      var y = Expression.input(1);
      programs.add(PointwiseProgram.of(type + "_floor", type, 2, x.floorDivide(y)));
      programs.add(PointwiseProgram.of(type + "_rest", type, 2, x.remainder(y)));
    }
    var access = PointwiseAccess.elements();
    var sources = programs.stream().map(program -> PointwiseSource.of(program, access)).toList();
    try (var host = HostKernels.compile(CudaText.of(sources))) {
      for (int i = 0; i < programs.size(); i++) {
        var type = programs.get(i).computeType();
        assertTrue(sources.get(i).divides());
        var in = empty(programs.get(i).inputTypes().getFirst(), 5);
        var zeros = empty(in.dtype(), 5);
        in.dtype().setLong(zeros.segment(), Layouts.offset(zeros, 3), 0);
        var out = empty(in.dtype(), 5);
        var operands =
            Operands.contiguous(starts(List.of(out)), starts(List.of(in, zeros)), PARAMETERS, 5);
        assertTrue(host.run(sources.get(i), programs.get(i), access, operands), type::toString);
      }
    }
  }

  /**
   * Every walk over a sum of three operands: a whole one, a transposed one, and a broadcast one.
   */
  @Test
  void walks() {
    var sum = Expression.input(0).add(Expression.input(1)).mul(Expression.input(2));
    var types = List.of(DType.FLOAT32, DType.FLOAT16, DType.FLOAT64);
    var accesses = new ArrayList<PointwiseAccess>();
    for (int axes = 1; axes <= PointwiseAccess.MOST_AXES; axes++) {
      accesses.add(PointwiseAccess.strided(axes));
      accesses.add(PointwiseAccess.strided(axes).inWideMemory());
    }
    var programs = new ArrayList<PointwiseProgram>();
    var sources = new ArrayList<PointwiseSource>();
    for (int i = 0; i < accesses.size(); i++) {
      programs.add(PointwiseProgram.of("walk" + i, DType.FLOAT32, types, sum));
      sources.add(PointwiseSource.of(programs.get(i), accesses.get(i)));
    }
    try (var host = HostKernels.compile(CudaText.of(sources))) {
      for (int i = 0; i < accesses.size(); i++) {
        walk(host, sources.get(i), programs.get(i), accesses.get(i));
      }
    }
    CudaEvidence.count("cuda_formulas_run", "walks", accesses.size());
  }

  private void walk(
      HostKernels host, PointwiseSource source, PointwiseProgram program, PointwiseAccess access) {
    int axes = access.axes();
    long[] sizes = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      sizes[axis] = new long[] {3, 2, 5, 1, 2, 3, 1, 2}[axis];
    }
    var shape = Shape.of(sizes);
    var whole = filled(DType.FLOAT32, sizes);
    long[] reversed = new long[axes];
    long stride = 1;
    for (int axis = 0; axis < axes; axis++) {
      reversed[axis] = stride;
      stride *= sizes[axis];
    }
    var base = filled(DType.FLOAT16, stride);
    var transposed =
        new StridedArray(
            base.storage().retain(),
            base.dtype(),
            Layout.strided(shape, reversed, base.layout().offset()));
    long[] repeated = new long[axes];
    repeated[0] = 1;
    var row = filled(DType.FLOAT64, sizes[0]);
    var broadcast =
        new StridedArray(
            row.storage().retain(),
            row.dtype(),
            Layout.strided(shape, repeated, row.layout().offset()));
    var expected = empty(DType.FLOAT32, sizes);
    var actual = empty(DType.FLOAT32, sizes);
    var ins = List.of(whole, transposed, broadcast);
    cpu().pointwise(program).run(expected, whole, transposed, broadcast, 0, 0);
    var operands =
        new Operands(
            starts(List.of(actual)),
            starts(ins),
            PARAMETERS,
            innermostFirst(sizes),
            new long[][] {
              innermostFirst(actual.layout().strides()),
              innermostFirst(whole.layout().strides()),
              innermostFirst(reversed),
              innermostFirst(repeated)
            },
            shape.numel());
    host.run(source, program, access, operands);
    assertAgree(program, ins, expected, actual);
  }

  private static long[] innermostFirst(long[] values) {
    long[] turned = values.clone();
    for (int i = 0; i < turned.length; i++) {
      turned[i] = values[values.length - 1 - i];
    }
    return turned;
  }

  @Test
  void singleElementsAndElementsInPlace() {
    var program =
        PointwiseProgram.of("scaled", DType.INT16, 2, Expression.input(0).mul(Expression.input(1)));
    var accesses =
        List.of(
            PointwiseAccess.chunks().withScalars(0b10).overInputs(),
            PointwiseAccess.elements().withScalars(0b10).overInputs(),
            PointwiseAccess.chunks().withScalars(0b10).overInputs().inWideMemory());
    for (var access : accesses) {
      var source = PointwiseSource.of(program, access);
      try (var host = HostKernels.compile(CudaText.of(source))) {
        for (int count : new int[] {0, 1, 7, 8, 9, 100}) {
          var x = filled(DType.INT16, 100);
          var factor = filled(DType.INT16, 1);
          double[] before = Layouts.values(x);
          double by = Layouts.values(factor)[0];
          host.run(
              source,
              program,
              access,
              Operands.contiguous(
                  starts(List.of(x)), starts(List.of(x, factor)), PARAMETERS, count));
          for (int i = 0; i < count; i++) {
            before[i] = (short) (long) (before[i] * by);
          }
          assertEquals(Arrays.toString(before), Arrays.toString(Layouts.values(x)));
        }
      }
    }
  }
}
