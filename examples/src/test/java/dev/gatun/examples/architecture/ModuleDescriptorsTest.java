package dev.gatun.examples.architecture;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the modules require and export, read from their descriptors. */
class ModuleDescriptorsTest {
  private static final Set<String> CORE =
      Set.of("dev.gatun.bindings", "dev.gatun.memory", "dev.gatun.kernels", "dev.gatun.autograd");

  private static Map<String, ModuleDescriptor> modules;

  @BeforeAll
  static void readDescriptors() {
    var path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(ModuleDescriptorsTest::isOfGatun)
            .toArray(Path[]::new);
    modules =
        ModuleFinder.of(path).findAll().stream()
            .map(ModuleReference::descriptor)
            .collect(Collectors.toMap(ModuleDescriptor::name, module -> module));
  }

  @Test
  void allModulesAreThere() {
    assertEquals(
        Set.of(
            "dev.gatun.bindings",
            "dev.gatun.memory",
            "dev.gatun.kernels",
            "dev.gatun.autograd",
            "dev.gatun.nn",
            "dev.gatun.examples"),
        modules.keySet());
  }

  @Test
  void dependenciesPointOneWay() {
    assertAll(
        () -> assertEquals(Set.of(), gatunModulesOf("dev.gatun.bindings")),
        () -> assertEquals(Set.of(), gatunModulesOf("dev.gatun.memory")),
        () ->
            assertEquals(
                Set.of("dev.gatun.memory", "dev.gatun.bindings"),
                gatunModulesOf("dev.gatun.kernels")),
        () -> assertEquals(Set.of("dev.gatun.kernels"), gatunModulesOf("dev.gatun.autograd")),
        () -> assertEquals(Set.of("dev.gatun.autograd"), gatunModulesOf("dev.gatun.nn")),
        () -> assertEquals(Set.of("dev.gatun.nn"), gatunModulesOf("dev.gatun.examples")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.gatun.memory", "dev.gatun.kernels", "dev.gatun.autograd"})
  void theCoreNeedsTheJdkAlone(String core) {
    var foreign = new TreeSet<String>();
    for (var required : module(core).requires()) {
      boolean atRunTime = !required.modifiers().contains(Requires.Modifier.STATIC);
      if (atRunTime && !CORE.contains(required.name()) && !isOfJdk(required.name())) {
        foreign.add(required.name());
      }
    }
    assertEquals(Set.of(), foreign);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.gatun.bindings", "dev.gatun.memory", "dev.gatun.autograd"})
  void onlyKernelsRequireTheVectorModule(String name) {
    assertFalse(requiredBy(name).contains("jdk.incubator.vector"));
    assertTrue(requiredBy("dev.gatun.kernels").contains("jdk.incubator.vector"));
  }

  @Test
  void generatedBindingsAreNotForUsers() {
    for (var exported : module("dev.gatun.bindings").exports()) {
      assertTrue(exported.isQualified(), () -> exported + " is open to everybody");
    }
  }

  private static Set<String> gatunModulesOf(String name) {
    return requiredBy(name).stream()
        .filter(required -> required.startsWith("dev.gatun."))
        .collect(Collectors.toSet());
  }

  private static Set<String> requiredBy(String name) {
    return module(name).requires().stream().map(Requires::name).collect(Collectors.toSet());
  }

  private static ModuleDescriptor module(String name) {
    var module = modules.get(name);
    assertTrue(module != null, () -> name + " is not among " + modules.keySet());
    return module;
  }

  private static boolean isOfJdk(String name) {
    return ModuleFinder.ofSystem().find(name).isPresent();
  }

  private static boolean isOfGatun(Path entry) {
    return entry.getFileName().toString().startsWith("gatun-")
        || Files.exists(entry.resolve("module-info.class"));
  }
}
