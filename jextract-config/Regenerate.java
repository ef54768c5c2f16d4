import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes the bindings anew with a jextract and the header folders that the caller names, or holds
 * the committed ones beside fresh ones. A program of one Java file, because a JDK is what every
 * builder of Gatun has, and because the checks are more than a shell script says well.
 */
final class Regenerate {
  private static final String USAGE =
      """
      Usage: java jextract-config/Regenerate.java --jextract PROGRAM --include FOLDER... [--check]
             java jextract-config/Regenerate.java --verify

        --jextract PROGRAM  the jextract to run, of the version that versions.properties names
        --include FOLDER    where headers are: CUDA's include folder, its cccl folder, cuDNN's
        --check             writes nothing; compares what is committed with a fresh run, and exits
                            with 1 where they differ
        --verify            needs no jextract: compares what is committed with the manifest

      Run it in the root of Gatun's sources.
      """;

  private static final Path CONFIG = Path.of("jextract-config");
  private static final Path MANIFEST = CONFIG.resolve("manifest.sha256");
  private static final Path SOURCES = Path.of("native-bindings/src/main/java");
  private static final Path GENERATED = Path.of("dev/gatun/bindings/generated");
  private static final List<String> LIBRARIES =
      List.of("cuda", "cublas", "cublasLt", "nvrtc", "cudnn");

  /** What jextract writes where no library is named on its command line. */
  private static final Pattern LOOKUP =
      Pattern.compile(
          "static final SymbolLookup SYMBOL_LOOKUP = SymbolLookup\\.loaderLookup\\(\\)\\s+"
              + "\\.or\\(Linker\\.nativeLinker\\(\\)\\.defaultLookup\\(\\)\\);");

  private static final Pattern SYMBOL =
      Pattern.compile("--include-(function|constant|struct|union|typedef) (\\S+)");

  private static final Pattern SPLIT = Pattern.compile(".*_\\d+\\.java");

  private final Path jextract;
  private final List<Path> includes;

  private Regenerate(Path jextract, List<Path> includes) {
    this.jextract = jextract;
    this.includes = includes;
  }

