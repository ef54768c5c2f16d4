package dev.gatun.kernels.bytecode;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_VarHandle;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
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
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The Vector API's calls as bytecode, for one element type and one vector width, and what the loops
 * around them need. Methods write to the code builder that they are given; what they say about
 * values is about the stack of the code that is written.
 */
public final class VectorCode {
  private static final ClassDesc NATIVE_MEMORY = ClassDesc.of(NativeMemory.class.getName());
  private static final ClassDesc VECTOR_CLASSES = ClassDesc.of(VectorClasses.class.getName());

  /** The type of memory segments. */
  public static final ClassDesc SEGMENT = ClassDesc.of(MemorySegment.class.getName());

  private static final String VECTOR_PACKAGE = "jdk.incubator.vector";

  /** The type of vectors of any elements. */
  static final ClassDesc ANY_VECTOR = ClassDesc.of(VECTOR_PACKAGE, "Vector");

  /** The type of species. */
  static final ClassDesc SPECIES = ClassDesc.of(VECTOR_PACKAGE, "VectorSpecies");

  /** The type of masks. */
  static final ClassDesc MASK = ClassDesc.of(VECTOR_PACKAGE, "VectorMask");

  /** The type of shuffles. */
  static final ClassDesc SHUFFLE = ClassDesc.of(VECTOR_PACKAGE, "VectorShuffle");

  private static final ClassDesc OPERATORS = ClassDesc.of(VECTOR_PACKAGE, "VectorOperators");
  private static final ClassDesc BINARY = OPERATORS.nested("Binary");
  private static final ClassDesc TERNARY = OPERATORS.nested("Ternary");
  private static final ClassDesc CONVERSION = OPERATORS.nested("Conversion");
  private static final ClassDesc BYTE_ORDER = ClassDesc.of(ByteOrder.class.getName());

  private static final ClassDesc ELEMENT_ACCESS = ClassDesc.of(ElementAccess.class.getName());

  private static final String NATIVE_ORDER =
      ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "LITTLE_ENDIAN" : "BIG_ENDIAN";

  /** The name of the element type, as it begins names in the Vector API. */
  public final String name;

  private final ClassDesc element;

  /** The number of elements in a vector. */
  public final int lanes;

  /** The size of a vector in bytes. */
  public final int vectorBytes;

  private final ClassDesc vector;
  private final String species;
  private final String className;

  private final String accessName;

  private VectorCode(ClassDesc element, String name, int elementBits, int vectorBits) {
    this.element = element;
    this.name = name;
    this.lanes = vectorBits / elementBits;
    this.vectorBytes = vectorBits / 8;
    this.vector = ClassDesc.of(VECTOR_PACKAGE, name + "Vector");
    this.species = "SPECIES_" + vectorBits;
    this.className = name.toUpperCase(Locale.ROOT) + "_" + vectorBits;
    this.accessName = name.toUpperCase(Locale.ROOT);
  }

  /** Returns the code for {@code FLOAT32} or {@code FLOAT64}. */
  public static VectorCode of(DType dtype, int vectorBits) {
    return dtype == DType.FLOAT32
        ? new VectorCode(CD_float, "Float", Float.SIZE, vectorBits)
        : new VectorCode(CD_double, "Double", Double.SIZE, vectorBits);
  }

  /** Returns the code for integers as large as elements of that type. */
  public static VectorCode ofIntegersLike(DType dtype, int vectorBits) {
    return dtype.byteSize() == Integer.BYTES
        ? new VectorCode(CD_int, "Int", Integer.SIZE, vectorBits)
        : new VectorCode(CD_long, "Long", Long.SIZE, vectorBits);
  }

