package dev.gatun.kernels.pointwise;

import dev.gatun.kernels.bytecode.SeparateCompilation;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import java.lang.classfile.ClassFile;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The compiled loops of one program: one for each choice of which inputs are single elements, made
 * when first needed.
 */
final class VectorLoops {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  /**
   * Beyond this many operations the JIT compiler gives up on a loop, and it is slower than the
   * interpreter.
   */
  static final int MOST_OPERATIONS = 240;

  private static final int MOST_OPERANDS = 64;
  private static final int FIRST = 8;

  /**
   * The width for streams: where memory is the limit, processors with wider vectors are faster with
   * these (add of 4 M floats on Zen 4, one thread: 1.36 ms against 1.66 ms with 512 bits).
   */
  private static final int STREAM_BITS = 256;

  /** Larger programs are not bound by memory alone, and compiling them twice would cost more. */
  private static final int MOST_OPERATIONS_OF_STREAM = 4;

  private static final int MOST_OPERANDS_OF_STREAM = 4;

  private final PointwiseProgram program;
  private final VectorTypes types;
  private final List<VectorValue> values;
  private final List<VectorValue> outputs;
  private final int parameters;
  private final ConcurrentMap<Long, VectorLoop> compiled = new ConcurrentHashMap<>();
  private final int laneBits;
  private final int operations;

  /** Those for the first masks of inputs, which need no look-up. */
  private final AtomicReferenceArray<VectorLoop> first = new AtomicReferenceArray<>(FIRST);

  private volatile @Nullable VectorLoops forStreams;

  private VectorLoops(
      PointwiseProgram program,
      VectorTypes types,
      int laneBits,
      List<VectorValue> values,
      List<VectorValue> outputs) {
    this.program = program;
    this.laneBits = laneBits;
    this.types = types;
    this.values = values;
    this.outputs = outputs;
    parameters = program.parameterCount();
    operations = count(values);
  }

  /** The loops of a program; null when an operation has no vector form. */
  static @Nullable VectorLoops of(PointwiseProgram program, int laneBits) {
    var types = new VectorTypes(program.computeType(), laneBits);
    var code = new VectorCode(types);
    var outputs = VectorLowering.lower(code, program);
    if (outputs == null) {
      return null;
    }
    return new VectorLoops(program, types, laneBits, reachable(code.values(), outputs), outputs);
  }

  /** Whether the JIT compiler can be expected to compile these loops well. */
  boolean isCompilable() {
    int operands = outputs.size() + program.inputTypes().size() + parameters;
    return operations() <= MOST_OPERATIONS && operands <= MOST_OPERANDS;
  }

  /** The values that outputs depend on, in the order of creation. */
  static List<VectorValue> reachable(List<VectorValue> all, List<VectorValue> outputs) {
    boolean[] needed = new boolean[all.size()];
    for (var output : outputs) {
      needed[output.index()] = true;
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      if (needed[i]) {
        all.get(i).arguments().forEach(argument -> needed[argument.index()] = true);
      }
    }
    var reached = new ArrayList<VectorValue>();
    for (var value : all) {
      if (needed[value.index()]) {
        reached.add(value);
      }
    }
    return reached;
  }

  /** The number of vector operations for each vector of elements. */
  int operations() {
    return operations;
  }

  private static int count(List<VectorValue> values) {
    int count = 0;
    for (var value : values) {
      count += value.operation().isLeaf() ? 0 : 1;
    }
    return count;
  }

  /**
   * The loops for operands that exceed the caches: these, or equal ones of another width where the
   * program does little with what it reads.
   */
  VectorLoops forStreams() {
    var known = forStreams;
    if (known == null) {
      boolean light =
          operations() <= MOST_OPERATIONS_OF_STREAM
              && outputs.size() + program.inputTypes().size() <= MOST_OPERANDS_OF_STREAM;
      var narrower = light && laneBits > STREAM_BITS ? of(program, STREAM_BITS) : null;
      // Racing threads make equal ones.
      known = narrower != null && holdsTheSameInPlace(narrower) ? narrower : this;
      forStreams = known;
    }
    return known;
  }

  private boolean holdsTheSameInPlace(VectorLoops other) {
    return holdsInPlace(DType.BOOL) == other.holdsInPlace(DType.BOOL);
  }

  /** The type that the loops compute in. */
  DType computeType() {
    return types.computeType();
  }

  /** Whether the loops read and write operands of this type in place. */
  boolean holdsInPlace(DType type) {
    return types.holdsInPlace(type);
  }

  /** The loop for inputs that all advance. */
  VectorLoop contiguous() {
    return withScalars(0);
  }

  /** The loop for the case that the inputs in the mask {@code scalarInputs} are single elements. */
  VectorLoop withScalars(long scalarInputs) {
    if (scalarInputs >= FIRST) {
      var loop = compiled.get(scalarInputs);
      return loop != null ? loop : compiled.computeIfAbsent(scalarInputs, this::compile);
    }
    var loop = first.get((int) scalarInputs);
    if (loop == null) {
      loop = compiled.computeIfAbsent(scalarInputs, this::compile);
      first.set((int) scalarInputs, loop);
    }
    return loop;
  }

  private VectorLoop compile(long scalarInputs) {
    var writer =
        new VectorLoopWriter(
            "Loop_" + program.name().replaceAll("[^A-Za-z0-9]", "_"),
            types,
            values,
            outputs,
            program.inputTypes().size(),
            parameters,
            scalarInputs);
    var loop = load(writer.write());
    return writer.hasTail() ? loop : withStagedTail(loop, scalarInputs);
  }

  private VectorLoop load(byte[] classFile) {
    try {
      var separate = SeparateCompilation.ofLoops(ClassFile.of(), classFile);
      var lookup = LOOKUP.defineHiddenClass(separate, true);
      return (VectorLoop) lookup.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new GatunException(program.name() + ": the generated kernel cannot be loaded", e);
    }
  }

  private VectorLoop withStagedTail(VectorLoop whole, long scalarInputs) {
    int operands = outputs.size() + program.inputTypes().size();
    int[] byteShifts = new int[operands];
    boolean[] single = new boolean[operands];
    for (int operand = 0; operand < operands; operand++) {
      int input = operand - outputs.size();
      var type = input < 0 ? program.outputTypes().get(operand) : program.inputTypes().get(input);
      var held = types.holdsInPlace(type) ? type : types.computeType();
      byteShifts[operand] = held.byteShift();
      single[operand] = input >= 0 && (scalarInputs >>> input & 1) != 0;
    }
    return new StagedTailLoop(whole, types.lanes(), outputs.size(), byteShifts, single);
  }
}
