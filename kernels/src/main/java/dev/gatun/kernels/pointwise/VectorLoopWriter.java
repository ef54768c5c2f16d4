package dev.gatun.kernels.pointwise;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.gatun.kernels.specialize.NativeMemory;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the class of a {@link VectorLoop}.
 *
 * <p>The class has two static methods that do the work, small enough for every tier of the JIT
 * compiler: {@code loop} for whole vectors, counted by an int, and {@code tail} for the rest under
 * a mask. Values that do not change from element to element are computed before the loop.
 *
 * <p>A masked access becomes so much code in the JIT compiler's first tier that with many of them
 * it gives up on the tail, and the tail would run interpreted ever after. Such a class has no tail
 * and takes whole vectors only; {@link StagedTailLoop} makes it take any number of elements.
 */
final class VectorLoopWriter {
  private static final ClassDesc NATIVE_MEMORY = ClassDesc.of(NativeMemory.class.getName());
  private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
  private static final ClassDesc LAYOUT = ClassDesc.of("java.lang.foreign.ValueLayout");
  private static final ClassDesc BYTE_ORDER = ClassDesc.of("java.nio.ByteOrder");
  private static final ClassDesc SUPERCLASS =
      ClassDesc.of("dev.gatun.kernels.pointwise.VectorLoop");
  private static final int SLOTS_OF_OPERAND = 3;
  private static final int SLOTS_OF_PARAMETER = 2;
  private static final int ARRAY_FORM = -1;
  private static final int HANDLE_FORM = -2;
  private static final int MOST_MASKED_ACCESSES = 4;
  private static final ClassDesc HANDLE = ClassDesc.of("dev.gatun.memory.StridedArray");

  private final VectorTypes types;
  private final List<VectorValue> values;
  private final List<VectorValue> outputs;
  private final int operands;
  private final int parameters;
  private final long scalarInputs;
  private final boolean[] invariant;
  private final ClassDesc name;
  private final ClassDesc element;
  private final int elementShift;

  /**
   * Prepares a class.
   *
   * @param name the simple name of the class
   * @param values all values, arguments before the values that read them
   * @param outputs the values to store, one for each output
   * @param inputs the number of inputs
   * @param parameters the number of scalar parameters
   * @param scalarInputs the inputs that are single elements, as a bit mask
   */
  VectorLoopWriter(
      String name,
      VectorTypes types,
      List<VectorValue> values,
      List<VectorValue> outputs,
      int inputs,
      int parameters,
      long scalarInputs) {
    this.name = ClassDesc.of(VectorLoop.class.getPackageName(), name);
    this.types = types;
    this.values = values;
    this.outputs = outputs;
    this.operands = outputs.size() + inputs;
    this.parameters = parameters;
    this.scalarInputs = scalarInputs;
    element =
        switch (types.computeType()) {
          case FLOAT32 -> CD_float;
          case FLOAT64 -> CD_double;
          case INT32 -> CD_int;
          default -> CD_long;
        };
    elementShift = types.computeType().byteShift();
    invariant = new boolean[values.isEmpty() ? 0 : values.getLast().index() + 1];
    for (var value : values) {
      invariant[value.index()] = isInvariant(value);
    }
  }

  private boolean isInvariant(VectorValue value) {
    if (value.operation() == VectorOperation.INPUT) {
      return isScalarInput(value);
    }
    return value.arguments().stream().allMatch(argument -> invariant[argument.index()]);
  }

  private boolean isScalarInput(VectorValue value) {
    return (scalarInputs >>> (int) value.literal() & 1) != 0;
  }

  /** Whether the class takes any number of elements, not only whole vectors. */
  boolean hasTail() {
    int masked = outputs.size();
    for (var value : values) {
      masked += value.operation() == VectorOperation.INPUT && !isScalarInput(value) ? 1 : 0;
    }
    return masked <= MOST_MASKED_ACCESSES;
  }

  byte[] write() {
    return ClassFile.of()
        .build(
            name,
            type -> {
              type.withSuperclass(SUPERCLASS);
              type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
              type.withMethodBody(
                  INIT_NAME,
                  MTD_void,
                  0,
                  code -> code.aload(0).invokespecial(SUPERCLASS, INIT_NAME, MTD_void).return_());
              type.withMethodBody("loop", workType(CD_int), ClassFile.ACC_STATIC, this::writeLoop);
              if (hasTail()) {
                type.withMethodBody(
                    "tail", workType(CD_int, CD_int), ClassFile.ACC_STATIC, this::writeTail);
              }
              type.withMethodBody("run", handleFormType(), 0, this::writeHandleForm);
              type.withMethodBody("run", arrayFormType(), 0, this::writeArrayForm);
              int inputs = operands - outputs.size();
              if (outputs.size() == 1 && inputs >= 1 && inputs <= 3 && parameters <= 2) {
                type.withMethodBody("run", fixedFormType(inputs), 0, this::writeFixedForm);
              }
            });
  }

