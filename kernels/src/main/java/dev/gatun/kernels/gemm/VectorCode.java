package dev.gatun.kernels.gemm;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** The Vector API's calls as bytecode, for one element type and one vector width. */
final class VectorCode {
  static final ClassDesc SEGMENT = ClassDesc.of(MemorySegment.class.getName());

  private static final String VECTOR_PACKAGE = "jdk.incubator.vector";
  private static final ClassDesc ANY_VECTOR = ClassDesc.of(VECTOR_PACKAGE, "Vector");
  private static final ClassDesc SPECIES = ClassDesc.of(VECTOR_PACKAGE, "VectorSpecies");
  private static final ClassDesc BYTE_ORDER = ClassDesc.of(ByteOrder.class.getName());

  private static final String NATIVE_ORDER =
      ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "LITTLE_ENDIAN" : "BIG_ENDIAN";

  /** The element type: float or double. */
  final ClassDesc element;

  /** The type of arrays of elements. */
  final ClassDesc array;

  /** How elements are loaded and stored. */
  final TypeKind kind;

  /** The number of elements in a vector. */
  final int lanes;

  /** The size of a vector in bytes. */
  final int vectorBytes;

  private final ClassDesc vector;
  private final String species;

  private VectorCode(ClassDesc element, String vectorName, int elementBits, int vectorBits) {
    this.element = element;
    this.array = element.arrayType();
    this.kind = TypeKind.from(element);
    this.lanes = vectorBits / elementBits;
    this.vectorBytes = vectorBits / 8;
    this.vector = ClassDesc.of(VECTOR_PACKAGE, vectorName);
    this.species = "SPECIES_" + vectorBits;
  }

  static VectorCode ofFloat(int vectorBits) {
    return new VectorCode(CD_float, "FloatVector", Float.SIZE, vectorBits);
  }

  static VectorCode ofDouble(int vectorBits) {
    return new VectorCode(CD_double, "DoubleVector", Double.SIZE, vectorBits);
  }

  /** Defines a hidden subclass in this package and makes its only instance. */
  static <T> T define(Class<T> parent, String name, Consumer<ClassBuilder> methods) {
    var lookup = MethodHandles.lookup();
    var parentDesc = ClassDesc.of(parent.getName());
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(VectorCode.class.getPackageName(), name),
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
      var type = lookup.defineHiddenClass(bytes, true).lookupClass();
      return parent.cast(type.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the generated class " + name + " cannot be made", e);
    }
  }

  /** Reserves consecutive local variables for references. */
  static int[] references(CodeBuilder code, int count) {
    return locals(code, TypeKind.REFERENCE, count);
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

  /** Pushes {@code base + step * stride + constant}, all of them ints. */
  static void position(CodeBuilder code, int base, int step, int stride, int constant) {
    code.iload(base).iload(step).iload(stride).imul().iadd();
    if (constant != 0) {
      code.loadConstant(constant).iadd();
    }
  }

  /** Pushes {@code base + step * stride + constant}: long base and stride, int step. */
  static void bytePosition(CodeBuilder code, int base, int step, int stride, int constant) {
    code.lload(base).iload(step).i2l().lload(stride).lmul().ladd();
    if (constant != 0) {
      code.loadConstant((long) constant).ladd();
    }
  }

  /** Pushes the species; what follows {@link #loadArray} and the like begins with it. */
  void species(CodeBuilder code) {
    code.getstatic(vector, species, SPECIES);
  }

  /** Pushes a vector of zeros. */
  void zero(CodeBuilder code) {
    species(code);
    code.invokestatic(vector, "zero", MethodTypeDesc.of(vector, SPECIES));
  }

  /** Replaces species and element by a vector of that element. */
  void broadcast(CodeBuilder code) {
    code.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, element));
  }

  /** Replaces species, array and index by a vector. */
  void loadArray(CodeBuilder code) {
    code.invokestatic(vector, "fromArray", MethodTypeDesc.of(vector, SPECIES, array, CD_int));
  }

  /** Replaces species, segment and byte offset by a vector. */
  void loadSegment(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokestatic(
            vector,
            "fromMemorySegment",
            MethodTypeDesc.of(vector, SPECIES, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** Takes vector, array and index, and stores. */
  void storeArray(CodeBuilder code) {
    code.invokevirtual(vector, "intoArray", MethodTypeDesc.of(CD_void, array, CD_int));
  }

  /** Takes vector, segment and byte offset, and stores. */
  void storeSegment(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokevirtual(
            vector, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** Replaces vectors a, b and c by {@code a * b + c}, rounded once. */
  void fma(CodeBuilder code) {
    code.invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
  }

  /** Replaces two vectors by their product. */
  void multiply(CodeBuilder code) {
    code.invokevirtual(vector, "mul", MethodTypeDesc.of(vector, ANY_VECTOR));
  }
}