  /**
   * Defines a hidden subclass and makes its only instance.
   *
   * @param lookup that of a class in the package of the parent
   */
  public static <T> T define(
      MethodHandles.Lookup lookup, Class<T> parent, String name, Consumer<ClassBuilder> methods) {
    var parentDesc = ClassDesc.of(parent.getName());
    var accesses = new WideAccesses(ClassDesc.of(lookup.lookupClass().getPackageName(), name));
    byte[] bytes =
        ClassFile.of()
            .build(
                accesses.owner(),
                builder -> {
                  builder
                      .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                      .withSuperclass(parentDesc);
                  builder.withMethodBody(
                      INIT_NAME,
                      MTD_void,
                      ClassFile.ACC_PUBLIC,
                      code ->
                          code.aload(0).invokespecial(parentDesc, INIT_NAME, MTD_void).return_());
                  accesses.whileWriting(() -> methods.accept(builder));
                  accesses.writeMethods(builder);
                });
    try {
      var separate = SeparateCompilation.ofLoops(ClassFile.of(), bytes);
      var type = lookup.defineHiddenClass(separate, true).lookupClass();
      return parent.cast(type.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the generated class " + name + " cannot be made", e);
    }
  }

  /** Reserves consecutive local variables for references. */
  public static int[] references(CodeBuilder code, int count) {
    return locals(code, TypeKind.REFERENCE, count);
  }

  /** Reserves consecutive local variables. */
  public static int[] locals(CodeBuilder code, TypeKind kind, int count) {
    var slots = new int[count];
    for (int i = 0; i < count; i++) {
      slots[i] = code.allocateLocal(kind);
    }
    return slots;
  }

  /** Writes a loop over {@code step = 0 .. count} around a body; counted, with an int index. */
  public static void loop(CodeBuilder code, int step, int count, Runnable body) {
    Label head = code.newLabel();
    Label end = code.newLabel();
    code.iconst_0().istore(step).labelBinding(head);
    code.iload(step).iload(count).if_icmpge(end);
    body.run();
    code.iinc(step, 1).goto_(head).labelBinding(end);
  }

  /**
   * Has the compiler load what follows after what came before: a fence for loads, which is no
   * instruction on processors that keep them in order, and costs dearly on others.
   */
  public static void orderLoads(CodeBuilder code) {
    code.invokestatic(CD_VarHandle, "loadLoadFence", MTD_void);
  }

  /** Reserves and fills long positions of rows: {@code offset + row * rowBytes}. */
  public static int[] rowPositions(CodeBuilder code, int rows, int offset, int rowBytes) {
    int[] positions = locals(code, TypeKind.LONG, rows);
    code.lload(offset).lstore(positions[0]);
    for (int row = 1; row < rows; row++) {
      code.lload(positions[row - 1]).lload(rowBytes).ladd().lstore(positions[row]);
    }
    return positions;
  }

  /** Tells the compiler that the segments in some parameters are native; comes before a loop. */
  public static void nativeSegments(CodeBuilder code, int... parameters) {
    for (int parameter : parameters) {
      int slot = code.parameterSlot(parameter);
      nativeSegment(code, slot, slot);
    }
  }

  /**
   * Copies the segment in a local to another, of which the compiler then knows that it is native.
   */
  static void nativeSegment(CodeBuilder code, int from, int to) {
    code.aload(from)
        .invokestatic(NATIVE_MEMORY, "of", MethodTypeDesc.of(SEGMENT, SEGMENT))
        .astore(to);
  }

  /** Pushes {@code base + step * stride + constant}: long base and stride, int step. */
  public static void bytePosition(CodeBuilder code, int base, int step, int stride, int constant) {
    code.lload(base).iload(step).i2l().lload(stride).lmul().ladd();
    if (constant != 0) {
      code.loadConstant((long) constant).ladd();
    }
  }

  /** Pushes {@code base + step * stride}: long base, int step, constant stride. */
  public static void bytePosition(CodeBuilder code, int base, int step, int stride) {
    code.lload(base).iload(step).i2l().loadConstant((long) stride).lmul().ladd();
  }

  /** The type of vectors. */
  ClassDesc vectorType() {
    return vector;
  }

  /** Tells whether elements are {@code int} or {@code long}. */
  boolean isOfIntegers() {
    return element.equals(CD_int) || element.equals(CD_long);
  }

  /** Returns the size of an element in bytes. */
  public int elementBytes() {
    return vectorBytes / lanes;
  }

  /** Pushes the species; what follows {@link #loadSegment} and the like begins with it. */
  public void species(CodeBuilder code) {
    code.getstatic(vector, species, SPECIES);
  }

  /**
   * Tells the compiler the class of the vector that is on the stack, which it otherwise does not
   * know before it has inlined what made the vector. What follows then is inlined without questions
   * about the class, and takes less of the compiler's budget for inlining; when that is used up,
   * vectors become objects. The same goes for vectors that come out of a loop; see {@link
   * dev.gatun.kernels.specialize.ExactClass}.
   */
  public void exact(CodeBuilder code) {
    code.getstatic(VECTOR_CLASSES, className, CD_Class)
        .swap()
        .invokevirtual(CD_Class, "cast", MethodTypeDesc.of(CD_Object, CD_Object))
        .checkcast(vector);
  }

  /**
   * Pushes a vector of zeros: by a broadcast, of which the compiler makes half as many nodes as of
   * the method for zeros.
   */
  public void zero(CodeBuilder code) {
    species(code);
    code.iconst_0().conversion(TypeKind.INT, TypeKind.from(element));
    broadcast(code);
  }

  /** Replaces species and a double by a vector of that number. */
  public void broadcastDouble(CodeBuilder code) {
    if (element.equals(CD_float)) {
      code.d2f();
    }
    broadcast(code);
  }

  /** Replaces species and element by a vector of that element. */
  public void broadcast(CodeBuilder code) {
    code.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, element));
  }

  /** Replaces species, segment and byte offset by a vector. */
  public void loadSegment(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokestatic(
            vector,
            "fromMemorySegment",
            MethodTypeDesc.of(vector, SPECIES, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** As {@link #loadSegment}, where the compiler is told the class of the vector. */
  public void loadSegmentExact(CodeBuilder code) {
    loadSegment(code);
    exact(code);
  }

  /** As {@link #loadSegmentExact}, early in what a loop does, where there is much of it. */
  public void loadSegmentBriefly(CodeBuilder code) {
    if (WideAccesses.suits(this)) {
      WideAccesses.load(code, this);
    } else {
      loadSegmentExact(code);
    }
  }

  /** Casts a parameter to an array of elements, ahead of all loops, and returns its slot. */
  public int arrayParameter(CodeBuilder code, int parameter) {
    int array = code.allocateLocal(TypeKind.REFERENCE);
    code.aload(code.parameterSlot(parameter)).checkcast(element.arrayType()).astore(array);
    return array;
  }

  /** Replaces species, array and index by a vector. */
  public void loadArray(CodeBuilder code) {
    code.invokestatic(
        vector, "fromArray", MethodTypeDesc.of(vector, SPECIES, element.arrayType(), CD_int));
  }

  /** Takes vector, array and index, and stores. */
  public void storeArray(CodeBuilder code) {
    code.invokevirtual(
        vector, "intoArray", MethodTypeDesc.of(CD_void, element.arrayType(), CD_int));
  }

  /** Replaces array and index by an element. */
  public void elementFromArray(CodeBuilder code) {
    code.arrayLoad(TypeKind.from(element));
  }

  /** Pushes what {@link #elementFromSegment} begins with. */
  public void elementAccess(CodeBuilder code) {
    code.getstatic(ELEMENT_ACCESS, accessName, CD_VarHandle);
  }

  /** Replaces access, segment and byte offset by an element. */
  public void elementFromSegment(CodeBuilder code) {
    code.invokevirtual(CD_VarHandle, "get", MethodTypeDesc.of(element, SEGMENT, CD_long));
  }

  /** Takes vector, segment and byte offset, and stores. */
  public void storeSegment(CodeBuilder code) {
    code.getstatic(BYTE_ORDER, NATIVE_ORDER, BYTE_ORDER)
        .invokevirtual(
            vector, "intoMemorySegment", MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER));
  }

  /** Replaces vectors a, b and c by {@code a * b + c}, rounded once. */
  public void fma(CodeBuilder code) {
    code.invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
  }

  /**
   * Pushes {@code a * b + c} of vectors in local variables, rounded once, as {@link #fma} does.
   * That calls a method which all vectors share, so that the compiler sees several widths there;
   * this calls that of a width at once.
   */
  public void fusedMultiplyAdd(CodeBuilder code, int a, int b, int c) {
    code.aload(a).getstatic(OPERATORS, "FMA", TERNARY).aload(b).aload(c);
    code.invokevirtual(
        vector, "lanewise", MethodTypeDesc.of(vector, TERNARY, ANY_VECTOR, ANY_VECTOR));
  }

  /** Replaces indices and two vectors by the elements that the indices select from the two. */
  public void select(CodeBuilder code) {
    code.invokevirtual(vector, "selectFrom", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
  }

  /** Replaces two vectors and a mask by the elements of the second where it is set. */
  public void blend(CodeBuilder code) {
    code.invokevirtual(vector, "blend", MethodTypeDesc.of(vector, ANY_VECTOR, MASK));
  }

  /** Replaces a vector and a shuffle by the elements that the shuffle names. */
  public void rearrange(CodeBuilder code) {
    code.invokevirtual(vector, "rearrange", MethodTypeDesc.of(vector, SHUFFLE));
  }

  /** Replaces two vectors by their product. */
  public void multiply(CodeBuilder code) {
    code.invokevirtual(vector, "mul", MethodTypeDesc.of(vector, ANY_VECTOR));
  }

  /** Replaces two vectors by their sum. */
  public void add(CodeBuilder code) {
    code.invokevirtual(vector, "add", MethodTypeDesc.of(vector, ANY_VECTOR));
  }

  /** Replaces a vector of bits by floating-point numbers. */
  public void toFloating(CodeBuilder code, VectorCode floating) {
    code.invokevirtual(
        vector, "reinterpretAs" + floating.name + "s", MethodTypeDesc.of(floating.vector));
  }

  /** Replaces two vectors of integers by the bits that both have. */
  public void and(CodeBuilder code) {
    code.invokevirtual(vector, "and", MethodTypeDesc.of(vector, ANY_VECTOR));
  }

  /** Cuts a vector of ints to some bits. */
  public void and(CodeBuilder code, int bits) {
    code.loadConstant(bits).invokevirtual(vector, "and", MethodTypeDesc.of(vector, element));
  }

  /** Shifts a vector of ints by a constant: {@code LSHL} or {@code ASHR}. */
  public void shift(CodeBuilder code, String operator, int distance) {
    code.getstatic(OPERATORS, operator, BINARY)
        .loadConstant(distance)
        .invokevirtual(vector, "lanewise", MethodTypeDesc.of(vector, BINARY, element));
  }

  /** Replaces a vector of ints by the floats of the same values. */
  public void toFloatValues(CodeBuilder code, VectorCode floats) {
    code.getstatic(OPERATORS, "I2F", CONVERSION)
        .iconst_0()
        .invokevirtual(vector, "convert", MethodTypeDesc.of(ANY_VECTOR, CONVERSION, CD_int))
        .checkcast(floats.vector);
  }
}
