package dev.gatun.nn.io;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped into memory. Its tensors look into the file itself: nothing is copied,
 * and pages are read when they are touched.
 *
 * {@snippet :
 * void load(Tensor weight) {
 *   try (var file = SafetensorsFile.open(Path.of("model.safetensors"))) {
 *     weight.copy_(file.tensor("0.weight"));
 *   }
 * }
 * }
 *
 * <p><b>Ownership.</b> The tensors belong to this object, whatever scopes are open, and are closed
 * with it. Closing also gives the mapping back; a view made from one of the tensors throws {@link
 * IllegalStateException} when it is used afterwards. Clone what is to live longer. The tensors are
 * read-only.
 *
 * <p>The file must not be shortened or overwritten in place while it is open, as by any program
 * that maps it; replacing it, as {@link Safetensors#save} does, is harmless.
 *
 * <p>Thread-safe for reading; closing must not race with reading.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(
      Path path, Arena arena, Map<String, Tensor> tensors, Map<String, String> metadata) {
    this.path = path;
    this.arena = arena;
    this.tensors = tensors;
    this.metadata = metadata;
  }

  /**
   * Maps a file and checks all of its header.
   *
   * @param path the file
   * @return the open file
   * @throws FileFormatException when the file is no well-formed safetensors file, is truncated, or
   *     contradicts itself
   * @throws FileAccessException when it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      SafetensorsHeader header = SafetensorsParser.parse(path, bytes);
      var file =
          new SafetensorsFile(
              path, arena, wrap(bytes, header), Collections.unmodifiableMap(header.metadata()));
      opened = true;
      return file;
    } catch (IOException e) {
      throw new FileAccessException("safetensors", path, e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  private static Map<String, Tensor> wrap(MemorySegment bytes, SafetensorsHeader header) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    header
        .entries()
        .forEach((name, entry) -> {
          MemorySegment slice =
              bytes.asSlice(header.dataOffset() + entry.begin(), entry.end() - entry.begin());
          Tensor tensor =
              Tensor.on(Storage.wrap(slice), entry.dtype(), Layout.contiguous(entry.shape()));
          tensors.put(name, Scope.disown(tensor));
        });
    return tensors;
  }

  /**
   * Returns the names of the tensors.
   *
   * @return the names, in the order of the header
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /**
   * Returns one tensor.
   *
   * @param name its name
   * @return a read-only tensor that looks into the file, owned by this object
   * @throws ArgumentException when the file has no such tensor
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ArgumentException(
          "safetensors: " + path + ": there is no tensor '" + name + "' among " + tensors.keySet());
    }
    return tensor;
  }

  /**
   * Returns all tensors.
   *
   * @return read-only tensors by name, in the order of the header, owned by this object
   */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * Returns the strings that describe the file.
   *
   * @return what the file has under {@code __metadata__}; empty when it has nothing
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Closes the tensors and gives the mapping back. Closing twice does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      tensors.values().forEach(Tensor::close);
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "SafetensorsFile[" + path + ", " + tensors.size() + " tensors]";
  }
}
