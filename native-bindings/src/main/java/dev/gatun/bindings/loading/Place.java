package dev.gatun.bindings.loading;

import java.nio.file.Path;

/** One place to look for libraries in, and why there. */
sealed interface Place {
  /** Why there: for example {@code CUDA_HOME}. */
  String why();

  /**
   * A folder that exists.
   *
   * @param path the folder
   * @param why why there
   * @param named whether the user named it
   */
  record Folder(Path path, String why, boolean named) implements Place {}

  /**
   * The path of the system's loader: its configuration and {@code LD_LIBRARY_PATH}.
   *
   * @param why why there
   */
  record Loader(String why) implements Place {}

  /**
   * What cannot be looked in, kept so that it can be told.
   *
   * @param what the folder, or what names it
   * @param why why there
   * @param said what is wrong
   */
  record Nowhere(String what, String why, String said) implements Place {}
}