  private MethodTypeDesc workType(ClassDesc... bounds) {
    var list = new ArrayList<ClassDesc>();
    for (int i = 0; i < operands; i++) {
      list.add(SEGMENT);
      list.add(CD_long);
    }
    for (int i = 0; i < parameters; i++) {
      list.add(CD_double);
    }
    list.addAll(List.of(bounds));
    return MethodTypeDesc.of(CD_void, list);
  }

  private static MethodTypeDesc arrayFormType() {
    return MethodTypeDesc.of(
        CD_void, SEGMENT.arrayType(), CD_long.arrayType(), CD_double.arrayType(), CD_int);
  }

  private static MethodTypeDesc handleFormType() {
    return MethodTypeDesc.of(
        CD_void, HANDLE.arrayType(), HANDLE.arrayType(), CD_double.arrayType(), CD_int);
  }

  private static MethodTypeDesc fixedFormType(int inputs) {
    var list = new ArrayList<ClassDesc>();
    for (int i = 0; i <= inputs; i++) {
      list.add(SEGMENT);
      list.add(CD_long);
    }
    list.addAll(List.of(CD_double, CD_double, CD_int));
    return MethodTypeDesc.of(CD_void, list);
  }

  private int firstParameterSlot() {
    return SLOTS_OF_OPERAND * operands;
  }

  private int countSlot() {
    return firstParameterSlot() + SLOTS_OF_PARAMETER * parameters;
  }

  private void writeFixedForm(CodeBuilder code) {
    int count = 1 + SLOTS_OF_OPERAND * operands + 2 * SLOTS_OF_PARAMETER;
    writeCalls(code, count, 1);
  }

  private void writeArrayForm(CodeBuilder code) {
    writeCalls(code, 4, ARRAY_FORM);
  }

  private void writeHandleForm(CodeBuilder code) {
    writeCalls(code, 4, HANDLE_FORM);
  }

  /** Calls the loop when there is a whole vector, and the tail when there is a rest. */
  private void writeCalls(CodeBuilder code, int count, int firstOperand) {
    if (!hasTail()) {
      loadWorkArguments(code, firstOperand);
      code.iload(count);
      code.invokestatic(name, "loop", workType(CD_int)).return_();
      return;
    }
    int bound = code.allocateLocal(TypeKind.INT);
    code.iload(count).loadConstant(-types.lanes()).iand().istore(bound);
    code.iload(bound)
        .ifThen(block -> {
          loadWorkArguments(block, firstOperand);
          block.iload(bound);
          block.invokestatic(name, "loop", workType(CD_int));
        });
    var end = code.newLabel();
    code.iload(bound).iload(count).if_icmpge(end);
    loadWorkArguments(code, firstOperand);
    code.iload(bound).iload(count);
    code.invokestatic(name, "tail", workType(CD_int, CD_int));
    code.labelBinding(end).return_();
  }

  private void loadWorkArguments(CodeBuilder code, int firstOperand) {
    for (int i = 0; i < operands; i++) {
      if (firstOperand == ARRAY_FORM) {
        code.aload(1).loadConstant(i).aaload();
        code.aload(2).loadConstant(i).laload();
      } else if (firstOperand == HANDLE_FORM) {
        loadHandle(code, i);
        code.invokevirtual(HANDLE, "segment", MethodTypeDesc.of(SEGMENT));
        loadHandle(code, i);
        code.invokevirtual(HANDLE, "byteOffset", MethodTypeDesc.of(CD_long));
      } else {
        code.aload(firstOperand + SLOTS_OF_OPERAND * i);
        code.lload(firstOperand + SLOTS_OF_OPERAND * i + 1);
      }
    }
    for (int i = 0; i < parameters; i++) {
      if (firstOperand < 0) {
        code.aload(3).loadConstant(i).daload();
      } else {
        code.dload(firstOperand + SLOTS_OF_OPERAND * operands + SLOTS_OF_PARAMETER * i);
      }
    }
  }

  private void loadHandle(CodeBuilder code, int operand) {
    if (operand < outputs.size()) {
      code.aload(1).loadConstant(operand).aaload();
    } else {
      code.aload(2).loadConstant(operand - outputs.size()).aaload();
    }
  }

