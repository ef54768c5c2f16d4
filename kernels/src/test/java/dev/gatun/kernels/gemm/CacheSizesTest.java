package dev.gatun.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSizesTest {
  @TempDir Path folder;

  @Test
  void dataCachesAreReadLevelByLevel() throws IOException {
    cache(0, "1", "Data", "48K");
    cache(1, "1", "Instruction", "64K");
    cache(2, "2", "Unified", "2048K");
    cache(3, "3", "Unified", "105M");
    assertEquals(new CacheSizes(48 << 10, 2 << 20, 105 << 20), CacheSizes.read(folder));
  }

  @Test
  void aMissingLastLevelIsTheSecond() throws IOException {
    cache(0, "1", "Data", "64K");
    cache(1, "2", "Unified", "4M");
    assertEquals(new CacheSizes(64 << 10, 4 << 20, 4 << 20), CacheSizes.read(folder));
  }

  @Test
  void commonSizesStandInForWhatIsNotTold() throws IOException {
    assertEquals(CacheSizes.COMMON, CacheSizes.read(folder.resolve("nowhere")));
    cache(0, "1", "Data", "unknown");
    assertEquals(CacheSizes.COMMON, CacheSizes.read(folder));
  }

  @Test
  void blocksFollowTheCaches() {
    var small = TileShape.of(512, 4, new CacheSizes(16 << 10, 256 << 10, 2 << 20));
    var large = TileShape.of(512, 4, new CacheSizes(64 << 10, 2 << 20, 64 << 20));
    assertTrue(small.depthBlock() < large.depthBlock(), () -> small + " and " + large);
    assertTrue(small.rowBlock() < large.rowBlock(), () -> small + " and " + large);
    for (var shape : new TileShape[] {small, large}) {
      assertEquals(0, shape.rowBlock() % shape.rows(), shape::toString);
    }
  }

  private void cache(int index, String level, String type, String size) throws IOException {
    var cache = Files.createDirectory(folder.resolve("index" + index));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }
}
