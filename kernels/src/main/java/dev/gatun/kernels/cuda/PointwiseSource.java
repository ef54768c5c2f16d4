package dev.gatun.kernels.cuda;

import dev.gatun.kernels.cuda.PointwiseAccess.Walk;
import dev.gatun.kernels.pointwise.CFormulas;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The kernel of a pointwise program in CUDA C, for one way in which its operands lie in memory.
 *
 * <p>The kernel's arguments are, in this order: a pointer for each output and for each input, to
 * its first element; the parameters, in the compute type; for {@link Walk#STRIDED} the {@link
 * StridedLayout}; the number of elements, a 32-bit or, in wide memory, a 64-bit integer; and where
 * integers are divided a pointer to an int, which becomes 1 where a divisor was 0.
 *
 * <p>Any number of blocks of at most {@value #MOST_THREADS} threads computes all elements.
 *
 * @param entry the name of the kernel
 * @param text the kernel, without the functions that it calls: see {@link CudaText}
 * @param divides whether the last argument is the pointer to what went wrong
 */
record PointwiseSource(String entry, String text, boolean divides) {
  /** The most threads that a block may have. */
  static final int MOST_THREADS = 256;

  private static final int CHUNK_BYTES = 16;

  /**
   * Writes the kernel of a program.
   *
   * @param program what to compute
   * @param access how the operands lie in memory
   */
  static PointwiseSource of(PointwiseProgram program, PointwiseAccess access) {
    return new Writer(program, access).write();
  }

  /**
   * So many elements are loaded and stored at once in {@link Walk#CHUNKS}: those of the widest type
   * that fill 16 bytes.
   */
  static int elementsPerChunk(PointwiseProgram program, long scalarInputs) {
    int widest = 1;
    for (var type : program.outputTypes()) {
      widest = Math.max(widest, type.byteSize());
    }
    for (int i = 0; i < program.inputTypes().size(); i++) {
      if ((scalarInputs >>> i & 1) == 0) {
        widest = Math.max(widest, program.inputTypes().get(i).byteSize());
      }
    }
    return CHUNK_BYTES / widest;
  }

  /** The name of the kernel: that of the program where it can be in C. */
  private static String entry(PointwiseProgram program) {
    return "pointwise_" + program.name().replaceAll("\\W", "_");
  }

  private static final class Writer {
    private final PointwiseProgram program;
    private final PointwiseAccess access;
    private final CFormulas formulas;
    private final List<DType> outputs;
    private final List<DType> inputs;
    private final int parameters;
    private final String entry;
    private final String index;
    private final StringBuilder text = new StringBuilder();

    Writer(PointwiseProgram program, PointwiseAccess access) {
      this.program = program;
      this.access = access;
      formulas = CFormulas.of(program);
      outputs = program.outputTypes();
      inputs = program.inputTypes();
      parameters = program.parameterCount();
      entry = PointwiseSource.entry(program);
      index = access.wide() ? "unsigned long long" : "unsigned int";
    }

    PointwiseSource write() {
      writeElement();
      text.append('\n');
      if (access.walk() == Walk.STRIDED) {
        text.append(StridedLayout.declare(layoutType(), access, outputs.size() + inputs.size()));
        text.append('\n');
      }
      writeSignature();
      line(
          1, "const %s first = (%s)blockIdx.x * blockDim.x + threadIdx.x;".formatted(index, index));
      line(1, "const %s step = (%s)gridDim.x * blockDim.x;".formatted(index, index));
      if (formulas.divides()) {
        line(1, "int divided_by_zero = 0;");
      }
      writeScalars();
      switch (access.walk()) {
        case CHUNKS -> {
          int size = elementsPerChunk(program, access.scalarInputs());
          writeChunks(size);
          writeElements("count / %d * %d + first".formatted(size, size));
        }
        case ELEMENTS -> writeElements("first");
        case STRIDED -> writeStrided();
      }
      if (formulas.divides()) {
        line(1, "if (divided_by_zero) {");
        line(2, "gatun_fault(place_of_fault, number_of_fault, 0, 0);");
        line(1, "}");
      }
      text.append("}\n");
      return new PointwiseSource(entry, text.toString(), formulas.divides());
    }

    private void line(int depth, String line) {
      text.append("  ".repeat(depth)).append(line).append('\n');
    }

    private static List<String> each(int count, IntFunction<String> text) {
      var all = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        all.add(text.apply(i));
      }
      return all;
    }

    private String layoutType() {
      return entry + "_layout";
    }

    /** What happens to one element. */
    private void writeElement() {
      var declared = new ArrayList<String>();
      declared.addAll(each(inputs.size(), i -> formulas.inputs().get(i) + " x" + i));
      declared.addAll(each(parameters, i -> formulas.number() + " p" + i));
      declared.addAll(each(outputs.size(), i -> formulas.outputs().get(i) + " *y" + i));
      if (formulas.divides()) {
        declared.add("int *fault");
      }
      line(0, "static __device__ __forceinline__ void %s_element(".formatted(entry));
      line(2, "%s) {".formatted(String.join(", ", declared)));
      formulas.statements().forEach(statement -> line(1, statement));
      for (int i = 0; i < outputs.size(); i++) {
        line(1, "*y%d = %s;".formatted(i, formulas.results().get(i)));
      }
      line(0, "}");
    }

    private void writeSignature() {
      String restrict = access.inPlace() ? " *" : " *__restrict__ ";
      var declared = new ArrayList<String>();
      declared.addAll(
          each(outputs.size(), i -> ElementText.type(outputs.get(i)) + restrict + "out" + i));
      declared.addAll(
          each(
              inputs.size(),
              i -> "const " + ElementText.type(inputs.get(i)) + restrict + "in" + i));
      declared.addAll(each(parameters, i -> "const " + formulas.number() + " p" + i));
      if (access.walk() == Walk.STRIDED) {
        declared.add("const struct " + layoutType() + " layout");
      }
      declared.add("const " + index + " count");
      if (formulas.divides()) {
        declared.add("long long *place_of_fault");
        declared.add("const long long number_of_fault");
      }
      line(
          0,
          "extern \"C\" __global__ void __launch_bounds__(%d) %s(".formatted(MOST_THREADS, entry));
      line(2, "%s) {".formatted(String.join(",\n    ", declared)));
    }

    private void writeScalars() {
      for (int i = 0; i < inputs.size(); i++) {
        if (access.isScalar(i)) {
          line(
              1,
              "const %s x%d = %s;"
                  .formatted(formulas.inputs().get(i), i, load(i, "in" + i + "[0]")));
        }
      }
    }

    private String load(int input, String element) {
      return ElementText.load(inputs.get(input), program.computeType(), element);
    }

    /** Computes one element; the functions say where elements are. */
    private void writeCall(
        int depth, Function<String, String> source, Function<String, String> target) {
      for (int i = 0; i < outputs.size(); i++) {
        line(depth, "%s y%d;".formatted(formulas.outputs().get(i), i));
      }
      var passed = new ArrayList<String>();
      for (int i = 0; i < inputs.size(); i++) {
        passed.add(access.isScalar(i) ? "x" + i : load(i, source.apply("in" + i)));
      }
      passed.addAll(each(parameters, i -> "p" + i));
      passed.addAll(each(outputs.size(), i -> "&y" + i));
      if (formulas.divides()) {
        passed.add("&divided_by_zero");
      }
      line(depth, "%s_element(%s);".formatted(entry, String.join(", ", passed)));
      for (int i = 0; i < outputs.size(); i++) {
        String stored = ElementText.store(outputs.get(i), program.computeType(), "y" + i);
        line(depth, "%s = %s;".formatted(target.apply("out" + i), stored));
      }
    }

    private void writeElements(String from) {
      line(1, "for (%s i = %s; i < count; i += step) {".formatted(index, from));
      writeCall(2, operand -> operand + "[i]", operand -> operand + "[i]");
      line(1, "}");
    }

    private void writeChunks(int size) {
      for (int i = 0; i < outputs.size(); i++) {
        writeChunkType("out" + i, outputs.get(i), size);
      }
      for (int i = 0; i < inputs.size(); i++) {
        if (!access.isScalar(i)) {
          writeChunkType("in" + i, inputs.get(i), size);
        }
      }
      line(1, "for (%s i = first; i < count / %d; i += step) {".formatted(index, size));
      for (int i = 0; i < inputs.size(); i++) {
        if (!access.isScalar(i)) {
          line(
              2,
              "const struct chunk_in%d from_in%d = ((const struct chunk_in%d *)in%d)[i];"
                  .formatted(i, i, i, i));
        }
      }
      for (int i = 0; i < outputs.size(); i++) {
        line(2, "struct chunk_out%d to_out%d;".formatted(i, i));
      }
      line(0, "#pragma unroll");
      line(2, "for (int lane = 0; lane < %d; lane++) {".formatted(size));
      writeCall(
          3, operand -> "from_" + operand + ".at[lane]", operand -> "to_" + operand + ".at[lane]");
      line(2, "}");
      for (int i = 0; i < outputs.size(); i++) {
        line(2, "((struct chunk_out%d *)out%d)[i] = to_out%d;".formatted(i, i, i));
      }
      line(1, "}");
    }

    private void writeChunkType(String operand, DType type, int size) {
      line(
          1,
          "struct __align__(%d) chunk_%s { %s at[%d]; };"
              .formatted(size * type.byteSize(), operand, ElementText.type(type), size));
    }

    private void writeStrided() {
      line(1, "for (%s i = first; i < count; i += step) {".formatted(index));
      text.append(StridedLayout.positions(access, outputs.size(), inputs.size()));
      writeCall(
          2,
          operand -> operand + "[at_" + operand + "]",
          operand -> operand + "[at_" + operand + "]");
      line(1, "}");
    }
  }
}
