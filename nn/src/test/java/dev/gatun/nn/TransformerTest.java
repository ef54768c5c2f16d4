package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import dev.gatun.nn.optim.Adam;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attention and encoder layers against loops over plain arrays. */
@ExtendWith(TestScope.class)
class TransformerTest {
  private static final int BATCH = 2;
  private static final int POSITIONS = 5;
  private static final int WIDTH = 6;
  private static final int HEADS = 3;
  private static final double LOWEST = Double.NEGATIVE_INFINITY;

  private static MultiheadAttention attention(boolean batchFirst) {
    MultiheadAttention layer =
        new MultiheadAttention(WIDTH, HEADS, 0, true, batchFirst, new Generator(3));
    layer.to(DType.FLOAT64);
    // Biases that are not zero, so that they count.
    for (Tensor parameter : layer.parameters()) {
      if (parameter.rank() == 1) {
        parameter.detach().copy_(Gatun.arange(parameter.numel()).mul(0.1).sub(0.4));
      }
    }
    return layer;
  }

  private static Tensor random(long... sizes) {
    return Gatun.randn(DType.FLOAT64, Shape.of(sizes), new Generator(sizes.length));
  }

  /** One row of an affine map. */
  private static double[] map(double[] x, double[] weight, double[] bias, int firstRow, int rows) {
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      y[i] = bias[firstRow + i];
      for (int k = 0; k < x.length; k++) {
        y[i] += weight[(firstRow + i) * x.length + k] * x[k];
      }
    }
    return y;
  }

  /** Attention of one sample: queries and keys are rows; what is added to the scores. */
  private static double[][] attend(
      MultiheadAttention layer, double[][] queries, double[][] keys, double[][] added) {
    double[] weight = layer.inProjWeight().tensor().toDoubleArray();
    double[] bias = layer.inProjBias().orElseThrow().tensor().toDoubleArray();
    double[] outWeight = layer.outProj().weight().tensor().toDoubleArray();
    double[] outBias = layer.outProj().bias().orElseThrow().tensor().toDoubleArray();
    int width = WIDTH / HEADS;
    double[][] result = new double[queries.length][];
    for (int i = 0; i < queries.length; i++) {
      double[] q = map(queries[i], weight, bias, 0, WIDTH);
      double[] mixed = new double[WIDTH];
      for (int head = 0; head < HEADS; head++) {
        double[] scores = new double[keys.length];
        double sum = 0;
        for (int j = 0; j < keys.length; j++) {
          double[] k = map(keys[j], weight, bias, WIDTH, WIDTH);
          double dot = 0;
          for (int e = head * width; e < (head + 1) * width; e++) {
            dot += q[e] * k[e];
          }
          scores[j] = Math.exp(dot / Math.sqrt(width) + added[i][j]);
          sum += scores[j];
        }
        for (int j = 0; j < keys.length; j++) {
          double[] v = map(keys[j], weight, bias, 2 * WIDTH, WIDTH);
          for (int e = head * width; e < (head + 1) * width; e++) {
            mixed[e] += sum == 0 ? 0 : scores[j] / sum * v[e];
          }
        }
      }
      result[i] = map(mixed, outWeight, outBias, 0, WIDTH);
    }
    return result;
  }

  private static double[][] rows(Tensor matrix) {
    double[][] rows = new double[(int) matrix.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.select(0, i).toDoubleArray();
    }
    return rows;
  }

  private static void assertSamples(
      MultiheadAttention layer, Tensor query, Tensor key, Tensor actual, double[][][] added) {
    for (int b = 0; b < BATCH; b++) {
      double[][] expected =
          attend(layer, rows(query.select(0, b)), rows(key.select(0, b)), added[b]);
      double[][] found = rows(actual.select(0, b));
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], found[i], 1e-12);
      }
    }
  }

  @Test
  void selfAttentionWithEveryKindOfMask() {
    try (MultiheadAttention layer = attention(true)) {
      Tensor x = random(BATCH, POSITIONS, WIDTH);
      Tensor mask = random(POSITIONS, POSITIONS);
      boolean[] padded = {false, false, true, false, true, false, false, false, false, true};
      Tensor padding = Gatun.tensor(padded).reshape(BATCH, POSITIONS);
      for (int variant = 0; variant < 8; variant++) {
        boolean masked = (variant & 1) != 0;
        boolean hidden = (variant & 2) != 0;
        boolean causal = (variant & 4) != 0;
        double[][][] added = new double[BATCH][POSITIONS][POSITIONS];
        for (int b = 0; b < BATCH; b++) {
          for (int i = 0; i < POSITIONS; i++) {
            for (int j = 0; j < POSITIONS; j++) {
              added[b][i][j] =
                  (masked ? mask.get(i, j) : 0)
                      + (hidden && padded[b * POSITIONS + j] ? LOWEST : 0)
                      + (causal && j > i ? LOWEST : 0);
            }
          }
        }
        Tensor y = layer.forward(x, x, x, masked ? mask : null, hidden ? padding : null, causal);
        assertSamples(layer, x, x, y, added);
      }
    }
  }

  @Test
  void queriesAndKeysOfTheirOwn() {
    try (MultiheadAttention layer = attention(true)) {
      Tensor queries = random(BATCH, 3, WIDTH);
      Tensor keys = random(BATCH, POSITIONS, WIDTH);
      boolean[] left = new boolean[3 * POSITIONS];
      left[1] = true;
      left[7] = true;
      double[][][] added = new double[BATCH][3][POSITIONS];
      for (double[][] sample : added) {
        sample[0][1] = LOWEST;
        sample[1][2] = LOWEST;
      }
      Tensor mask = Gatun.tensor(left).reshape(3, POSITIONS);
      Tensor y = layer.forward(queries, keys, keys, mask, null, false);
      assertSamples(layer, queries, keys, y, added);
      Tensor each = mask.expand(BATCH * HEADS, 3, POSITIONS);
      assertArrayEquals(
          y.toDoubleArray(),
          layer.forward(queries, keys, keys, each, null, false).toDoubleArray(),
          1e-15);
    }
  }

  @Test
  void theBatchMayBeSecondOrMissing() {
    try (MultiheadAttention layer = attention(false);
        MultiheadAttention first = attention(true)) {
      first.loadState(layer.state());
      Tensor x = random(POSITIONS, BATCH, WIDTH);
      Tensor y = layer.forward(x);
      assertEquals(x.shape(), y.shape());
      assertArrayEquals(
          first.forward(x.transpose(0, 1)).transpose(0, 1).toDoubleArray(),
          y.toDoubleArray(),
          1e-14);
      Tensor alone = x.select(1, 0);
      assertArrayEquals(
          y.select(1, 0).toDoubleArray(), layer.forward(alone).toDoubleArray(), 1e-14);
    }
  }

  @Test
  void packedAndSeparateGradientsAreTheSame() {
    try (MultiheadAttention layer = attention(true)) {
      Tensor x = random(BATCH, POSITIONS, WIDTH).requiresGrad_();
      layer.forward(x, x, x, null, null, true).square().sum().backward();
      double[] packed = gradient(x);
      double[] weights = gradient(layer.inProjWeight().tensor());
      layer.zeroGrad();
      x.zeroGrad();
      Tensor other = x.reshape(BATCH, POSITIONS, WIDTH);
      layer.forward(x, other, other, null, null, true).square().sum().backward();
      assertArrayEquals(packed, gradient(x), 1e-12);
      assertArrayEquals(weights, gradient(layer.inProjWeight().tensor()), 1e-12);
    }
  }

  private static double[] gradient(Tensor tensor) {
    Tensor gradient = tensor.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }

  private static TransformerEncoderLayer.Settings settings() {
    return TransformerEncoderLayer.Settings.of(WIDTH, HEADS).withFeedForward(8).withDropout(0);
  }

  @Test
  void anEncoderLayerIsWhatItsPartsSay() {
    for (boolean normFirst : new boolean[] {false, true}) {
      for (var activation : TransformerEncoderLayer.Activation.values()) {
        var settings =
            settings().withNormFirst(normFirst).withActivation(activation).withBatchFirst(true);
        try (TransformerEncoderLayer layer = new TransformerEncoderLayer(settings)) {
          layer.to(DType.FLOAT64);
          Tensor x = random(BATCH, POSITIONS, WIDTH);
          Linear linear1 = (Linear) child(layer, "linear1");
          Linear linear2 = (Linear) child(layer, "linear2");
          LayerNorm norm1 = (LayerNorm) child(layer, "norm1");
          LayerNorm norm2 = (LayerNorm) child(layer, "norm2");
          Tensor before = normFirst ? norm1.forward(x) : x;
          Tensor attended = x.add(layer.selfAttention().forward(before));
          Tensor middle = normFirst ? attended : norm1.forward(attended);
          Tensor inner = linear1.forward(normFirst ? norm2.forward(middle) : middle);
          Tensor active =
              activation == TransformerEncoderLayer.Activation.RELU ? inner.relu() : inner.gelu();
          Tensor sum = middle.add(linear2.forward(active));
          Tensor expected = normFirst ? sum : norm2.forward(sum);
          assertArrayEquals(expected.toDoubleArray(), layer.forward(x).toDoubleArray(), 1e-13);
        }
      }
    }
  }

  private static ParameterTree child(ParameterTree tree, String name) {
    ParameterTree child = tree.children().get(name);
    assertNotNull(child, name);
    return child;
  }

  @Test
  void namesAreThoseOfPyTorch() {
    try (TransformerEncoder encoder =
        new TransformerEncoder(() -> new TransformerEncoderLayer(settings()), 2)) {
      List<String> names = List.copyOf(encoder.namedParameters().keySet());
      assertEquals(24, names.size());
      assertEquals(
          List.of(
              "layers.0.self_attn.in_proj_weight",
              "layers.0.self_attn.in_proj_bias",
              "layers.0.self_attn.out_proj.weight",
              "layers.0.self_attn.out_proj.bias",
              "layers.0.linear1.weight",
              "layers.0.linear1.bias",
              "layers.0.linear2.weight",
              "layers.0.linear2.bias",
              "layers.0.norm1.weight",
              "layers.0.norm1.bias",
              "layers.0.norm2.weight",
              "layers.0.norm2.bias"),
          names.subList(0, 12));
      Tensor x = Gatun.randn(POSITIONS, BATCH, WIDTH);
      Tensor once = encoder.forward(x, null, null, true);
      // What comes later does not change what positions before it become.
      Tensor cut = encoder.forward(x.narrow(0, 0, 3), null, null, true);
      assertArrayEquals(once.narrow(0, 0, 3).toDoubleArray(), cut.toDoubleArray(), 1e-5);
    }
  }

  @Test
  void anEncoderLearns() {
    var settings = settings().withDropout(0.1);
    try (TransformerEncoder encoder =
        new TransformerEncoder(
            () -> new TransformerEncoderLayer(settings, new Generator(5)),
            2,
            new LayerNorm(WIDTH))) {
      Tensor x = Gatun.randn(POSITIONS, BATCH, WIDTH);
      Tensor y = x.flip(0);
      var optimizer = new Adam(encoder.parameters(), 0.01);
      double first = 0;
      double last = 0;
      for (int step = 0; step < 150; step++) {
        try (var _ = Scope.open()) {
          encoder.zeroGrad();
          Tensor loss = encoder.forward(x).sub(y).square().mean();
          loss.backward();
          optimizer.step();
          last = loss.item();
          first = step == 0 ? last : first;
        }
      }
      assertTrue(last < 0.5 * first, first + " to " + last);
      encoder.eval();
      assertArrayEquals(encoder.forward(x).toDoubleArray(), encoder.forward(x).toDoubleArray());
    }
  }

  @Test
  void mistakesAreRefused() {
    assertThrows(ArgumentException.class, () -> new MultiheadAttention(6, 4));
    assertThrows(ArgumentException.class, () -> new TransformerEncoder(() -> null, -1));
    try (MultiheadAttention layer = attention(true)) {
      assertThrows(ShapeException.class, () -> layer.forward(random(BATCH, POSITIONS, 5)));
      Tensor x = random(BATCH, POSITIONS, WIDTH);
      assertThrows(
          ShapeException.class, () -> layer.forward(x, x, x, null, random(BATCH, 4), false));
      assertThrows(
          ShapeException.class, () -> layer.forward(x, x, x, random(4, POSITIONS), null, false));
    }
  }

  @Test
  void masksOfOtherShapesAreRefused() {
    var attention = new MultiheadAttention(8, 2);
    Tensor x = Gatun.randn(2, 3, 8);
    Tensor padding = Gatun.zeros(DType.BOOL, Shape.of(2, 3));
    for (Tensor wrong : List.of(padding, padding.flatten())) {
      assertThrows(ShapeException.class, () -> attention.forward(x, x, x, null, wrong, false));
    }
    Tensor mask = Gatun.zeros(DType.BOOL, Shape.of(2, 4, 3));
    assertThrows(ShapeException.class, () -> attention.forward(x, x, x, mask, null, false));
  }
}
