package dev.gatun.bench.gpu;

import dev.gatun.bench.report.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * PyTorch on the same device, in a process of Python's own that does as it is told, a line at a
 * time: so both sides can take turns.
 */
final class TorchOnGpu implements AutoCloseable {

  private static final String PROGRAM = "torch_on_gpu.py";
  private static final String ERROR = "error ";

  private final Path program;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;
  private final String version;

  private TorchOnGpu(Path program, Process process) throws IOException {
    this.program = program;
    this.process = process;
    commands = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
    version = answer();
  }

  /**
   * Starts Python.
   *
   * @param python the interpreter, a path or a name on PATH
   * @param device the number of the device
   * @throws IOException when there is no such interpreter, or no PyTorch that uses the device
   */
  static TorchOnGpu start(String python, int device) throws IOException {
    var program = Files.createTempFile("gatun-", "-" + PROGRAM);
    try (InputStream text = TorchOnGpu.class.getResourceAsStream(PROGRAM)) {
      if (text == null) {
        throw new NoSuchFileException(PROGRAM);
      }
      Files.write(program, text.readAllBytes());
      var process =
          new ProcessBuilder(python, "-u", program.toString(), Integer.toString(device))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return new TorchOnGpu(program, process);
      } catch (IOException unusable) {
        process.destroy();
        throw unusable;
      }
    } catch (IOException failed) {
      Files.deleteIfExists(program);
      throw failed;
    }
  }

  /** The versions of PyTorch and of its CUDA. */
  String version() {
    return version;
  }

  /**
   * Has PyTorch make a case and warm up.
   *
   * @throws IOException when it cannot, with its reason
   */
  void prepare(Map<String, Object> settings) throws IOException {
    ask("prepare " + Json.write(settings).replace('\n', ' ').strip());
  }

  /** Returns the seconds of a call, the mean over a batch of them. */
  double batch() throws IOException {
    return Double.parseDouble(ask("batch"));
  }

  private String ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    return answer();
  }

  private String answer() throws IOException {
    var line = answers.readLine();
    if (line == null) {
      throw new IOException("Python has ended");
    }
    if (line.startsWith(ERROR)) {
      throw new IOException(line.substring(ERROR.length()));
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    Files.deleteIfExists(program);
  }
}
