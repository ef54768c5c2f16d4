package dev.gatun.kernels.cuda;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Compiled programs, in memory and in a folder: a program is compiled once for a device's
 * architecture and a compiler's version, however many processes use it.
 *
 * <p>Threads and processes may share a folder. A file appears as a whole or not at all, because it
 * is written beside and moved into place; it begins with the hash of what follows, so one that was
 * damaged later is compiled anew. A folder that cannot be written costs compilations, and one
 * warning in the log, but no error.
 */
final class CubinCache {
  private static final Logger LOG = System.getLogger("dev.gatun.kernels.cuda");
  private static final int HASH_BYTES = 32;

  private final @Nullable Path folder;
  private final ProgramCompiler compiler;
  private final ConcurrentHashMap<String, byte[]> images = new ConcurrentHashMap<>();
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * Makes an empty cache.
   *
   * @param folder where files are kept; made when the first is written. Null for memory alone
   * @param compiler what compiles
   */
  CubinCache(@Nullable Path folder, ProgramCompiler compiler) {
    this.folder = folder;
    this.compiler = compiler;
  }

  /**
   * Returns a compiled program; compiles it where that has not been done.
   *
   * @param program the program
   * @param capability the compute capability of the device
   * @return what a module can be loaded from; not to be written to
   */
  byte[] image(CudaText program, int capability) {
    String key = key(program, capability);
    var known = images.get(key);
    return known != null
        ? known
        : images.computeIfAbsent(key, _ -> readOrCompile(key, program, capability));
  }

  private byte[] readOrCompile(String key, CudaText program, int capability) {
    if (folder == null) {
      return compiler.compile(program, capability);
    }
    var file = folder.resolve(key + ".cubin");
    var kept = read(file);
    if (kept != null) {
      return kept;
    }
    byte[] image = compiler.compile(program, capability);
    write(folder, file, image);
    return image;
  }

  /** The name under which a program is kept: equal where, and only where, the image would be. */
  private String key(CudaText program, int capability) {
    var digest = sha256();
    for (String part :
        new String[] {
          compiler.version(),
          Integer.toString(capability),
          String.join(" ", CudaText.OPTIONS),
          program.text()
        }) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private byte @Nullable [] read(Path file) {
    try {
      byte[] all = Files.readAllBytes(file);
      if (all.length > HASH_BYTES) {
        byte[] image = Arrays.copyOfRange(all, HASH_BYTES, all.length);
        if (Arrays.equals(sha256().digest(image), Arrays.copyOf(all, HASH_BYTES))) {
          return image;
        }
      }
      LOG.log(Level.WARNING, "{0} is damaged; the kernel is compiled anew", file);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException unread) {
      warn("read", unread);
    }
    return null;
  }

  private void write(Path folder, Path file, byte[] image) {
    try {
      Files.createDirectories(folder);
      var beside = Files.createTempFile(folder, "writing", ".tmp");
      try {
        byte[] hash = sha256().digest(image);
        byte[] all = Arrays.copyOf(hash, HASH_BYTES + image.length);
        System.arraycopy(image, 0, all, HASH_BYTES, image.length);
        Files.write(beside, all);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException unwritten) {
      warn("written", unwritten);
    }
  }

  private void warn(String what, IOException cause) {
    if (!warned.getAndSet(true)) {
      LOG.log(
          Level.WARNING,
          "compiled kernels in {0} cannot be {1} ({2}): they are compiled in each process",
          folder,
          what,
          cause.toString());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
