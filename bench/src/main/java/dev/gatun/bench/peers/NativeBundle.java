package dev.gatun.bench.peers;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Shared objects that travel inside a jar on the class path. They are copied once into a folder
 * named after the jar and loaded from there by absolute path, dependencies first.
 *
 * <p>The folder is below the system property {@code gatun.bench.natives} if it is set, otherwise
 * below {@code .cache/gatun/natives} in the user's home.
 *
 * @param resourceFolder folder of the files inside the jar, ending in a slash
 * @param preload files loaded before {@code library}, in this order
 * @param companions files that must lie beside it because it loads them by itself
 * @param library the file whose symbols are wanted
 */
@SuppressWarnings("restricted")
record NativeBundle(
    String resourceFolder, List<String> preload, List<String> companions, String library) {

  /** The only platform whose natives the {@code peers} profile brings. */
  private static final String PLATFORM = "Linux amd64";

  /**
   * Copies the files out of the jar where that has not been done before, and loads them for the
   * rest of the process's life.
   *
   * @return the symbols of {@link #library()}
   * @throws PeerUnavailableException when the jar is not on the class path, the files cannot be
   *     written or the system's loader refuses them
   */
  SymbolLookup load() throws PeerUnavailableException {
    var platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.equals(PLATFORM)) {
      throw new PeerUnavailableException(
          "its natives come for " + PLATFORM + " only; this is " + platform);
    }
    try {
      var folder = extract();
      for (var file : preload) {
        var _ = SymbolLookup.libraryLookup(folder.resolve(file), Arena.global());
      }
      return SymbolLookup.libraryLookup(folder.resolve(library), Arena.global());
    } catch (IOException | IllegalArgumentException failure) {
      throw new PeerUnavailableException(library + " cannot be loaded: " + failure, failure);
    }
  }

  private Path extract() throws IOException, PeerUnavailableException {
    var folder = cacheFolder().resolve(jarName(resource(library)));
    Files.createDirectories(folder);
    for (var files : List.of(preload, companions, List.of(library))) {
      for (var file : files) {
        copy(resource(file), folder.resolve(file));
      }
    }
    return folder;
  }

  private URL resource(String file) throws PeerUnavailableException {
    var url = NativeBundle.class.getClassLoader().getResource(resourceFolder + file);
    if (url == null) {
      throw new PeerUnavailableException(
          file + " is not on the class path (its jar comes with the Maven profile 'peers')");
    }
    return url;
  }

  private static void copy(URL source, Path target) throws IOException {
    var connection = source.openConnection();
    try (var in = connection.getInputStream()) {
      if (Files.exists(target) && Files.size(target) == connection.getContentLengthLong()) {
        return;
      }
      var temporary = Files.createTempFile(target.getParent(), "copy", ".part");
      try {
        Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
  }

  /** The jar's file name without its ending; it carries the version. */
  private static String jarName(URL resource) {
    var path = resource.getPath();
    int end = path.indexOf(".jar!");
    if (end < 0) {
      return "unpacked";
    }
    return path.substring(path.lastIndexOf('/', end) + 1, end);
  }

  private static Path cacheFolder() {
    var configured = System.getProperty("gatun.bench.natives");
    return configured != null
        ? Path.of(configured)
        : Path.of(System.getProperty("user.home"), ".cache", "gatun", "natives");
  }
}
