package dev.gatun.examples.docs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles snippets. A snippet is a whole file, statements, or members of a class, whichever
 * compiles; in the latter two cases the packages that Gatun exports are imported for it.
 */
final class SnippetCompiler implements AutoCloseable {
  private static final Pattern WHOLE_FILE =
      Pattern.compile(
          "(?m)^(?:package [\\w.]+;|public (?:final |abstract |sealed"
              + " )*(?:class|interface|record|enum) (\\w+))");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import [^;]+;\\s*$");

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
  private final String imports;
  private final Path classes;

  /**
   * Prepares the compiler.
   *
   * @param imports what is imported for statements and members: lines of import declarations
   * @param classes the folder for the compiler's output
   */
  SnippetCompiler(List<String> imports, Path classes) {
    this.imports = String.join("\n", imports) + "\n";
    this.classes = classes;
  }

  /** Returns what is wrong with a snippet: the compiler's messages, empty where it compiles. */
  List<String> compile(Snippet snippet) {
    var code = snippet.code();
    var file = WHOLE_FILE.matcher(code);
    if (file.find()) {
      var type =
          Pattern.compile("(?m)^public [\\w ]*?(?:class|interface|record|enum) (\\w+)")
              .matcher(code);
      return errorsIn(type.find() ? type.group(1) : "Snippet", code);
    }
    var own = IMPORT.matcher(code);
    var head = new StringBuilder(imports);
    while (own.find()) {
      head.append(own.group().strip()).append('\n');
    }
    var body = IMPORT.matcher(code).replaceAll("");
    var asStatements =
        errorsIn(
            "Snippet",
            head + "class Snippet {\n  void snippet() throws Exception {\n" + body + "\n  }\n}\n");
    if (asStatements.isEmpty()) {
      return asStatements;
    }
    var asMembers = errorsIn("Snippet", head + "class Snippet {\n" + body + "\n}\n");
    return asMembers.isEmpty() ? asMembers : asStatements;
  }

  /**
   * Compiles statements and runs them.
   *
   * @return what they print
   */
  String run(Snippet snippet) throws Exception {
    var errors = compile(snippet);
    if (!errors.isEmpty()) {
      throw new AssertionError(snippet + ": " + errors);
    }
    var printed = new ByteArrayOutputStream();
    var before = System.out;
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      var constructor = loader.loadClass("Snippet").getDeclaredConstructor();
      constructor.setAccessible(true);
      var method = constructor.getDeclaringClass().getDeclaredMethod("snippet");
      method.setAccessible(true);
      var instance = constructor.newInstance();
      System.setOut(out);
      method.invoke(instance);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private List<String> errorsIn(String type, String source) {
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    var options =
        List.of(
            "-proc:none",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString());
    var unit = new SourceText(type, source);
    compiler.getTask(null, files, diagnostics, options, null, List.of(unit)).call();
    var errors = new ArrayList<String>();
    for (var diagnostic : diagnostics.getDiagnostics()) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        errors.add(diagnostic.getMessage(Locale.ROOT) + "\n  in: " + lineAt(source, diagnostic));
      }
    }
    return errors;
  }

  private static String lineAt(String source, Diagnostic<?> diagnostic) {
    long line = Math.max(diagnostic.getLineNumber(), 1);
    return source.lines().skip(line - 1).findFirst().orElse("").strip();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  /** A source file that stands in memory alone. */
  private static final class SourceText extends SimpleJavaFileObject {
    private final String text;

    SourceText(String type, String text) {
      super(URI.create("string:///" + type + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
