package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CubinCacheTest {
  private static final CudaText PROGRAM = new CudaText(List.of("a"), "program a");

  @TempDir Path folder;

  /** "Compiles" to the text and the capability, and counts. */
  private static final class Counting implements ProgramCompiler {
    private final AtomicInteger compilations = new AtomicInteger();
    private final String version;

    Counting(String version) {
      this.version = version;
    }

    @Override
    public String version() {
      return version;
    }

    @Override
    public byte[] compile(CudaText program, int capability) {
      compilations.incrementAndGet();
      return (program.text() + " for " + capability).getBytes(StandardCharsets.UTF_8);
    }
  }

  private List<Path> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void aProgramIsCompiledOnce() throws IOException {
    var compiler = new Counting("1");
    var cache = new CubinCache(folder, compiler);
    byte[] image = cache.image(PROGRAM, 90);
    assertSame(image, cache.image(new CudaText(List.of("a"), "program a"), 90));
    assertArrayEquals(image, new CubinCache(folder, compiler).image(PROGRAM, 90));
    assertEquals(1, compiler.compilations.get());
    assertEquals(1, files().size());
  }

  @Test
  void anotherProgramArchitectureOrCompilerIsAnotherImage() throws IOException {
    var compiler = new Counting("1");
    var other = new Counting("2");
    var cache = new CubinCache(folder, compiler);
    cache.image(PROGRAM, 90);
    cache.image(PROGRAM, 100);
    cache.image(new CudaText(List.of("a"), "program b"), 90);
    new CubinCache(folder, other).image(PROGRAM, 90);
    assertEquals(3, compiler.compilations.get());
    assertEquals(1, other.compilations.get());
    assertEquals(4, files().size());
  }

  @Test
  void aDamagedFileIsCompiledAnew() throws IOException {
    var compiler = new Counting("1");
    byte[] image = new CubinCache(folder, compiler).image(PROGRAM, 90);
    var file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertArrayEquals(image, new CubinCache(folder, compiler).image(PROGRAM, 90));
    Files.write(file, new byte[3]);
    assertArrayEquals(image, new CubinCache(folder, compiler).image(PROGRAM, 90));
    assertArrayEquals(image, new CubinCache(folder, compiler).image(PROGRAM, 90));
    assertEquals(3, compiler.compilations.get());
  }

  @Test
  void withoutAFolderThatCanBeWrittenThereIsMemory() throws IOException {
    var compiler = new Counting("1");
    var file = Files.createFile(folder.resolve("file"));
    for (var cache :
        List.of(new CubinCache(file.resolve("below"), compiler), new CubinCache(null, compiler))) {
      assertSame(cache.image(PROGRAM, 90), cache.image(PROGRAM, 90));
    }
    assertEquals(2, compiler.compilations.get());
  }

  @Test
  void manyAtOnceLeaveWholeFilesOnly() throws Exception {
    var tasks = new ArrayList<Callable<byte[]>>();
    for (int i = 0; i < 64; i++) {
      var program = new CudaText(List.of("a"), "program " + i % 4);
      var cache = new CubinCache(folder, new Counting("1"));
      tasks.add(() -> cache.image(program, 80));
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      var results = threads.invokeAll(tasks);
      for (int i = 0; i < results.size(); i++) {
        assertEquals(
            "program " + i % 4 + " for 80",
            new String(results.get(i).get(), StandardCharsets.UTF_8));
      }
    }
    assertEquals(4, files().size());
    var compiler = new Counting("1");
    for (int i = 0; i < 4; i++) {
      new CubinCache(folder, compiler).image(new CudaText(List.of("a"), "program " + i), 80);
    }
    assertEquals(0, compiler.compilations.get());
  }
}
