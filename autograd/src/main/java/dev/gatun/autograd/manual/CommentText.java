package dev.gatun.autograd.manual;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes plain text of doc comments; their lines stay lines. */
final class CommentText {
  private static final Pattern MARGIN = Pattern.compile("(?m)^[ \\t]*\\*?[ ]?");
  private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)");
  private static final Pattern ELEMENT = Pattern.compile("</?(?:p|pre|b|i|em|code|h2|h3|ul|ol)>");
  private static final Pattern BLANK_LINES = Pattern.compile("\\n\\s*\\n(?:\\s*\\n)+");

  private CommentText() {}

  /**
   * Returns the text of a doc comment.
   *
   * @param comment what stands between its opening and its end
   */
  static String of(String comment) {
    String text = inline(MARGIN.matcher(comment).replaceAll(""));
    text = ELEMENT.matcher(text.replace("<li>", "- ")).replaceAll("");
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text =
        text.replaceAll("(?m)^@param (<?\\w+>?) +", "  $1: ")
            .replaceAll("(?m)^@return +", "  returns: ")
            .replaceAll("(?m)^@throws (?:[a-z]\\w*\\.)*(\\w+) +", "  throws $1: ");
    return BLANK_LINES.matcher(text.strip()).replaceAll("\n\n");
  }

  private static String inline(String comment) {
    StringBuilder text = new StringBuilder();
    Matcher tag = INLINE.matcher(comment);
    int from = 0;
    while (tag.find(from)) {
      int end = closingBrace(comment, tag.start());
      text.append(comment, from, tag.start());
      text.append(meaning(tag.group(1), comment.substring(tag.end(), end)));
      from = Math.min(end + 1, comment.length());
    }
    return text.append(comment, from, comment.length()).toString();
  }

  private static String meaning(String tag, String body) {
    return switch (tag) {
      case "snippet" ->
          body.substring(body.indexOf(':') + 1).replace("\n", "\n    ").stripTrailing();
      case "link", "linkplain" -> linked(inline(body.strip()));
      default -> body.strip();
    };
  }

  /** Returns the label of a link, or what it leads to where it has none. */
  private static String linked(String body) {
    int end = body.indexOf('(') < 0 ? -1 : body.indexOf(')', body.indexOf('('));
    int space = body.replace('\n', ' ').indexOf(' ', Math.max(end, 0));
    if (space >= 0) {
      return body.substring(space + 1).strip();
    }
    String target = body.startsWith("#") ? body.substring(1) : body;
    return target.replaceAll("(?:[a-z]\\w*\\.)+(?=[A-Z])", "").replace('#', '.');
  }

  private static int closingBrace(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      if (text.charAt(i) == '{') {
        depth++;
      } else if (text.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    return text.length();
  }
}