  private void writeLoop(CodeBuilder code) {
    tellSegmentsAreNative(code);
    int[] slots = new int[invariant.length];
    writeInvariants(code, slots);
    int i = code.allocateLocal(TypeKind.INT);
    code.iconst_0().istore(i);
    var top = code.newLabel();
    var end = code.newLabel();
    code.labelBinding(top).iload(i).iload(countSlot()).if_icmpge(end);
    writeBody(code, slots, i, -1);
    code.iinc(i, types.lanes()).goto_(top);
    code.labelBinding(end).return_();
  }

  private void writeTail(CodeBuilder code) {
    tellSegmentsAreNative(code);
    int start = countSlot();
    int mask = code.allocateLocal(TypeKind.REFERENCE);
    loadSpecies(code);
    code.iload(start).iload(start + 1);
    code.invokeinterface(
        VectorTypes.SPECIES, "indexInRange", MethodTypeDesc.of(VectorTypes.MASK, CD_int, CD_int));
    code.astore(mask);
    int[] slots = new int[invariant.length];
    writeInvariants(code, slots);
    writeBody(code, slots, start, mask);
    code.return_();
  }

  private void tellSegmentsAreNative(CodeBuilder code) {
    for (int i = 0; i < operands; i++) {
      int slot = SLOTS_OF_OPERAND * i;
      code.aload(slot);
      code.invokestatic(NATIVE_MEMORY, "of", MethodTypeDesc.of(SEGMENT, SEGMENT));
      code.astore(slot);
    }
  }

  private void writeInvariants(CodeBuilder code, int[] slots) {
    for (var value : values) {
      if (invariant[value.index()]) {
        writeValue(code, value, slots, 0, -1);
      }
    }
  }

  private void writeBody(CodeBuilder code, int[] slots, int i, int mask) {
    for (var value : values) {
      if (!invariant[value.index()]) {
        writeValue(code, value, slots, i, mask);
      }
    }
    for (int output = 0; output < outputs.size(); output++) {
      writeOutput(code, output, slots, i, mask);
    }
  }

