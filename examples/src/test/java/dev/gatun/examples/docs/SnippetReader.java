package dev.gatun.examples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the Java in Markdown (blocks fenced as {@code java}) and in doc comments. */
final class SnippetReader {
  private static final Pattern TAG = Pattern.compile("\\{@snippet\\b([^:\\n]*):[ \\t]*\\n");
  private static final Pattern MARGIN = Pattern.compile("(?m)^[ \\t]*\\*[ ]?");

  private SnippetReader() {}

  /** Returns the blocks of Java of a Markdown file, in the order in which they stand. */
  static List<Snippet> readMarkdown(Path file) throws IOException {
    return readMarkdown(file, "java");
  }

  /** Returns the blocks of a Markdown file that are fenced as some language, in their order. */
  static List<Snippet> readMarkdown(Path file, String language) throws IOException {
    var fence = "```" + language;
    var snippets = new ArrayList<Snippet>();
    var lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(fence)) {
        int first = i + 1;
        int end = first;
        while (end < lines.size() && !lines.get(end).strip().equals("```")) {
          end++;
        }
        snippets.add(new Snippet(file, first + 1, String.join("\n", lines.subList(first, end))));
        i = end;
      }
    }
    return snippets;
  }

  /** Returns the inline snippets in the doc comments of a Java file. */
  static List<Snippet> readJava(Path file) throws IOException {
    var snippets = new ArrayList<Snippet>();
    var text = Files.readString(file);
    var tags = TAG.matcher(text);
    while (tags.find()) {
      boolean java = !tags.group(1).contains("lang") || tags.group(1).contains("java");
      if (java) {
        int end = endOfBraces(text, tags.start());
        var code = MARGIN.matcher(text.substring(tags.end(), end)).replaceAll("");
        snippets.add(new Snippet(file, lineOf(text, tags.end()), code));
      }
    }
    return snippets;
  }

  /** Returns the index of the brace that closes the one at {@code open}. */
  private static int endOfBraces(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "no closing brace for: " + text.substring(open).lines().findFirst().orElse(""));
  }

  private static int lineOf(String text, int index) {
    return 1 + (int) text.substring(0, index).chars().filter(c -> c == '\n').count();
  }
}
