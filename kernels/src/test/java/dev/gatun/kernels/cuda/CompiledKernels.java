package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.cuda.Nvrtc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compiles programs for devices that need not be there. None of their kernels may spill registers
 * but for a few; with {@code -Dgatun.docs.write=true} what each takes of a multiprocessor is
 * written to a page of the documentation.
 */
final class CompiledKernels {
  /** The architecture of the page. */
  private static final int CAPABILITY = 90;

  /** Stores and loads of some fifteen registers: what is beyond belongs to a kernel gone wrong. */
  private static final int MOST_SPILLED_BYTES = 128;

  private static final Path PAGE = Path.of("..", "docs", "cuda-kernels-sm_90.csv");

  private CompiledKernels() {}

  /** Compiles a program; the running test is one that could not be run where NVRTC cannot. */
  static void compile(String name, CudaText program, int capability) {
    if (Arrays.stream(Nvrtc.architectures()).noneMatch(each -> each == capability)) {
      CudaEvidence.skip("this NVRTC does not compile kernels for sm_" + capability);
    }
    var options = new ArrayList<>(CudaText.OPTIONS);
    options.add(CompiledKernel.OPTION);
    var compiled = Nvrtc.toCubin(name, program.text(), capability, options);
    assertEquals("\u007fELF", new String(compiled.image(), 0, 4, StandardCharsets.ISO_8859_1));
    assertEquals("", CompiledKernel.warnings(compiled.log()));
    if (capability == CAPABILITY) {
      hold(CompiledKernel.of(compiled.log(), compiled.image()), program.entries());
    }
  }

  private static void hold(List<CompiledKernel> kernels, List<String> entries) {
    assertEquals(
        entries.stream().sorted().toList(),
        kernels.stream().map(CompiledKernel::entry).sorted().toList());
    for (var kernel : kernels) {
      assertTrue(
          kernel.spillBytes() <= MOST_SPILLED_BYTES,
          () -> kernel.entry() + " spills " + kernel.spillBytes() + " bytes of registers");
    }
    if (Boolean.getBoolean("gatun.docs.write")) {
      var page = page();
      kernels.forEach(kernel -> page.put(kernel.entry(), kernel.toString()));
      write(page);
    }
  }

  private static Map<String, String> page() {
    var lines = new TreeMap<String, String>();
    if (Files.exists(PAGE)) {
      try (var all = Files.lines(PAGE)) {
        all.skip(1).forEach(line -> lines.put(line.substring(0, line.indexOf(',')), line));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    return lines;
  }

  private static void write(Map<String, String> page) {
    var lines = new ArrayList<>(List.of(CompiledKernel.HEADER));
    lines.addAll(page.values());
    try {
      Files.write(PAGE, lines);
    } catch (IOException unwritten) {
      throw new UncheckedIOException(unwritten);
    }
  }
}
