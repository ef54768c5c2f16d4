package dev.gatun.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CUDA C compiled by gcc, as C, to an object that runs its kernels on the host: see {@code
 * on_host.h}. The object has no name of its own and can be opened from any file.
 */
final class HostCompiler implements ProgramCompiler {
  private static final List<String> OPTIONS =
      List.of(
          "-std=gnu11",
          "-O1",
          "-fPIC",
          "-shared",
          "-ffp-contract=off",
          "-fno-strict-aliasing",
          "-fwrapv",
          "-w");

  private static final Pattern DYNAMIC_SHARED =
      Pattern.compile("extern __shared__ (?:__align__\\(\\d+\\) )?([\\w ]+?) (\\w+)\\[\\];");

  private static final String HEADER = header();

  private static String header() {
    try (var in = HostCompiler.class.getResourceAsStream("on_host.h")) {
      if (in == null) {
        throw new IllegalStateException("on_host.h is not among the tests' resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unread) {
      throw new UncheckedIOException(unread);
    }
  }

  @Override
  public String version() {
    int wrapping = launcher("", List.of("")).hashCode();
    return "gcc for the host " + Integer.toHexString(31 * HEADER.hashCode() + wrapping);
  }

  /** Tells whether there is a gcc. */
  static boolean isAvailable() {
    try {
      return start(List.of("gcc", "--version"), Path.of("/dev/null")).waitFor() == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The C that is compiled. */
  static String source(CudaText program) {
    var text = new StringBuilder(HEADER).append('\n');
    String kernels = program.text().replace("extern \"C\" ", "");
    text.append(DYNAMIC_SHARED.matcher(kernels).replaceAll("$1 *$2 = ($1 *)gatun_dynamic_shared;"));
    for (String entry : program.entries()) {
      text.append(launcher(entry, parameterTypes(kernels, entry)));
    }
    return text.toString();
  }

  /** C's types of a kernel's parameters, as they are declared. */
  private static List<String> parameterTypes(String kernels, String entry) {
    var declaration = Pattern.compile("\\b" + entry + "\\(([^()]*)\\) \\{").matcher(kernels);
    if (!declaration.find()) {
      throw new IllegalArgumentException("no kernel " + entry + " in\n" + kernels);
    }
    var types = new ArrayList<String>();
    for (String parameter : declaration.group(1).split(",")) {
      types.add(parameter.strip().replaceFirst("\\w+$", ""));
    }
    return types;
  }

  private static String launcher(String entry, List<String> types) {
    var arguments = new ArrayList<String>();
    var sizes = new ArrayList<String>();
    for (int i = 0; i < types.size(); i++) {
      arguments.add("*(%s*)parameters[%d]".formatted(types.get(i), i));
      sizes.add("sizeof(%s)".formatted(types.get(i)));
    }
    return """

    static void NAME__thread(void **parameters) {
      NAME(%s);
    }

    void NAME__on_host(unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
        unsigned shared_bytes, void **parameters) {
      gatun_run_on_host(
          "NAME", NAME__thread, gx, gy, gz, bx, by, bz, shared_bytes, parameters);
    }

    // How many parameters there are, and the size of each, for whoever runs the kernel later.
    const unsigned NAME__sizes[] = {%d, %s};
    """
        .formatted(String.join(", ", arguments), types.size(), String.join(", ", sizes))
        .replace("NAME", entry);
  }

  @Override
  public byte[] compile(CudaText program, int capability) {
    try {
      var folder = Files.createTempDirectory("gatun-on-host");
      try {
        return compile(program, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while gcc ran", interrupted);
    }
  }

  private static byte[] compile(CudaText program, Path folder)
      throws IOException, InterruptedException {
    var source = folder.resolve("kernels.c");
    var object = folder.resolve("kernels.so");
    var log = folder.resolve("gcc.log");
    Files.writeString(source, source(program));
    var command = new ArrayList<String>();
    command.add("gcc");
    command.addAll(OPTIONS);
    command.addAll(List.of("-o", object.toString(), source.toString(), "-lm", "-lpthread"));
    if (start(command, log).waitFor() != 0) {
      throw new IllegalStateException(Files.readString(log) + "\n" + program.text());
    }
    return Files.readAllBytes(object);
  }

  private static Process start(List<String> command, Path log) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