  private void writeOutput(CodeBuilder code, int output, int[] slots, int i, int mask) {
    var value = outputs.get(output);
    var owner = types.number();
    code.aload(slots[value.index()]);
    if (isTruth(value)) {
      owner = VectorTypes.BYTES;
      toByteMask(code);
      int bytes = code.allocateLocal(TypeKind.REFERENCE);
      code.astore(bytes);
      loadByteSpecies(code);
      code.iconst_0();
      broadcast(code, VectorTypes.BYTES, CD_byte);
      code.iconst_1().aload(bytes);
      code.invokevirtual(
          VectorTypes.BYTES,
          "blend",
          MethodTypeDesc.of(VectorTypes.BYTES, CD_byte, VectorTypes.MASK));
    }
    loadAddress(code, output, i, isTruth(value));
    loadByteOrder(code);
    if (mask < 0) {
      code.invokevirtual(
          owner, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER));
    } else {
      code.aload(mask);
      if (isTruth(value)) {
        toByteMask(code);
      }
      code.invokevirtual(
          owner,
          "intoMemorySegment",
          MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER, VectorTypes.MASK));
    }
  }

  /**
   * Whether a value that is read from or written to memory consists of truth values, one byte each.
   */
  private static boolean isTruth(VectorValue value) {
    return value.kind() == VectorValue.Kind.MASK;
  }

  private void toByteMask(CodeBuilder code) {
    loadByteSpecies(code);
    castMask(code);
  }

  private static void castMask(CodeBuilder code) {
    code.invokevirtual(
        VectorTypes.MASK, "cast", MethodTypeDesc.of(VectorTypes.MASK, VectorTypes.SPECIES));
  }

  private void loadByteSpecies(CodeBuilder code) {
    code.getstatic(VectorTypes.BYTES, types.byteSpeciesField(), VectorTypes.SPECIES);
  }

  private void writeValue(CodeBuilder code, VectorValue value, int[] slots, int i, int mask) {
    switch (value.operation()) {
      case INPUT -> writeInput(code, value, i, mask);
      case PARAMETER -> {
        loadSpecies(code);
        code.dload(firstParameterSlot() + SLOTS_OF_PARAMETER * (int) value.literal());
        switch (types.computeType()) {
          case FLOAT32 -> code.d2f();
          case INT32 -> code.d2l().l2i();
          case INT64 -> code.d2l();
          default -> {}
        }
        broadcast(code, types.number(), element);
      }
      case CONSTANT -> {
        loadSpecies(code);
        double number = (double) value.literal();
        switch (types.computeType()) {
          case FLOAT32 -> code.loadConstant((float) number);
          case FLOAT64 -> code.loadConstant(number);
          case INT32 -> code.loadConstant((int) (long) number);
          default -> code.loadConstant((long) number);
        }
        broadcast(code, types.number(), element);
      }
      case BITS_CONSTANT -> {
        long pattern = (long) value.literal();
        code.getstatic(types.bits(), types.speciesField(), VectorTypes.SPECIES);
        if (types.isWide()) {
          code.loadConstant(pattern);
        } else {
          code.loadConstant((int) pattern);
        }
        broadcast(code, types.bits(), types.isWide() ? CD_long : CD_int);
      }
      default -> {
        for (var argument : value.arguments()) {
          code.aload(slots[argument.index()]);
        }
        value.operation().emit(code, types, value);
      }
    }
    int slot = code.allocateLocal(TypeKind.REFERENCE);
    slots[value.index()] = slot;
    code.astore(slot);
  }

  private void writeInput(CodeBuilder code, VectorValue value, int i, int mask) {
    if (isScalarInput(value)) {
      writeScalarInput(code, value);
      return;
    }
    boolean truth = isTruth(value);
    var owner = truth ? VectorTypes.BYTES : types.number();
    if (truth) {
      loadByteSpecies(code);
    } else {
      loadSpecies(code);
    }
    loadAddress(code, outputs.size() + (int) value.literal(), i, truth);
    loadByteOrder(code);
    if (mask < 0) {
      code.invokestatic(
          owner,
          "fromMemorySegment",
          MethodTypeDesc.of(owner, VectorTypes.SPECIES, SEGMENT, CD_long, BYTE_ORDER));
    } else {
      code.aload(mask);
      if (truth) {
        toByteMask(code);
      }
      code.invokestatic(
          owner,
          "fromMemorySegment",
          MethodTypeDesc.of(
              owner, VectorTypes.SPECIES, SEGMENT, CD_long, BYTE_ORDER, VectorTypes.MASK));
    }
    if (truth) {
      VectorOperation.compareBytesWithZero(code);
      loadSpecies(code);
      castMask(code);
    }
  }

  private void writeScalarInput(CodeBuilder code, VectorValue value) {
    int operand = outputs.size() + (int) value.literal();
    boolean truth = isTruth(value);
    var layout = LAYOUT.nested(truth ? "OfByte" : elementLayout());
    var type = truth ? CD_byte : element;
    loadSpecies(code);
    code.aload(SLOTS_OF_OPERAND * operand);
    code.getstatic(LAYOUT, truth ? "JAVA_BYTE" : elementLayoutField(), layout);
    code.lload(SLOTS_OF_OPERAND * operand + 1);
    code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(type, layout, CD_long));
    if (truth) {
      code.ifThenElse(CodeBuilder::iconst_1, CodeBuilder::iconst_0);
      code.invokeinterface(
          VectorTypes.SPECIES, "maskAll", MethodTypeDesc.of(VectorTypes.MASK, CD_boolean));
    } else {
      broadcast(code, types.number(), type);
    }
  }

  private String elementLayout() {
    return switch (types.computeType()) {
      case FLOAT32 -> "OfFloat";
      case FLOAT64 -> "OfDouble";
      case INT32 -> "OfInt";
      default -> "OfLong";
    };
  }

  private String elementLayoutField() {
    return switch (types.computeType()) {
      case FLOAT32 -> "JAVA_FLOAT_UNALIGNED";
      case FLOAT64 -> "JAVA_DOUBLE_UNALIGNED";
      case INT32 -> "JAVA_INT_UNALIGNED";
      default -> "JAVA_LONG_UNALIGNED";
    };
  }

  private void loadSpecies(CodeBuilder code) {
    code.getstatic(types.number(), types.speciesField(), VectorTypes.SPECIES);
  }

  private static void broadcast(CodeBuilder code, ClassDesc vector, ClassDesc element) {
    code.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, VectorTypes.SPECIES, element));
  }

  /** The segment of an operand, and where its element {@code i} begins. */
  private void loadAddress(CodeBuilder code, int operand, int i, boolean truth) {
    code.aload(SLOTS_OF_OPERAND * operand);
    code.lload(SLOTS_OF_OPERAND * operand + 1);
    code.iload(i).i2l();
    if (!truth) {
      code.loadConstant(elementShift).lshl();
    }
    code.ladd();
  }

  private static void loadByteOrder(CodeBuilder code) {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    code.getstatic(BYTE_ORDER, little ? "LITTLE_ENDIAN" : "BIG_ENDIAN", BYTE_ORDER);
  }
}
