package dev.gatun.kernels.bytecode;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.util.HashSet;

/**
 * Has the methods of kernels that loop compiled by themselves, never as a part of their callers.
 *
 * <p>C2 has a budget for what it compiles at once (18,000 nodes before it first optimizes). One
 * kernel fits; several in one caller, or one behind much else, do not, and which of them meet there
 * depends on what was hot first. What comes after the budget is spent is put together late, and
 * then vectors that pass from one turn of a loop to the next stay objects on the heap, for as long
 * as the process lives: a kernel runs many times slower in one process out of some.
 *
 * <p>C2 never inlines a method of more bytes than its option {@code FreqInlineSize} says, however
 * hot it is. Bytes that are never reached count as well, and cost nothing else.
 */
public final class SeparateCompilation {
  /** The default of FreqInlineSize on every platform of 64 bits. */
  private static final int MOST_BYTES_INLINED = 325;

  private SeparateCompilation() {}

  /**
   * Returns a class whose methods with loops are too long to be inlined.
   *
   * @param context how to read and write class files
   * @param bytes the class file
   * @return the class file with unreachable code behind every method that branches backwards
   */
  public static byte[] ofLoops(ClassFile context, byte[] bytes) {
    return context.transformClass(
        context.parse(bytes),
        ClassTransform.transformingMethodBodies(
            SeparateCompilation::loops,
            CodeTransform.endHandler(code -> appendUnreachable(code, MOST_BYTES_INLINED))));
  }

  private static boolean loops(MethodModel method) {
    var code = method.code();
    if (code.isEmpty()) {
      return false;
    }
    var passed = new HashSet<Label>();
    for (var element : code.get()) {
      switch (element) {
        case LabelTarget target -> passed.add(target.label());
        case BranchInstruction branch when passed.contains(branch.target()) -> {
          return true;
        }
        default -> {
          // Neither binds a label nor branches.
        }
      }
    }
    return false;
  }

  /** Appends more bytes than a compiler puts in place of a call, none of which is reached. */
  static void appendUnreachable(CodeBuilder code, int mostBytesInlined) {
    for (int i = 0; i < mostBytesInlined; i++) {
      code.nop();
    }
    code.aconst_null().athrow();
  }
}
