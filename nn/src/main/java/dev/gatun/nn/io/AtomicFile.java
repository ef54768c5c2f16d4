package dev.gatun.nn.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Replaces a file as a whole. The new contents are written to another file in the same folder,
 * brought to the disk, and moved over the old file in one step. Whatever fails on the way, the old
 * file is untouched and no other file is left behind; only a crash of the machine can leave one,
 * whose name ends in {@code .tmp}.
 */
final class AtomicFile {
  private AtomicFile() {}

  /** What writes the contents. */
  @FunctionalInterface
  interface Body {
    /**
     * Writes the contents from the start to the end.
     *
     * @param file where they go
     * @throws IOException when the operating system refuses
     */
    void writeTo(OutputFile file) throws IOException;
  }

  /**
   * Replaces a file, or makes it.
   *
   * @param operation the name to begin an error message with
   * @param target the file; a symbolic link is followed
   * @param opener how the temporary file is made
   * @param body what writes the contents
   * @throws FileAccessException when the operating system refuses; the target is unchanged then
   */
  static void replace(String operation, Path target, OutputFile.Opener opener, Body body) {
    try {
      Path real = Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
      Path folder = real.getParent();
      Path name = real.getFileName();
      if (folder == null || name == null || Files.isDirectory(real)) {
        throw new IOException("is a folder");
      }
      Path beside = folder.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
      write(beside, real, opener, body);
      forceFolder(folder);
    } catch (IOException e) {
      throw new FileAccessException(operation, target, e);
    }
  }

  private static void write(Path beside, Path target, OutputFile.Opener opener, Body body)
      throws IOException {
    boolean moved = false;
    try {
      try (OutputFile file = opener.create(beside)) {
        body.writeTo(file);
        file.force();
      }
      Files.move(
          beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(beside);
      }
    }
  }

  /**
   * Brings the folder's new entry to the disk, where the operating system lets folders be opened.
   */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders. The file itself is complete either way: a crash of the machine
      // can
      // at most bring the old one back.
      System.getLogger("dev.gatun.nn.io")
          .log(System.Logger.Level.DEBUG, "The folder {0} was not synchronised: {1}", folder, e);
    }
  }
}
