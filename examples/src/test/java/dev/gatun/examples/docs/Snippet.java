package dev.gatun.examples.docs;

import java.nio.file.Path;

/**
 * A piece of Java in the documentation.
 *
 * @param file where it stands
 * @param line the number of its first line there, counted from 1
 * @param code its text
 */
record Snippet(Path file, int line, String code) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