  public static void main(String[] arguments) throws Exception {
    Path jextract = null;
    var includes = new ArrayList<Path>();
    boolean check = false;
    boolean verify = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--jextract" -> jextract = Path.of(value(arguments, ++i));
        case "--include" -> includes.add(Path.of(value(arguments, ++i)));
        case "--check" -> check = true;
        case "--verify" -> verify = true;
        default -> throw fail(USAGE);
      }
    }
    if (!Files.isRegularFile(CONFIG.resolve("versions.properties"))) {
      throw fail("there is no jextract-config here: run this in the root of Gatun's sources");
    }
    if (verify) {
      verifyManifest();
      return;
    }
    if (jextract == null || includes.isEmpty()) {
      throw fail(USAGE);
    }
    var fresh = new Regenerate(jextract, includes).generate();
    if (check) {
      compare(fresh);
    } else {
      write(fresh);
    }
  }

  private static String value(String[] arguments, int index) {
    if (index == arguments.length) {
      throw fail(USAGE);
    }
    return arguments[index];
  }

  // ---------------------------------------------------------------- generating

  /** Returns the text of every generated file by its path below the source folder. */
  private Map<Path, String> generate() throws IOException, InterruptedException {
    checkVersions();
    var all = new TreeMap<Path, String>();
    Path output = Files.createTempDirectory("gatun-bindings");
    try {
      for (String library : LIBRARIES) {
        Path folder = output.resolve(library);
        runJextract(library, folder);
        var files = new TreeMap<>(read(folder));
        rewriteLookup(library, files);
        int symbols = checkSymbols(library, files);
        System.out.printf("%-9s %4d symbols in %d files%n", library, symbols, files.size());
        all.putAll(files);
      }
    } finally {
      delete(output);
    }
    return all;
  }

  private void checkVersions() throws IOException, InterruptedException {
    var pinned = new Properties();
    try (var reader = Files.newBufferedReader(CONFIG.resolve("versions.properties"))) {
      pinned.load(reader);
    }
    String said = run(List.of(jextract.toString(), "--version"));
    if (!said.contains("jextract " + pinned.getProperty("jextract.version") + "\n")) {
      throw fail(
          "another jextract is pinned: "
              + pinned.getProperty("jextract.version")
              + " of commit "
              + pinned.getProperty("jextract.commit")
              + ", and this one is\n"
              + said);
    }
    Matcher libclang = Pattern.compile("clang version (\\d+)\\.").matcher(said);
    if (!libclang.find()
        || !List.of(pinned.getProperty("libclang.versions").split(" "))
            .contains(libclang.group(1))) {
      throw fail(
          "libclang "
              + pinned.getProperty("libclang.versions")
              + " are pinned, and this is\n"
              + said);
    }
    for (String name : new TreeSet<>(pinned.stringPropertyNames())) {
      int macro = name.indexOf(".h.") + 2;
      if (macro > 2) {
        checkHeader(name.substring(0, macro), name.substring(macro + 1), pinned.getProperty(name));
      }
    }
  }

  private void checkHeader(String header, String macro, String pinned) throws IOException {
    for (Path folder : includes) {
      Path file = folder.resolve(header);
      if (Files.isRegularFile(file)) {
        Matcher value =
            Pattern.compile("(?m)^#define " + macro + " (\\S+)").matcher(Files.readString(file));
        if (!value.find() || !value.group(1).equals(pinned)) {
          throw fail(macro + " is pinned to " + pinned + ", and " + file + " does not say so");
        }
        return;
      }
    }
    throw fail(header + " is in none of " + includes);
  }

  private void runJextract(String library, Path output) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of(jextract.toString(), "@" + CONFIG.resolve(library + ".symbols")));
    for (Path folder : includes) {
      command.add("--include-dir");
      command.add(folder.toString());
    }
    command.addAll(List.of("--output", output.toString()));
    command.add(CONFIG.resolve(library + ".umbrella.h").toString());
    run(command);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw fail(String.join(" ", command) + " failed:\n" + said);
    }
    return said;
  }

  /** The one change to jextract's output: symbols are looked for by Gatun's own look-up. */
  private static void rewriteLookup(String library, Map<Path, String> files) {
    int places = 0;
    for (var file : files.entrySet()) {
      Matcher lookup = LOOKUP.matcher(file.getValue());
      if (lookup.find()) {
        places++;
        String ours =
            "static final SymbolLookup SYMBOL_LOOKUP ="
                + " dev.gatun.bindings.loading.NativeLibrary.lookup(\""
                + library
                + "\");";
        file.setValue(lookup.replaceAll(Matcher.quoteReplacement(ours)));
      }
    }
    if (places != 1) {
      throw fail(library + ": the look-up to rewrite is in " + places + " files, not in one");
    }
  }

  /**
   * Fails where a listed symbol did not come out, or where a class was split; returns their number.
   */
  private static int checkSymbols(String library, Map<Path, String> files) throws IOException {
    files
        .keySet()
        .forEach(file -> {
          if (SPLIT.matcher(file.getFileName().toString()).matches()) {
            throw fail(library + ": jextract split the class; its list is too long: " + file);
          }
        });
    String text = String.join("\n", files.values());
    var names =
        files.keySet().stream()
            .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
            .collect(Collectors.toSet());
    var missing = new ArrayList<String>();
    int symbols = 0;
    Matcher symbol = SYMBOL.matcher(Files.readString(CONFIG.resolve(library + ".symbols")));
    while (symbol.find()) {
      String name = symbol.group(2);
      boolean there =
          switch (symbol.group(1)) {
            case "function" -> text.contains(" MethodHandle " + name + "$handle()");
            case "constant" -> text.contains(" " + name + "() {");
            default -> names.contains(name);
          };
      symbols++;
      if (!there) {
        missing.add(name);
      }
    }
    if (!missing.isEmpty()) {
      throw fail(library + ": listed, but not in these headers: " + missing);
    }
    return symbols;
  }

  // ---------------------------------------------------------------- comparing and writing

  private static void compare(Map<Path, String> fresh) throws IOException {
    var committed = read(SOURCES.resolve(GENERATED), SOURCES);
    var names = new TreeSet<>(fresh.keySet());
    names.addAll(committed.keySet());
    int differences = 0;
    for (Path name : names) {
      String difference =
          !committed.containsKey(name)
              ? "is not committed"
              : !fresh.containsKey(name)
                  ? "is not generated"
                  : committed.get(name).equals(fresh.get(name)) ? null : "differs";
      if (difference != null) {
        differences++;
        System.out.println(name + " " + difference);
      }
    }
    System.out.println(differences + " differences in " + names.size() + " files");
    if (differences > 0) {
      System.exit(1);
    }
  }

  private static void write(Map<Path, String> fresh) throws IOException {
    delete(SOURCES.resolve(GENERATED));
    for (var file : fresh.entrySet()) {
      Path path = SOURCES.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    Files.writeString(MANIFEST, manifest());
    System.out.println(fresh.size() + " files written to " + SOURCES.resolve(GENERATED));
  }

  private static void verifyManifest() throws IOException {
    String now = manifest();
    if (!now.equals(Files.readString(MANIFEST))) {
      throw fail(
          "the bindings or their lists are not those of " + MANIFEST + ": generate them anew");
    }
    System.out.println(now.lines().count() + " files are as " + MANIFEST + " says");
  }

  /**
   * The hash of every list, umbrella header and generated file, as {@code sha256sum} writes them.
   */
  private static String manifest() throws IOException {
    var files = new LinkedHashMap<>(read(SOURCES.resolve(GENERATED), Path.of("")));
    read(CONFIG, Path.of(""))
        .forEach((file, text) -> {
          String name = file.toString();
          if (name.endsWith(".symbols") || name.endsWith(".h") || name.endsWith(".properties")) {
            files.put(file, text);
          }
        });
    return files.entrySet().stream()
        .map(file ->
            hash(file.getValue()) + "  " + file.getKey().toString().replace('\\', '/') + "\n")
        .sorted(Comparator.comparing(line -> line.substring(66)))
        .collect(Collectors.joining());
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  // ---------------------------------------------------------------- files

  private static Map<Path, String> read(Path folder) throws IOException {
    return read(folder, folder);
  }

  /** The text of the files below a folder, by their paths relative to another. */
  private static Map<Path, String> read(Path folder, Path base) throws IOException {
    var texts = new TreeMap<Path, String>();
    try (var files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        texts.put(base.toString().isEmpty() ? file : base.relativize(file), Files.readString(file));
      }
    } catch (NoSuchFileException nothing) {
      return texts;
    }
    return texts;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static RuntimeException fail(String message) {
    System.err.println(message);
    System.exit(1);
    return new IllegalStateException(message);
  }
}
