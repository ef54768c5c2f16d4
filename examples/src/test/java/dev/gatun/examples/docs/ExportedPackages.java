package dev.gatun.examples.docs;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a reader of a snippet may take as imported: all that Gatun exports, and collections. */
final class ExportedPackages {
  private ExportedPackages() {}

  /** Returns import declarations, one a line. */
  static List<String> imports() throws IOException {
    var path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(ExportedPackages::isOfGatun)
            .toArray(Path[]::new);
    var imports =
        new ArrayList<>(
            List.of(
                "import java.util.*;", "import java.util.function.*;", "import java.nio.file.*;"));
    for (var module : ModuleFinder.of(path).findAll()) {
      imports.addAll(importsOf(module));
    }
    return imports;
  }

  private static List<String> importsOf(ModuleReference module) throws IOException {
    var imports = new ArrayList<String>();
    Set<String> packages =
        module.descriptor().exports().stream()
            .filter(exported -> !exported.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    packages.forEach(name -> imports.add("import " + name + ".*;"));
    try (var reader = module.open();
        var entries = reader.list()) {
      entries
          .filter(entry -> entry.endsWith(".class") && !entry.contains("$"))
          .map(entry -> entry.substring(0, entry.length() - ".class".length()).replace('/', '.'))
          .filter(type -> type.contains(".") && packages.contains(packageOf(type)))
          .filter(ExportedPackages::sharesItsNameWithTheLanguage)
          .forEach(type -> imports.add("import " + type + ";"));
    }
    return imports;
  }

  /** Of such types, {@code Module} for one, the one in java.lang would win, or be ambiguous. */
  private static boolean sharesItsNameWithTheLanguage(String type) {
    try {
      Class.forName("java.lang." + type.substring(type.lastIndexOf('.') + 1));
      return true;
    } catch (ClassNotFoundException _) {
      return false;
    }
  }

  private static String packageOf(String type) {
    return type.substring(0, type.lastIndexOf('.'));
  }

  private static boolean isOfGatun(Path entry) {
    return entry.getFileName().toString().startsWith("gatun-")
        || Files.exists(entry.resolve("module-info.class"));
  }
}
