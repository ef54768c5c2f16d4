package dev.gatun.autograd.check;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.functional.Vmap;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares calls mapped over the axis of a batch with the calls themselves, put together. */
final class VmapChecks {
  private static final double TOLERANCE = 1e-9;

  private VmapChecks() {}

  /**
   * Puts inputs together, every other one along its last axis, so that the mapped calls work on
   * views with steps, and compares results and gradients.
   *
   * @param name the name of the operation
   * @param call computes the result
   * @param examples for each example the inputs; float64 leaves where gradients are compared
   */
  static void compare(String name, GradientCheck.Function call, Tensor[]... examples) {
    int[] axes = new int[examples[0].length];
    Tensor[] batch = new Tensor[axes.length];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i % 2 == 0 ? 0 : examples[0][i].rank();
      boolean tracked = examples[0][i].requiresGrad();
      Tensor together = stacked(axes[i], examples, i).detach();
      batch[i] = tracked ? together.requiresGrad_() : together;
    }
    Tensor[] results = new Tensor[examples.length];
    Arrays.setAll(results, k -> call.apply(examples[k]));
    Supplier<Tensor> mapped =
        () ->
            Vmap.over((List<Tensor> one) -> call.apply(one.toArray(new Tensor[0])), axes, 0)
                .apply(List.of(batch));
    for (Tensor result : results) {
      if (!result.shape().equals(results[0].shape())) {
        OpChecks.refuses(name + " mapped", ShapeException.class, "stack", mapped);
        return;
      }
    }
    Tensor expected = Gatun.stack(0, results);
    Tensor found = mapped.get();
    Comparison.assertClose(name + " mapped", expected, found);
    if (expected.requiresGrad()) {
      compareGradients(name, axes, batch, found, examples, expected);
    }
  }

  private static void compareGradients(
      String name, int[] axes, Tensor[] batch, Tensor found, Tensor[][] examples, Tensor expected) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor[] example : examples) {
      leaves.addAll(Arrays.asList(example));
    }
    @Nullable Tensor[] ofBatch = gradients(found, Arrays.asList(batch));
    @Nullable Tensor[] ofExamples = gradients(expected, leaves);
    for (int i = 0; i < batch.length; i++) {
      Tensor gradient = ofBatch[i];
      if (gradient == null) {
        continue;
      }
      Tensor[] parts = new Tensor[examples.length];
      for (int k = 0; k < parts.length; k++) {
        Tensor part = ofExamples[k * batch.length + i];
        parts[k] = part == null ? Gatun.zerosLike(examples[k][i]) : part;
      }
      Comparison.assertClose(
          name + " mapped: gradient " + i,
          Gatun.stack(axes[i], parts).toDoubleArray(),
          gradient.toDoubleArray(),
          TOLERANCE,
          TOLERANCE);
    }
  }

  /** Returns for each tensor its gradient, null where it has none. */
  private static @Nullable Tensor[] gradients(Tensor output, List<Tensor> inputs) {
    List<Tensor> tracked = inputs.stream().filter(Tensor::requiresGrad).toList();
    @Nullable Tensor[] found =
        Gatun.grad(
            new Tensor[] {output},
            new Tensor[] {Gatun.onesLike(output)},
            tracked.toArray(new Tensor[0]),
            false,
            false,
            true);
    @Nullable Tensor[] result = new @Nullable Tensor[inputs.size()];
    int next = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = inputs.get(i).requiresGrad() ? found[next++] : null;
    }
    return result;
  }

  private static Tensor stacked(int axis, Tensor[][] examples, int input) {
    Tensor[] parts = new Tensor[examples.length];
    Arrays.setAll(parts, k -> examples[k][input]);
    return Gatun.stack(axis, parts);
  }
}
