package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.PlanException;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class PredictorTest {
  private static void check(Module model, DType dtype, long... sizes) {
    model.to(dtype);
    try (model;
        Predictor predictor = Predictor.of(model, dtype, sizes)) {
      for (int round = 0; round < 3; round++) {
        Tensor input = Gatun.randn(Shape.of(sizes).toArray()).to(dtype);
        double[] expected;
        model.eval();
        try (NoGrad off = NoGrad.open()) {
          expected = model.forward(input).toDoubleArray();
          assertTrue(!NoGrad.isGradEnabled() && off != null);
        }
        model.train();
        assertArrayEquals(
            expected,
            predictor.predict(input).toDoubleArray(),
            dtype == DType.FLOAT64 ? 1e-12 : 1e-5,
            model.toString());
      }
    }
  }

  @Test
  void answersAreThoseOfTheForwardPass() {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      check(
          new Sequential(
              new Flatten(),
              new Linear(12, 7),
              new ReLU(),
              new Dropout(0.5),
              new Sequential(new Linear(7, 5, false), new GELU()),
              new Identity(),
              new Softmax(-1)),
          dtype,
          2,
          3,
          4);
    }
    check(new Linear(4, 3), DType.FLOAT32, 1, 4);
    check(new Linear(4, 3), DType.FLOAT32, 2, 5, 4);
    check(new Sequential(), DType.FLOAT32, 3);
  }

  @Test
  void everyActivationIsTheSame() {
    for (Module activation :
        List.of(
            new ReLU(),
            new GELU(GELU.Approximate.TANH),
            new SiLU(),
            new Sigmoid(),
            new Tanh(),
            new Mish(),
            new Softmax(0),
            new LogSoftmax(1))) {
      check(activation, DType.FLOAT32, 3, 17);
    }
  }

  @Test
  void inputsMayHaveAnyLayout() {
    Linear model = new Linear(3, 2);
    try (model;
        Predictor predictor = Predictor.of(model, DType.FLOAT32, 4, 3)) {
      Tensor transposed = Gatun.rand(3, 4).T();
      double[] expected = model.forward(transposed.contiguous()).toDoubleArray();
      assertArrayEquals(expected, predictor.predict(transposed).toDoubleArray(), 1e-6);
    }
  }

  @Test
  void laterStepsShow() {
    try (Linear model = new Linear(2, 1, false);
        Predictor predictor = Predictor.of(model, DType.FLOAT32, 1, 2)) {
      Tensor ones = Gatun.ones(1, 2);
      Tensor first = predictor.predict(ones);
      try (NoGrad off = NoGrad.open()) {
        assertTrue(off != null);
        model.weight().tensor().fill_(3);
      }
      assertSame(first, predictor.predict(ones));
      assertEquals(6, first.item());
    }
  }

  @Test
  void nothingIsAllocatedOffTheHeapAndAllIsGivenBack() {
    try (Sequential model = new Sequential(new Linear(8, 8), new Tanh())) {
      long before = MemoryPool.shared().inUseBytes();
      Tensor sample = Gatun.rand(1, 8);
      long withSample = MemoryPool.shared().inUseBytes();
      Predictor predictor = Predictor.of(model, DType.FLOAT32, 1, 8);
      predictor.predict(sample);
      long during = MemoryPool.shared().inUseBytes();
      for (int i = 0; i < 10; i++) {
        predictor.predict(sample);
      }
      assertEquals(during, MemoryPool.shared().inUseBytes());
      predictor.close();
      predictor.close();
      assertEquals(withSample, MemoryPool.shared().inUseBytes());
      sample.close();
      assertEquals(before, MemoryPool.shared().inUseBytes());
      Tensor other = Gatun.rand(1, 8);
      assertThrows(ClosedTensorException.class, () -> predictor.predict(other));
    }
  }

  @Test
  void modesAreAsBeforeAfterwards() {
    Dropout dropout = new Dropout(0.5);
    Linear fixed = new Linear(2, 2);
    try (Sequential model = new Sequential(fixed, dropout)) {
      fixed.eval();
      Tensor ones = Gatun.ones(1, 2);
      try (Predictor predictor = Predictor.of(model, DType.FLOAT32, 1, 2)) {
        predictor.warmUp();
        assertArrayEquals(
            fixed.forward(ones).toDoubleArray(), predictor.predict(ones).toDoubleArray(), 1e-6);
      }
      assertTrue(model.isTraining() && dropout.isTraining() && !fixed.isTraining());
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Module own =
        new Module() {
          @Override
          public Tensor forward(Tensor input) {
            return input.mul(input.sum().item());
          }
        };
    try (Sequential model = new Sequential(new Linear(2, 2), new Sequential(own))) {
      long before = MemoryPool.shared().inUseBytes();
      var e = assertThrows(PlanException.class, () -> Predictor.of(model, DType.FLOAT32, 1, 2));
      assertTrue(e.getMessage().startsWith("item: "), e.getMessage());
      assertThrows(ShapeException.class, () -> Predictor.of(model, DType.FLOAT32, 1, 3));
      assertThrows(DTypeException.class, () -> Predictor.of(model, DType.FLOAT64, 1, 2));
      assertThrows(DTypeException.class, () -> Predictor.of(model, DType.INT32, 1, 2));
      assertEquals(before, MemoryPool.shared().inUseBytes());
    }
    try (Linear model = new Linear(2, 2);
        Predictor predictor = Predictor.of(model, DType.FLOAT32, 1, 2)) {
      Tensor wide = Gatun.rand(1, 3);
      Tensor precise = Gatun.rand(1, 2).to(DType.FLOAT64);
      assertThrows(ShapeException.class, () -> predictor.predict(wide));
      assertThrows(DTypeException.class, () -> predictor.predict(precise));
    }
  }
}
