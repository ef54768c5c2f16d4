package dev.gatun.examples.numbers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.GradientException;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.data.CsvReader;
import dev.gatun.nn.data.Table;
import dev.gatun.nn.loss.CrossEntropyLoss;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.optim.SGD;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Textbook results, most of them known from PyTorch. */
class SurfaceNumbersTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static String[] printed(int digits, double... values) {
    String[] texts = new String[values.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = String.format(Locale.ROOT, "%." + digits + "f", values[i]);
    }
    return texts;
  }

  private static double[] numbers(Tensor tensor) {
    return tensor.toDoubleArray();
  }

  @Test
  void gradientOfAPolynomial() {
    Tensor x = Gatun.tensor(2.0, 3.0).requiresGrad_();
    x.select(0, 0).square().add(x.select(0, 1).mul(3)).backward();
    assertArrayEquals(new double[] {4, 3}, numbers(x.grad()));
  }

  @Test
  void meanSquaredError() {
    Tensor input = Gatun.tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor loss = new MSELoss().forward(input, Gatun.tensor(4.0, 5.0, 6.0));
    loss.backward();
    assertEquals(9, loss.item());
    assertArrayEquals(new double[] {-2, -2, -2}, numbers(input.grad()));
  }

  @Test
  void crossEntropyOfProbabilities() {
    Tensor logits = Gatun.tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor loss = new CrossEntropyLoss().forward(logits, Gatun.tensor(4.0, 5.0, 6.0));
    loss.backward();
    assertArrayEquals(printed(4, 19.1141), printed(4, loss.item()));
    assertArrayEquals(printed(4, -2.6495, -1.3291, 3.9786), printed(4, numbers(logits.grad())));
  }

  @Test
  void twiceADotProduct() {
    Tensor x = Gatun.arange(4.0).requiresGrad_();
    Tensor y = x.dot(x).mul(2);
    assertEquals(28, y.item());
    y.backward();
    assertArrayEquals(new double[] {0, 4, 8, 12}, numbers(x.grad()));
    x.zeroGrad();
    x.sum().backward();
    assertArrayEquals(new double[] {1, 1, 1, 1}, numbers(x.grad()));
  }

  @Test
  void backwardWithAGradientAndDetach() {
    Tensor x = Gatun.arange(4.0).requiresGrad_();
    Tensor y = x.mul(x);
    y.backward(Gatun.onesLike(y));
    assertArrayEquals(new double[] {0, 2, 4, 6}, numbers(x.grad()));
    x.zeroGrad();
    Tensor u = x.mul(x).detach();
    u.mul(x).sum().backward();
    assertArrayEquals(numbers(u), numbers(x.grad()));
  }

  private static Tensor branching(Tensor a) {
    Tensor b = a.mul(2);
    while (b.norm().item() < 1000) {
      b = b.mul(2);
    }
    return b.sum().item() > 0 ? b : b.mul(100);
  }

  @Test
  void gradientsThroughControlFlow() {
    for (double start : new double[] {0.3, -1.7, 812}) {
      Tensor a = Gatun.scalar(start).requiresGrad_();
      Tensor d = branching(a);
      d.backward();
      double slope = d.item() / a.item();
      assertEquals(slope, a.grad().item(), 1e-7 * slope);
    }
    Tensor random = Gatun.randn(DType.FLOAT64, Shape.scalar(), new Generator(3)).requiresGrad_();
    Tensor d = branching(random);
    d.backward();
    assertEquals(d.item() / random.item(), random.grad().item());
  }

  @Test
  void backwardOfWhatNeedsNone() {
    Tensor plain = Gatun.tensor(1.0, 2.0).sum();
    var e = assertThrows(GradientException.class, plain::backward);
    assertTrue(
        e.getMessage()
            .contains("element 0 of tensors does not require grad and does not have a grad_fn"),
        e.getMessage());
  }

  @Test
  void theThermometer() {
    Tensor celsius = Gatun.tensor(0.5, 14, 15, 28, 11, 8, 3, -4, 6, 13, 21);
    Tensor unknown = Gatun.tensor(35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4);
    Tensor parameters = Gatun.tensor(1.0, 0.0).requiresGrad_();
    thermometerLoss(parameters, unknown, celsius).backward();
    assertArrayEquals(printed(4, 4517.2969, 82.6000), printed(4, numbers(parameters.grad())));
    parameters.zeroGrad();
    try (SGD optimizer = new SGD(List.of(parameters), 1e-2)) {
      thermometerLoss(parameters, unknown.mul(0.1), celsius).backward();
      optimizer.step();
    }
    assertArrayEquals(printed(4, 1.7761, 0.1064), printed(4, numbers(parameters)));
  }

  private static Tensor thermometerLoss(Tensor parameters, Tensor reading, Tensor celsius) {
    Tensor predicted = reading.mul(parameters.select(0, 0)).add(parameters.select(0, 1));
    return new MSELoss().forward(predicted, celsius);
  }

  @Test
  void numericalDerivative() {
    String[] expected = {"2.30000", "2.03000", "2.00300", "2.00030", "2.00003"};
    double h = 0.1;
    for (String text : expected) {
      Tensor x = Gatun.tensor(DType.FLOAT64, Shape.scalar(), 1);
      Tensor limit = curve(x.add(h)).sub(curve(x)).div(h);
      assertEquals(text, printed(5, limit.item())[0]);
      h *= 0.1;
    }
  }

  private static Tensor curve(Tensor x) {
    return x.square().mul(3).sub(x.mul(4));
  }

  @Test
  void standardDeviations() {
    Tensor x = Gatun.tensor(2.0, 4.0, 5.0, 6.0, 8.0);
    assertEquals(2, x.std(new int[] {0}, 0, false).item());
    assertEquals("2.2361", printed(4, x.std().item())[0]);
  }

  @Test
  void shapesThatBroadcast() {
    Tensor x = Gatun.rand(1);
    Tensor y = Gatun.rand(3, 1);
    Tensor z = Gatun.rand(1, 3);
    Tensor a = Gatun.rand(2, 1, 1);
    assertEquals(Shape.of(3, 1), x.mul(y).shape());
    assertEquals(Shape.of(3, 3), y.mul(z).shape());
    assertEquals(Shape.of(2, 3, 3), y.mul(z).mul(a).shape());
  }

  @Test
  void sumsOfSixNumbers() {
    Tensor x = Gatun.arange(6.0).reshape(2, 3);
    Tensor rows = x.sum(new int[] {1}, true);
    assertEquals(Shape.of(2, 1), rows.shape());
    assertArrayEquals(new double[] {3, 12}, numbers(rows));
    assertArrayEquals(new double[] {0, 1, 2, 3, 5, 7}, numbers(x.cumsum(0)));
    assertArrayEquals(new double[] {1, 1}, numbers(x.div(rows).sum(1)), 1e-6);
  }

  @Test
  void norms() {
    Tensor u = Gatun.tensor(3.0, -4.0);
    assertEquals(5, u.norm().item());
    assertEquals(7, u.norm(1).item());
    assertEquals(6, Gatun.ones(4, 9).norm().item());
  }

  @Test
  void theHouseTable() {
    String text = "rooms,roof,price\nNA,NA,127500\n2,NA,106000\n4,Slate,178100\nNA,NA,140000\n";
    Table houses = CsvReader.withHeader().read(Path.of("houses.csv"), new StringReader(text));
    Table inputs = houses.drop("price").getDummies(true);
    inputs = inputs.fillna(inputs.mean());
    Tensor features = inputs.toTensor(DType.FLOAT64);
    Tensor target = houses.column("price").toTensor(houses.column("price").dtype());
    assertEquals(DType.FLOAT64, features.dtype());
    assertEquals(Shape.of(4, 3), features.shape());
    assertArrayEquals(new double[] {3, 0, 1, 2, 0, 1, 4, 1, 0, 3, 0, 1}, numbers(features));
    assertEquals(DType.INT64, target.dtype());
    assertArrayEquals(new long[] {127500, 106000, 178100, 140000}, target.toLongArray());
  }
}
