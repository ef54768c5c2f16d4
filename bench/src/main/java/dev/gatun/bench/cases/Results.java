package dev.gatun.bench.cases;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Reads results out of libtorch, and puts their parts together. */
final class Results {

  private Results() {}

  /** Copies the elements of a contiguous float32 tensor. */
  static double[] of(Tensor tensor) {
    var elements = tensor.data_ptr_float();
    var values = new double[Math.toIntExact(tensor.numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements.get(i);
    }
    return values;
  }

  /** A gradient that must be there by now. */
  static dev.gatun.autograd.Tensor present(dev.gatun.autograd.@Nullable Tensor gradient) {
    if (gradient == null) {
      throw new IllegalStateException("there is no gradient");
    }
    return gradient;
  }

  static double[] joined(List<double[]> parts) {
    var all = new double[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (var part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
