package dev.gatun.kernels.specialize;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.classfile.ClassFile.ACC_SYNTHETIC;
import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Tells the compiler the class of vectors that a template loads, makes of elements, or takes for
 * vectors of another element type: casts them to the class of the template's species. Where that is
 * the only species, what is taken for elements of another type has the class of that type and of
 * the same shape.
 *
 * <p>Why that matters is said in the documentation of the package.
 */
final class ExactVectors {
  private static final String VECTORS = "jdk/incubator/vector/";
  private static final String SPECIES_OF = "Ljdk/incubator/vector/VectorSpecies<L";
  private static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector", "VectorSpecies");
  private static final ClassDesc SHAPE = ClassDesc.of("jdk.incubator.vector", "VectorShape");
  private static final String REINTERPRETATION = "reinterpretAs";

  /** The class of vectors of elements that are boxed in a class. */
  private static final Map<String, String> VECTORS_OF =
      Map.of(
          "java/lang/Float", "FloatVector",
          "java/lang/Double", "DoubleVector",
          "java/lang/Integer", "IntVector",
          "java/lang/Long", "LongVector",
          "java/lang/Short", "ShortVector",
          "java/lang/Byte", "ByteVector");

  private static final Map<String, ClassDesc> ELEMENTS_OF =
      Map.of(
          "FloatVector", ConstantDescs.CD_Float,
          "DoubleVector", ConstantDescs.CD_Double,
          "IntVector", ConstantDescs.CD_Integer,
          "LongVector", ConstantDescs.CD_Long,
          "ShortVector", ConstantDescs.CD_Short,
          "ByteVector", ConstantDescs.CD_Byte);

  private final ClassDesc template;

  /** The fields with species, by the class of their vectors. */
  private final Map<String, String> species = new TreeMap<>();

  /** Whether there is one species alone, so that every vector has its shape. */
  private final boolean isAlone;

  /** The classes of vectors that the template takes those of the only species for. */
  private final Set<String> reinterpreted;

  private ExactVectors(ClassModel model) {
    template = model.thisClass().asSymbol();
    var several = new HashSet<String>();
    for (var field : model.fields()) {
      var vectors = vectorsOf(field);
      if (!vectors.isEmpty() && species.put(vectors, field.fieldName().stringValue()) != null) {
        several.add(vectors);
      }
    }
    isAlone = species.size() == 1 && several.isEmpty();
    reinterpreted = isAlone ? reinterpretedIn(model) : Set.of();
    // Nobody knows which of them a vector has.
    species.keySet().removeAll(several);
  }

  private Set<String> reinterpretedIn(ClassModel model) {
    var types = new TreeSet<String>();
    for (var method : model.methods()) {
      method.code().stream()
          .flatMap(CodeModel::elementStream)
          .forEach(element -> {
            if (element instanceof InvokeInstruction call && isReinterpretation(call)) {
              types.add(resultOf(call));
            }
          });
    }
    types.removeAll(species.keySet());
    return types;
  }

  /** Returns the class file of a template with the casts in it. */
  static byte[] cast(ClassFile file, byte[] bytes) {
    var model = file.parse(bytes);
    var vectors = new ExactVectors(model);
    return vectors.species.isEmpty()
        ? bytes
        : file.transformClass(
            model, ClassTransform.endHandler(vectors::declare).andThen(vectors::transform));
  }

  private void transform(ClassBuilder builder, ClassElement element) {
    if (element instanceof MethodModel method) {
      // The static initializer may come before its species.
      boolean isFirst = method.methodName().equalsString(CLASS_INIT_NAME);
      builder.transformMethod(
          method, MethodTransform.transformingCode(isFirst ? this::initialize : this::copy));
    } else {
      builder.with(element);
    }
  }

  /** Declares the fields with classes. */
  private void declare(ClassBuilder builder) {
    Stream.concat(species.keySet().stream(), reinterpreted.stream())
        .forEach(type ->
            builder.withField(
                constant(type), CD_Class, ACC_PRIVATE | ACC_STATIC | ACC_FINAL | ACC_SYNTHETIC));
  }

  /** The name of the field with the exact class of vectors. */
  private static String constant(String type) {
    return "exact" + type;
  }

  /** Returns the name of the class of vectors that a field is the species of, or an empty one. */
  private static String vectorsOf(FieldModel field) {
    var signature =
        field
            .findAttribute(Attributes.signature())
            .map(a -> a.signature().stringValue())
            .orElse("");
    return field.flags().has(AccessFlag.STATIC) && signature.startsWith(SPECIES_OF)
        ? VECTORS_OF.getOrDefault(
            signature.substring(SPECIES_OF.length(), signature.indexOf(';')), "")
        : "";
  }

  /** Sets the fields with classes as soon as there is the species. */
  private void initialize(CodeBuilder builder, CodeElement element) {
    builder.with(element);
    if (element instanceof FieldInstruction field
        && field.opcode() == Opcode.PUTSTATIC
        && field.owner().asSymbol().equals(template)
        && species.containsValue(field.name().stringValue())) {
      var name = field.name().stringValue();
      for (var entry : species.entrySet()) {
        if (entry.getValue().equals(name)) {
          builder.getstatic(template, name, SPECIES);
          keepClass(builder, entry.getKey());
        }
      }
      for (var type : reinterpreted) {
        builder
            .getstatic(template, name, SPECIES)
            .invokeinterface(SPECIES, "vectorShape", MethodTypeDesc.of(SHAPE))
            .getstatic(ELEMENTS_OF.get(type), "TYPE", CD_Class)
            .invokevirtual(SHAPE, "withLanes", MethodTypeDesc.of(SPECIES, CD_Class));
        keepClass(builder, type);
      }
    }
  }

  /** The species is on the stack. */
  private void keepClass(CodeBuilder builder, String type) {
    builder
        .invokeinterface(SPECIES, "vectorType", MethodTypeDesc.of(CD_Class))
        .putstatic(template, constant(type), CD_Class);
  }

  private void copy(CodeBuilder builder, CodeElement element) {
    builder.with(element);
    if (element instanceof InvokeInstruction call
        && (isMade(call) || isAlone && isReinterpretation(call))) {
      var type = resultOf(call);
      builder
          .getstatic(template, constant(type), CD_Class)
          .swap()
          .invokevirtual(CD_Class, "cast", MethodTypeDesc.of(CD_Object, CD_Object))
          .checkcast(ClassDesc.ofInternalName(VECTORS + type));
    }
  }

  /** Returns whether a call makes vectors of a species. */
  private boolean isMade(InvokeInstruction call) {
    var result = call.typeSymbol().returnType();
    return call.opcode() == Opcode.INVOKESTATIC
        && result.equals(call.owner().asSymbol())
        && species.containsKey(resultOf(call));
  }

  /** Returns whether a call takes a vector for one of elements of another type. */
  private static boolean isReinterpretation(InvokeInstruction call) {
    return call.owner().asInternalName().startsWith(VECTORS)
        && call.name().stringValue().startsWith(REINTERPRETATION)
        && VECTORS_OF.containsValue(resultOf(call));
  }

  /** Returns the simple name of the class of what a call returns. */
  private static String resultOf(InvokeInstruction call) {
    return call.typeSymbol().returnType().displayName();
  }
}
