package dev.gatun.kernels.specialize;

import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * Tells the compiler the class of vectors that a template loads or makes of elements: casts them to
 * the class of the template's species.
 *
 * <p>C2 decides what to inline before it has put loads in place, and until then knows of a vector
 * only what it is declared as. Methods that all vectors share, such as {@code add}, call those that
 * each class of vectors has its own of; which, it takes from the profile of the JDK's method, which
 * everybody in the process shares. Once an application has used vectors of two widths, it compiles
 * both, with a branch between them, and what loops hand on from turn to turn may become objects on
 * the heap, for as long as the process lives.
 */
final class ExactVectors {
  private static final String VECTORS = "jdk/incubator/vector/";
  private static final String SPECIES_OF = "Ljdk/incubator/vector/VectorSpecies<L";
  private static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector", "VectorSpecies");

  /** The class of vectors of elements that are boxed in a class. */
  private static final Map<String, String> VECTORS_OF =
      Map.of(
          "java/lang/Float", "FloatVector",
          "java/lang/Double", "DoubleVector",
          "java/lang/Integer", "IntVector",
          "java/lang/Long", "LongVector",
          "java/lang/Short", "ShortVector",
          "java/lang/Byte", "ByteVector");

  private final ClassDesc template;

  /** The fields with species, by the class of their vectors. */
  private final Map<String, String> species = new HashMap<>();

  private ExactVectors(ClassModel model) {
    template = model.thisClass().asSymbol();
    var several = new HashSet<String>();
    for (var field : model.fields()) {
      var vectors = vectorsOf(field);
      if (!vectors.isEmpty() && species.put(vectors, field.fieldName().stringValue()) != null) {
        several.add(vectors);
      }
    }
    // Nobody knows which of them a vector has.
    species.keySet().removeAll(several);
  }

  /** Returns the class file of a template with the casts in it. */
  static byte[] cast(ClassFile file, byte[] bytes) {
    var model = file.parse(bytes);
    var vectors = new ExactVectors(model);
    return vectors.species.isEmpty()
        ? bytes
        : file.transformClass(
            model,
            ClassTransform.transformingMethodBodies(
                // The static initializer may come before its species.
                method -> !method.methodName().equalsString(CLASS_INIT_NAME),
                vectors::copy));
  }

  /** Returns the name of the class of vectors that a field is the species of, or an empty one. */
  private static String vectorsOf(FieldModel field) {
    var signature =
        field
            .findAttribute(Attributes.signature())
            .map(a -> a.signature().stringValue())
            .orElse("");
    return signature.startsWith(SPECIES_OF)
        ? VECTORS_OF.getOrDefault(
            signature.substring(SPECIES_OF.length(), signature.indexOf(';')), "")
        : "";
  }

  private void copy(CodeBuilder builder, CodeElement element) {
    builder.with(element);
    if (element instanceof InvokeInstruction call && call.opcode() == Opcode.INVOKESTATIC) {
      var owner = call.owner().asInternalName();
      var type = owner.startsWith(VECTORS) ? owner.substring(VECTORS.length()) : "";
      var vector = ClassDesc.ofInternalName(owner);
      if (species.containsKey(type) && call.typeSymbol().returnType().equals(vector)) {
        builder
            .getstatic(template, species.get(type), SPECIES)
            .invokeinterface(SPECIES, "vectorType", MethodTypeDesc.of(CD_Class))
            .swap()
            .invokevirtual(CD_Class, "cast", MethodTypeDesc.of(CD_Object, CD_Object))
            .checkcast(vector);
      }
    }
  }
}
