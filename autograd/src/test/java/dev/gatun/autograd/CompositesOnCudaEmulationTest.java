package dev.gatun.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Methods made of several operations, which make tensors of their own on the way, on CUDA. */
class CompositesOnCudaEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  /** Of a matrix of float32, [3, 4], with ties. */
  private static Map<String, Function<Tensor, Tensor>> ofMatrices() {
    Map<String, Function<Tensor, Tensor>> all = new LinkedHashMap<>();
    all.put("diag", x -> x.diag());
    all.put("diag of a vector", x -> x.select(0, 1).diag(1));
    all.put("diagEmbed", x -> x.diagEmbed());
    all.put("trace", x -> x.trace());
    all.put("fillDiagonal", x -> x.clone().fillDiagonal_(9));
    all.put("repeatInterleave", x -> x.repeatInterleave(Gatun.tensor(2L, 0L, 1L), 0));
    all.put("repeatInterleave alike", x -> x.repeatInterleave(2, 1));
    all.put("tile", x -> x.tile(2, 1));
    all.put("rot90", x -> x.rot90(1, 0, 1));
    all.put("roll", x -> x.roll(2, 1));
    all.put("flip", x -> x.flip(0, 1));
    all.put("positions", x -> x.get(Index.positions(2, 0)));
    all.put("positions of both", x -> x.get(Index.positions(2, 0), Index.positions(1, 3)));
    all.put("mask", x -> x.get(Index.mask(x.gt(0))));
    all.put("mask of the host", x -> x.get(Index.mask(Gatun.tensor(true, false, true))));
    all.put(
        "write",
        x -> {
          Tensor y = x.clone();
          y.set(2.5, Index.positions(0, 2));
          return y;
        });
    all.put("unique", x -> x.unique().values());
    all.put("bincount", x -> x.abs().to(DType.INT64).flatten().bincount(6));
    all.put("isin", x -> x.isin(x.select(0, 0)));
    all.put("vander", x -> x.select(0, 1).vander(4, false));
    all.put("median", x -> x.median());
    all.put("quantile", x -> x.quantile(0.3));
    all.put("std", x -> x.std(1));
    all.put("norm", x -> x.norm());
    all.put("maskedFill", x -> x.maskedFill(x.gt(0), 7));
    all.put("where", x -> Gatun.where(x.gt(0), x, x.neg()));
    all.put("scatter of a number", x -> x.scatter(1, x.argmax(1).unsqueeze(1), 5.0));
    all.put("indexFill", x -> x.indexFill(0, Gatun.tensor(1L).to(x.device()), -1));
    all.put("topk", x -> x.topk(2, 1, true).values());
    all.put("sort", x -> x.sort(1).values());
    all.put("cummax", x -> x.cummax(1).values());
    all.put("nonzero", x -> x.gt(0).nonzero());
    all.put("blockDiag", x -> Gatun.blockDiag(x, x));
    all.put("stack", x -> Gatun.stack(1, x, x));
    all.put("matrixPower", x -> x.narrow(1, 0, 3).matrixPower(0));
    all.put("softmax", x -> x.softmax(1));
    all.put("oneHot", x -> x.argmax(1).oneHot(5));
    all.put("toDType", x -> x.to(DType.INT8).to(DType.BFLOAT16));
    all.put("uniform", x -> x.clone().uniform_(0, 1, new Generator(3)));
    all.put("normal", x -> x.clone().normal_(0, 1, new Generator(3)));
    all.put("bernoulli", x -> x.sigmoid().bernoulli(new Generator(3)));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> composites() {
    return ofMatrices().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> compare(entry.getValue())));
  }

  private static void compare(Function<Tensor, Tensor> composite) {
    try (var scope = Scope.open()) {
      double[] values = {1, -2, 3, 0.5, -1, 2, 2, 0, 4, -3, 0.25, 1};
      Tensor x = Gatun.tensor(DType.FLOAT32, Shape.of(3, 4), values);
      Tensor expected = composite.apply(x);
      Tensor actual = composite.apply(x.to(CUDA));
      assertEquals(CUDA, actual.device());
      assertEquals(expected.dtype(), actual.dtype());
      assertEquals(expected.shape(), actual.shape());
      assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-6);
    }
  }
}
