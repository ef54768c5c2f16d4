package dev.gatun.autograd.manual;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The doc comments in folders with sources: none where there are no folders. */
final class Sources {
  private static final Pattern COMMENTED =
      Pattern.compile(
          "/\\*\\*(?<comment>.*?)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*(?<declaration>[^{;]*)",
          Pattern.DOTALL);
  private static final Pattern TYPE_ARGUMENTS = Pattern.compile("<[^<>]*>");

  private final List<Path> folders;

  private Sources(List<Path> folders) {
    this.folders = folders;
  }

  /**
   * Returns the sources in some folders.
   *
   * @param path the folders, separated as in a class path; those that there are not are left out
   */
  static Sources in(String path) {
    return new Sources(
        Arrays.stream(path.split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .map(Path::of)
            .filter(Files::isDirectory)
            .toList());
  }

  /** Returns the name, with its package, of a type that a file of its own declares. */
  Optional<String> typeNamed(String simpleName) {
    String file = simpleName + ".java";
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        Optional<Path> found =
            files.filter(path -> path.getFileName().toString().equals(file)).sorted().findFirst();
        if (found.isPresent()) {
          String path = folder.relativize(found.get()).toString();
          return Optional.of(
              path.substring(0, path.length() - ".java".length()).replace(File.separatorChar, '.'));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Optional.empty();
  }

  /** Returns the text of a type's doc comment. */
  Optional<String> commentOf(Class<?> type) {
    Pattern declaration =
        Pattern.compile("\\b(?:class|interface|enum|record) " + type.getSimpleName() + "\\b");
    return comment(type, text -> declaration.matcher(text).find());
  }

  /** Returns the text of a method's doc comment. */
  Optional<String> commentOf(Method method) {
    String parameters =
        Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(","));
    Pattern call = Pattern.compile("\\b" + method.getName() + "\\s*\\((.*)\\)", Pattern.DOTALL);
    return comment(
        method.getDeclaringClass(),
        text -> {
          Matcher matcher = call.matcher(text);
          return matcher.find() && types(matcher.group(1)).equals(parameters);
        });
  }

  private Optional<String> comment(Class<?> type, Predicate<String> wanted) {
    Matcher commented = COMMENTED.matcher(fileOf(type));
    while (commented.find()) {
      if (wanted.test(commented.group("declaration"))) {
        return Optional.of(CommentText.of(commented.group("comment")));
      }
    }
    return Optional.empty();
  }

  private String fileOf(Class<?> type) {
    String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
    for (Path folder : folders) {
      Path path = folder.resolve(file);
      if (Files.exists(path)) {
        try {
          return Files.readString(path);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return "";
  }

  /** Returns the types of declared parameters as reflection names them, without spaces. */
  private static String types(String parameters) {
    String plain = parameters.replaceAll("@\\w+", "");
    for (String before = ""; !before.equals(plain); ) {
      before = plain;
      plain = TYPE_ARGUMENTS.matcher(plain).replaceAll("");
    }
    return Arrays.stream(plain.replace("...", "[]").split(","))
        .map(String::strip)
        .map(parameter -> parameter.replaceAll("\\s+\\w+$", "").replaceAll("\\s", ""))
        .map(type -> type.substring(type.lastIndexOf('.') + 1))
        .collect(Collectors.joining(","));
  }
}
