package dev.gatun.kernels.specialize;

import dev.gatun.kernels.bytecode.SeparateCompilation;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the code of {@link Inlined} methods where they are called. */
final class Inliner {
  private static final ClassDesc MARK = ClassDesc.of(Inlined.class.getName());

  private final Function<String, byte[]> classFiles;
  private final Map<String, ClassModel> classes = new HashMap<>();
  private final String folder;

  /**
   * Makes an inliner for classes of one package.
   *
   * @param folder the package, with slashes and one behind
   * @param classFiles gives the class file of a class by its simple name
   */
  Inliner(String folder, Function<String, byte[]> classFiles) {
    this.folder = folder;
    this.classFiles = classFiles;
  }

  /**
   * Returns the class file with calls of marked methods replaced, its vectors cast to the classes
   * of their species, and its loops made to be compiled by themselves.
   */
  byte[] transform(byte[] bytes, ClassLoader loader) {
    var file =
        ClassFile.of(
            ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.defaultResolver()
                    .orElse(ClassHierarchyResolver.ofClassLoading(loader))));
    var transform =
        ClassTransform.transformingMethodBodies((builder, element) -> copy(builder, element));
    var inlined = file.transformClass(file.parse(bytes), transform);
    return SeparateCompilation.ofLoops(file, ExactVectors.cast(file, inlined));
  }

  private void copy(CodeBuilder builder, CodeElement element) {
    var body = element instanceof InvokeInstruction call ? body(call) : null;
    if (body == null) {
      builder.with(element);
    } else {
      splice(builder, body);
    }
  }

  private @Nullable MethodModel body(InvokeInstruction call) {
    var owner = call.owner().asInternalName();
    if (call.opcode() != Opcode.INVOKESTATIC
        || !owner.startsWith(folder)
        || owner.indexOf('/', folder.length()) >= 0) {
      return null;
    }
    var model =
        classes.computeIfAbsent(
            owner.substring(folder.length()), name -> ClassFile.of().parse(classFiles.apply(name)));
    for (var method : model.methods()) {
      if (method.methodName().equalsString(call.name().stringValue())
          && method.methodType().equalsString(call.type().stringValue())) {
        return isMarked(method) ? method : null;
      }
    }
    return null;
  }

  private static boolean isMarked(MethodModel method) {
    return method.findAttribute(Attributes.runtimeInvisibleAnnotations()).stream()
        .flatMap(all -> all.annotations().stream())
        .anyMatch(annotation -> annotation.classSymbol().equals(MARK));
  }

  /** The arguments are on the stack; the result is left there. */
  private void splice(CodeBuilder builder, MethodModel method) {
    var code = method.code().orElseThrow();
    int base = locals(builder, maxLocals(method, code));
    storeArguments(builder, method.methodTypeSymbol(), base);
    var labels = new HashMap<Label, Label>();
    var end = builder.newLabel();
    for (var element : code) {
      switch (element) {
        case LoadInstruction load -> builder.loadLocal(load.typeKind(), base + load.slot());
        case StoreInstruction store -> builder.storeLocal(store.typeKind(), base + store.slot());
        case IncrementInstruction step -> builder.iinc(base + step.slot(), step.constant());
        case ReturnInstruction _ -> builder.goto_(end);
        case LabelTarget target -> builder.labelBinding(moved(builder, labels, target.label()));
        case BranchInstruction branch ->
            builder.branch(branch.opcode(), moved(builder, labels, branch.target()));
        case TableSwitchInstruction _, LookupSwitchInstruction _ ->
            throw new IllegalStateException(method.methodName() + " has a switch: not inlined");
        case Instruction instruction -> copy(builder, instruction);
        default -> {
          // Line numbers and names of variables belong to the method's own file.
        }
      }
    }
    builder.labelBinding(end);
  }

  private static Label moved(CodeBuilder builder, Map<Label, Label> labels, Label label) {
    return labels.computeIfAbsent(label, _ -> builder.newLabel());
  }

  private static int maxLocals(MethodModel method, CodeModel code) {
    int most = 0;
    for (var type : method.methodTypeSymbol().parameterList()) {
      most += TypeKind.from(type).slotSize();
    }
    for (var element : code) {
      int end =
          switch (element) {
            case LoadInstruction load -> load.slot() + load.typeKind().slotSize();
            case StoreInstruction store -> store.slot() + store.typeKind().slotSize();
            default -> 0;
          };
      most = Math.max(most, end);
    }
    return most;
  }

  private static int locals(CodeBuilder builder, int count) {
    int base = count == 0 ? 0 : builder.allocateLocal(TypeKind.INT);
    for (int i = 1; i < count; i++) {
      builder.allocateLocal(TypeKind.INT);
    }
    return base;
  }

  private static void storeArguments(CodeBuilder builder, MethodTypeDesc type, int base) {
    int slot = base;
    for (var parameter : type.parameterList()) {
      slot += TypeKind.from(parameter).slotSize();
    }
    for (int i = type.parameterCount() - 1; i >= 0; i--) {
      var kind = TypeKind.from(type.parameterType(i));
      slot -= kind.slotSize();
      builder.storeLocal(kind, slot);
    }
  }
}
