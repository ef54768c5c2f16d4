package dev.gatun.examples.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which packages the classes of each module may use. */
class LayersTest {
  private static final List<String> EVERYWHERE =
      List.of("java..", "javax..", "org.jspecify.annotations..");

  private static JavaClasses gatun;

  @BeforeAll
  static void readClasses() {
    gatun =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gatun");
  }

  /** Module by module: the root of its packages, and what it may use beside the JDK. */
  static Stream<Arguments> modules() {
    return Stream.of(
        Arguments.of("dev.gatun.bindings", List.of()),
        Arguments.of("dev.gatun.memory", List.of()),
        Arguments.of(
            "dev.gatun.kernels",
            List.of("dev.gatun.memory..", "dev.gatun.bindings..", "jdk.incubator.vector..")),
        Arguments.of("dev.gatun.autograd", List.of("dev.gatun.memory..", "dev.gatun.kernels..")),
        Arguments.of(
            "dev.gatun.nn",
            List.of(
                "dev.gatun.memory..",
                "dev.gatun.kernels..",
                "dev.gatun.autograd..",
                "de.siegmar.fastcsv..",
                "me.tongfei.progressbar..",
                "tools.jackson.core..")));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void usesOnlyWhatLiesBeneath(String root, List<String> others) {
    var allowed = new ArrayList<>(EVERYWHERE);
    allowed.addAll(others);
    allowed.add(root + "..");
    classes()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .allowEmptyShould(true)
        .check(gatun);
  }

  @Test
  void vectorsAreTheBusinessOfKernelsAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gatun.kernels..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(gatun);
  }

  @Test
  void theLibraryUsesNeitherUnsafeNorInternalsOfTheJdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.gatun.examples..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sun..", "jdk.internal..", "com.sun..")
        .check(gatun);
  }
}
