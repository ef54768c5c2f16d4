package dev.gatun.kernels.specialize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.invoke.MethodHandles;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactVectorsTest {
  @Test
  void whatIsMadeOrTakenForAnotherTypeIsCast() throws IOException {
    assertEquals(3, casts(ReinterpretingTemplate.class), "broadcast, to integers, and back");
  }

  @Test
  void vectorsOfTypesWithSeveralSpeciesAreNotCast() throws IOException {
    assertEquals(1, casts(TwoSpeciesTemplate.class), "the vector of doubles alone");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 256, 512})
  void castsAreToTheClassesOfTheShape(int bits) {
    var shape = VectorShape.forBitSize(bits);
    var copy =
        Specialization.instantiate(
            MethodHandles.lookup(), ReinterpretingTemplate.class, IntToDoubleFunction.class, shape);
    assertEquals(6.0 * bits / Float.SIZE, copy.applyAsDouble(3));
  }

  /** Counts the casts to classes that are constants in the copy of a template. */
  private static long casts(Class<?> template) throws IOException {
    var file = ClassFile.of();
    try (var stream = template.getResourceAsStream(template.getSimpleName() + ".class")) {
      var copy = file.parse(ExactVectors.cast(file, stream.readAllBytes()));
      return copy.methods().stream()
          .flatMap(method -> method.code().stream())
          .flatMap(CodeModel::elementStream)
          .filter(element ->
              element instanceof InvokeInstruction call
                  && call.owner().asInternalName().equals("java/lang/Class")
                  && call.name().equalsString("cast"))
          .count();
    }
  }
}
