package dev.gatun.kernels.bytecode;

import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Loads of the widest vectors, as a method of its own in the class that is written.
 *
 * <p>Tiles and transposed blocks of vectors of 512 bits have more code than C1 takes: it puts all
 * of the Vector API in place, and gives up after 10,000 virtual registers. That would be no matter
 * if it gave up at once; but a method that it can compile without counters, as it does while C2 is
 * busy, and not with them, is never compiled again, and stays a hundred times slower for as long as
 * the process lives. C1 puts no method of more than 35 bytes in place; C2 does where it is hot. (It
 * does so until it has 18,000 nodes: loads are the first thing in a block, stores would be too
 * late.)
 */
final class WideAccesses {
  private static final int WIDE_BYTES = 64;

  /** More than C1 puts in place, its option MaxInlineSize, and far less than C2. */
  private static final int PADDING = 36;

  private static final ScopedValue<WideAccesses> CURRENT = ScopedValue.newInstance();

  private final ClassDesc owner;
  private final Map<String, Consumer<ClassBuilder>> methods = new LinkedHashMap<>();

  WideAccesses(ClassDesc owner) {
    this.owner = owner;
  }

  static boolean suits(VectorCode vector) {
    return vector.vectorBytes == WIDE_BYTES;
  }

  ClassDesc owner() {
    return owner;
  }

  /** Runs what writes the methods of the class. */
  void whileWriting(Runnable writer) {
    ScopedValue.where(CURRENT, this).run(writer);
  }

  /** Writes the methods that have been called for. */
  void writeMethods(ClassBuilder builder) {
    methods.values().forEach(method -> method.accept(builder));
  }

  /** Replaces species, segment and byte offset by a vector, the class of which is known. */
  static void load(CodeBuilder code, VectorCode vector) {
    call(
        code,
        "load" + vector.name,
        MethodTypeDesc.of(vector.vectorType(), VectorCode.SPECIES, VectorCode.SEGMENT, CD_long),
        body -> {
          vector.species(body);
          body.aload(body.parameterSlot(1)).lload(body.parameterSlot(2));
          vector.loadSegmentExact(body);
          body.areturn();
        });
  }

  private static void call(
      CodeBuilder code, String name, MethodTypeDesc type, Consumer<CodeBuilder> body) {
    var current = CURRENT.get();
    current.methods.put(
        name,
        builder ->
            builder.withMethodBody(
                name,
                type,
                ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                method -> {
                  body.accept(method);
                  SeparateCompilation.appendUnreachable(method, PADDING);
                }));
    code.invokestatic(current.owner, name, type);
  }
}
