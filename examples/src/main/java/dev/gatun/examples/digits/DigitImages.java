package dev.gatun.examples.digits;

import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.nn.data.Batch;
import dev.gatun.nn.data.CsvReader;
import dev.gatun.nn.data.Idx;
import dev.gatun.nn.data.Split;
import dev.gatun.nn.data.Subset;
import dev.gatun.nn.data.Table;
import dev.gatun.nn.data.TensorDataset;
import dev.gatun.nn.io.FileAccessException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images of digits, to learn from and to be tested on.
 *
 * @param name what they are called
 * @param train the examples to learn from: float32 [images, pixels], and int64 [images]
 * @param test the examples to be tested on, of the same shape
 */
public record DigitImages(String name, TensorDataset train, TensorDataset test)
    implements AutoCloseable {
  private static final String RESOURCE = "digits.csv";
  private static final double TEST_SHARE = 0.2;
  private static final double LARGEST_COUNT = 16;

  /** Mean and deviation of the pixels of MNIST's training images, from 0 to 1. */
  private static final double MNIST_MEAN = 0.1307;

  private static final double MNIST_DEVIATION = 0.3081;

  /**
   * Reads the digits that ship with Gatun; a fifth of them, of each class, is for the test.
   *
   * @param seed what the choice of that fifth follows from
   * @return 8 by 8 pixels each, from 0 to 1; to be closed by the caller
   */
  public static DigitImages shipped(long seed) {
    try (var _ = Scope.open()) {
      Table table = readShipped();
      Tensor images = table.drop(-1).toTensor(DType.FLOAT32).div(LARGEST_COUNT);
      Tensor labels = table.column(-1).toTensor(DType.INT64);
      try (TensorDataset all = TensorDataset.of(images, labels)) {
        List<Subset> parts = Split.stratified(all, labels, seed, 1 - TEST_SHARE, TEST_SHARE);
        var digits = new DigitImages("UCI digits", gathered(parts.get(0)), gathered(parts.get(1)));
        parts.forEach(Subset::close);
        return digits;
      }
    }
  }

  private static Table readShipped() {
    Path name = Path.of(RESOURCE);
    var bytes = DigitImages.class.getResourceAsStream(RESOURCE);
    if (bytes == null) {
      throw new FileAccessException("digits", name, new NoSuchFileException("not in the jar"));
    }
    try (Reader text = new InputStreamReader(bytes, StandardCharsets.UTF_8)) {
      return CsvReader.withoutHeader().read(name, text);
    } catch (IOException e) {
      throw new FileAccessException("digits", name, e);
    }
  }

  /** Copies the examples of a subset, so that they lie side by side. */
  private static TensorDataset gathered(Subset subset) {
    Batch all = subset.range(0, subset.size());
    return TensorDataset.of(all.inputs(), all.targets());
  }

  /** Reads MNIST's four IDX files from a folder, each as it is or with {@code .gz} at its end. */
  static DigitImages mnist(Path folder) {
    try (var _ = Scope.open()) {
      return new DigitImages("MNIST", idx(folder, "train"), idx(folder, "t10k"));
    }
  }

  private static TensorDataset idx(Path folder, String part) {
    Tensor raw = Idx.read(find(folder, part + "-images-idx3-ubyte"));
    Tensor labels = Idx.read(find(folder, part + "-labels-idx1-ubyte"));
    if (raw.rank() != 3 || labels.rank() != 1 || raw.size(0) != labels.size(0)) {
      throw new ArgumentException(
          "digits: "
              + folder
              + ": "
              + part
              + " images "
              + raw.shape()
              + " and labels "
              + labels.shape()
              + ": [images, rows, columns] and [images]");
    }
    Tensor images =
        raw.to(DType.FLOAT32)
            .div(255)
            .sub_(MNIST_MEAN)
            .div_(MNIST_DEVIATION)
            .reshape(raw.size(0), raw.size(1) * raw.size(2));
    raw.close();
    return TensorDataset.of(images, labels.to(DType.INT64));
  }

  private static Path find(Path folder, String name) {
    for (String candidate : List.of(name, name + ".gz", name.replace("-idx", ".idx"))) {
      Path file = folder.resolve(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new FileAccessException(
        "digits", folder.resolve(name), new NoSuchFileException("nor is there a .gz of it"));
  }

  /**
   * Returns the number of pixels of an image.
   *
   * @return the size of axis 1 of the inputs
   */
  public long pixels() {
    return train.inputs().size(1);
  }

  /** Closes both parts. */
  @Override
  public void close() {
    train.close();
    test.close();
  }
}
