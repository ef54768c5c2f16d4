package dev.gatun.kernels.convolution;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.gatun.kernels.specialize.NativeMemory;
import dev.gatun.memory.DType;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.function.Consumer;

/** The calls of the Vector API that tiles need, for one element type and one vector width. */
final class VectorBytecode {
  static final ClassDesc SEGMENT = ClassDesc.of(MemorySegment.class.getName());

  private static final ClassDesc NATIVE_MEMORY = ClassDesc.of(NativeMemory.class.getName());
  private static final String VECTOR_PACKAGE = "jdk.incubator.vector";
  private static final ClassDesc ANY_VECTOR = ClassDesc.of(VECTOR_PACKAGE, "Vector");
  private static final ClassDesc SPECIES = ClassDesc.of(VECTOR_PACKAGE, "VectorSpecies");
  private static final ClassDesc BYTE_ORDER = ClassDesc.of(ByteOrder.class.getName());
  private static final ClassDesc VALUE_LAYOUT = ClassDesc.of(ValueLayout.class.getName());
  private static final String NATIVE_ORDER =
      ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "LITTLE_ENDIAN" : "BIG_ENDIAN";

  /** The name of the element type, as it begins names in the Vector API. */
  final String name;

  /** The size of a vector in bytes. */
  final int vectorBytes;

  /** The size of an element in bytes. */
  final int elementBytes;

  private final ClassDesc element;
  private final ClassDesc vector;
  private final String species;
  private final ClassDesc elementLayout;
  private final String elementLayoutName;

  VectorBytecode(DType dtype, int vectorBits) {
    boolean single = dtype == DType.FLOAT32;
    name = single ? "Float" : "Double";
    element = single ? CD_float : CD_double;
    elementBytes = dtype.byteSize();
    vectorBytes = vectorBits / Byte.SIZE;
    vector = ClassDesc.of(VECTOR_PACKAGE, name + "Vector");
    species = "SPECIES_" + vectorBits;
    elementLayout = VALUE_LAYOUT.nested("Of" + name);
    elementLayoutName = "JAVA_" + name.toUpperCase(Locale.ROOT) + "_UNALIGNED";
  }

  /** Defines a hidden subclass in this package and makes its only instance. */
  static <T> T define(Class<T> parent, String name, Consumer<ClassBuilder> methods) {
    var parentDesc = ClassDesc.of(parent.getName());
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(VectorBytecode.class.getPackageName(), name),
                builder -> {
                  builder.withFlags(ClassFile.ACC_FINAL).withSuperclass(parentDesc);
                  builder.withMethodBody(
                      INIT_NAME,
                      MTD_void,
                      0,
                      code ->
                          code.aload(0).invokespecial(parentDesc, INIT_NAME, MTD_void).return_());
                  methods.accept(builder);
                });
    try {
      var type = MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass();
      return parent.cast(type.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the generated class " + name + " cannot be made", e);
    }
  }

  static int[] locals(CodeBuilder code, TypeKind kind, int count) {
    var slots = new int[count];
    for (int i = 0; i < count; i++) {
      slots[i] = code.allocateLocal(kind);
    }
    return slots;
  }

  /** Writes a loop over {@code step = 0 .. count} around a body; counted, with an int index. */
  static void loop(CodeBuilder code, int step, int count, Runnable body) {
    Label head = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(step).labelBinding(head);
    code.iload(step).iload(count).if_icmpge(end);
    body.run();
    code.iinc(step, 1).goto_(head).labelBinding(end);
  }

  /** Reserves and fills long positions of rows: {@code offset + row * rowBytes}. */
  static int[] rowPositions(CodeBuilder code, int rows, int offset, int rowBytes) {
    int[] positions = locals(code, TypeKind.LONG, rows);
    code.lload(offset).lstore(positions[0]);
    for (int row = 1; row < rows; row++) {
      code.lload(positions[row - 1]).lload(rowBytes).ladd().lstore(positions[row]);
    }
    return positions;
  }

  /** Tells the compiler that the segment in a parameter is native; comes before a loop. */
  static void nativeSegment(CodeBuilder code, int parameter) {
    int slot = code.parameterSlot(parameter);
    code.aload(slot)
        .invokestatic(NATIVE_MEMORY, "of", MethodTypeDesc.of(SEGMENT, SEGMENT))
        .astore(slot);
  }

  /** Pushes the species; {@link #zero}, {@link #broadcast} and {@link #load} use it up. */
  void species(CodeBuilder code) {
    code.getstatic(vector, species, SPECIES);
  }

  /** Replaces species by a vector of zeros. */
  void zero(CodeBuilder code) {
    code.invokestatic(vector, "zero", MethodTypeDesc.of(vector, SPECIES));
  }

  /** Replaces species and element by a vector of that element. */
  void broadcast(CodeBuilder code) {
    code.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, element));
  }

  /** Replaces species, segment and byte offset by a vector. */
  void load(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokestatic(
            vector,
            "fromMemorySegment",
            MethodTypeDesc.of(vector, SPECIES, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** Takes vector, segment and byte offset, and stores. */
  void store(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokevirtual(
            vector, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** Replaces vectors a, b and c by {@code a * b + c}, rounded once. */
  void fma(CodeBuilder code) {
    code.invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
  }

  /** Replaces two vectors by their sum. */
  void add(CodeBuilder code) {
    code.invokevirtual(vector, "add", MethodTypeDesc.of(vector, ANY_VECTOR));
  }

  /** Pushes the layout of an element. */
  void elementLayout(CodeBuilder code) {
    code.getstatic(VALUE_LAYOUT, elementLayoutName, elementLayout);
  }

  /** Replaces segment, layout and byte offset by an element. */
  void getElement(CodeBuilder code) {
    code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(element, elementLayout, CD_long));
  }
}
