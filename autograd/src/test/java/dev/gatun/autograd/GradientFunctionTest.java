package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.ones;
import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.check.CheckException;
import dev.gatun.autograd.check.GradientCheck;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.GatunException;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(TestScope.class)
class GradientFunctionTest {
  private static Tensor real(double... values) {
    return Gatun.tensor(DType.FLOAT64, Shape.of(values.length), values).requiresGrad_();
  }

  /** a^n * b, from what each half of the context offers. */
  private static final class PowerTimes extends GradientFunction {
    private final double slope;

    PowerTimes(double slope) {
      super("power_times");
      this.slope = slope;
    }

    @Override
    protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
      assertFalse(NoGrad.isGradEnabled());
      context.saveForBackward(inputs[0], inputs[1]);
      context.remember(3.0);
      return new Tensor[] {inputs[0].pow(3.0).mul(inputs[1])};
    }

    @Override
    protected @Nullable Tensor[] backward(FunctionContext context, Tensor[] gradients) {
      Tensor[] saved = context.savedTensors();
      double n = context.remembered(Double.class);
      Tensor g = gradients[0];
      return new @Nullable Tensor[] {
        context.needsInputGrad(0) ? g.mul(saved[1]).mul(saved[0].pow(n - 1)).mul(slope) : null,
        context.needsInputGrad(1) ? g.mul(saved[0].pow(n)) : null
      };
    }
  }

  private static final class Reversal extends GradientFunction {
    Reversal() {
      super("reversal");
    }

    @Override
    protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
      return new Tensor[] {inputs[0].reshape(inputs[0].shape())};
    }

    @Override
    protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
      return new Tensor[] {gradients[0].neg()};
    }
  }

  @Test
  void anOutputThatIsAViewKeepsTheFunctionInItsPast() {
    Tensor x = tensor(1.0, 2.0).requiresGrad_();
    Tensor h = x.mul(1.0);
    Tensor y = new Reversal().apply(h);
    h.mul_(1.0);
    y.sum().backward();
    assertArrayEquals(new double[] {-1, -1}, x.grad().toDoubleArray());
  }

  @Test
  void gradientsOfAnyOrderAgreeWithDifferenceQuotients() {
    PowerTimes right = new PowerTimes(3);
    Tensor a = real(0.5, -1.2, 2);
    Tensor b = real(1.5, 0.3, -2);
    GradientCheck.first(inputs -> right.apply(inputs), a, b);
    GradientCheck.second(inputs -> right.apply(inputs), a, b);
    PowerTimes wrong = new PowerTimes(2);
    CheckException mismatch =
        assertThrows(
            CheckException.class, () -> GradientCheck.first(inputs -> wrong.apply(inputs), a, b));
    String message = String.valueOf(mismatch.getMessage());
    assertTrue(message.startsWith("gradcheck: the gradient of input 0 at [0] is "), message);
    assertTrue(message.contains("by the difference quotient (off by "), message);
    assertThrows(
        ArgumentException.class,
        () -> GradientCheck.first(inputs -> right.apply(inputs), a.detach(), b.detach()));
    assertEquals("PowerTimesBackward", right.apply(a, b).gradFn());
  }

  @Test
  void nothingIsRecordedWhereNothingIsNeeded() {
    PowerTimes power = new PowerTimes(3);
    assertFalse(power.apply(ones(2), ones(2)).requiresGrad());
    Tensor a = real(2);
    try (NoGrad off = NoGrad.open()) {
      assertFalse(power.apply(a, a).requiresGrad());
    }
    // One of the inputs needs no gradient.
    Tensor b = real(5).detach();
    power.apply(a, b).backward();
    assertArrayEquals(new double[] {60}, gradient(a));
  }

  /** Has three outputs, one of them an index and one declared without a gradient. */
  private static final class SumAndParts extends GradientFunction {
    SumAndParts() {
      super("sum_and_parts");
    }

    @Override
    protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
      Tensor exp = inputs[0].exp();
      Tensor square = inputs[0].square().reshape(1, inputs[0].numel());
      Tensor sign = inputs[0].sign();
      context.saveForBackward(exp, inputs[0]);
      context.markNonDifferentiable(sign);
      return new Tensor[] {exp, inputs[0].argmax(0), square, sign};
    }

    @Override
    protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
      assertEquals(4, gradients.length);
      Tensor[] saved = context.savedTensors();
      Tensor ofSquare = gradients[2].reshape(saved[1].shape()).mul(saved[1]).mul(2.0);
      return new Tensor[] {gradients[0].mul(saved[0]).add(ofSquare)};
    }
  }

  @Test
  void severalOutputs() {
    SumAndParts function = new SumAndParts();
    Tensor x = real(0.5, -1.0, 2.0);
    Tensor[] outputs = function.applyAll(x);
    assertTrue(outputs[0].requiresGrad());
    assertFalse(outputs[1].requiresGrad());
    assertTrue(outputs[2].requiresGrad());
    assertFalse(outputs[3].requiresGrad());
    assertEquals(Shape.of(1, 3), outputs[2].shape());
    assertArrayEquals(new double[] {1, -1, 1}, outputs[3].toDoubleArray());
    outputs[2].sum().backward();
    assertArrayEquals(new double[] {1, -2, 4}, gradient(x), 1e-12);
    GradientCheck.Function product =
        inputs -> {
          Tensor[] all = function.applyAll(inputs);
          return all[0].mul(all[2]).sum();
        };
    GradientCheck.first(product, x);
    GradientCheck.second(product, x);
    assertThrows(ArgumentException.class, () -> function.apply(x));
    GradientCheck.firstOfSeveral(function::applyAll, x);
    GradientCheck.secondOfSeveral(function::applyAll, x);
  }

  @Test
  void gradientsOfSeveralOutputsAreToldApart() {
    GradientFunction swapped =
        new GradientFunction("swapped") {
          @Override
          protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            return new Tensor[] {inputs[0].mul(2.0), inputs[0].mul(3.0)};
          }

          @Override
          protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return new Tensor[] {gradients[0].mul(3.0).add(gradients[1].mul(2.0))};
          }
        };
    assertThrows(
        CheckException.class,
        () -> GradientCheck.firstOfSeveral(swapped::applyAll, real(0.5, -1.0)));
    assertThrows(
        CheckException.class,
        () -> GradientCheck.firstOfSeveral(all -> new Tensor[] {all[0].sign().detach()}, real(1)));
  }

  @Test
  void severalOutputsHaveMemoryOfTheirOwn() {
    Tensor x = real(0.5, -1.0, 2.0);
    Tensor[] outputs = new SumAndParts().applyAll(x);
    assertEquals("SumAndPartsBackward", outputs[0].gradFn());
    assertFalse(outputs[0].storage().overlaps(outputs[2].storage()));
    // exp(x) has been saved: were its memory that of the square, this write would spoil it.
    outputs[2].mul_(2.0);
    outputs[2].reshape(3).add(outputs[0]).sum().backward();
    double[] expected = new double[3];
    Arrays.setAll(expected, i -> Math.exp(x.get(i)) + 4 * x.get(i));
    assertArrayEquals(expected, gradient(x), 1e-12);
  }

  @Test
  void oneTensorReturnedTwiceIsTwoOutputs() {
    GradientFunction twice =
        new GradientFunction("twice") {
          @Override
          protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            Tensor result = inputs[0].mul(1.0);
            return new Tensor[] {result, result};
          }

          @Override
          protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return new Tensor[] {gradients[0].add(gradients[1].mul(10.0))};
          }
        };
    Tensor x = real(1, 2);
    Tensor[] outputs = twice.applyAll(x);
    outputs[0].add(outputs[1].mul(2.0)).sum().backward();
    assertArrayEquals(new double[] {21, 21}, gradient(x));
  }

  @Test
  void whatIsNullIsNamed() {
    Tensor x = real(1, 2);
    refused("forward: the forward half returned null", () -> function(null, null).apply(x));
    refused(
        "forward: the forward half returned null for output 0",
        () -> function(new Tensor[1], null).apply(x));
    refused(
        "forward: the backward half returned null",
        () -> function(new Tensor[] {x.detach().clone()}, null).apply(x).sum().backward());
    GradientFunction saving =
        new GradientFunction("saving") {
          @Override
          protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            context.saveForBackward(inputs[0], null);
            return inputs;
          }

          @Override
          protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return gradients;
          }
        };
    refused("saveForBackward: tensor 1 given by saving is null", () -> saving.apply(x));
  }

  @Test
  void aTensorIsSavedNotRemembered() {
    GradientFunction remembering =
        new GradientFunction("remembering") {
          @Override
          protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            context.remember(inputs[0]);
            return inputs;
          }

          @Override
          protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return gradients;
          }
        };
    refused("remember: remembering leaves a tensor", () -> remembering.apply(real(1)));
  }

  private static void refused(String message, Executable call) {
    GatunException e = assertThrows(GatunException.class, call);
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }

  private static GradientFunction function(
      Tensor @Nullable [] outputs, Tensor @Nullable [] gradients) {
    return new GradientFunction("forward") {
      @Override
      @SuppressWarnings("NullAway") // what a caller does who is not checked
      protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
        return outputs;
      }

      @Override
      @SuppressWarnings("NullAway") // what a caller does who is not checked
      protected Tensor[] backward(FunctionContext context, Tensor[] given) {
        return gradients;
      }
    };
  }

  private static GradientFunction returning(@Nullable Tensor... gradients) {
    return new GradientFunction("returning") {
      @Override
      protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
        return new Tensor[] {inputs[0]};
      }

      @Override
      protected @Nullable Tensor[] backward(FunctionContext context, Tensor[] given) {
        return gradients;
      }
    };
  }

  @Test
  void whatTheBackwardHalfReturnsIsChecked() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    GradientException count =
        assertThrows(
            GradientException.class, () -> returning(ones(3), null).apply(x).sum().backward());
    assertEquals(
        "returning: returned an incorrect number of gradients (expected 1, got 2)",
        count.getMessage());
    GradientException shape =
        assertThrows(GradientException.class, () -> returning(ones(2)).apply(x).sum().backward());
    assertTrue(shape.getMessage().contains("invalid gradient at index 0"), shape.getMessage());
    // A broadcast one is summed, one of somebody's own is left open.
    Tensor wide = ones(2, 3);
    returning(wide).apply(x).sum().backward();
    assertArrayEquals(new double[] {2, 2, 2}, gradient(x));
    returning(tensor(1.0, 1.0, 1.0)).apply(x).sum().backward();
    assertFalse(wide.isClosed());
    assertTrue(x.isLeaf());
  }

  @Test
  void aWriteToWhatWasSavedIsNoticed() {
    Tensor x = real(1, 2);
    Tensor y = x.mul(2.0);
    Tensor z = new PowerTimes(3).apply(y, y);
    y.add_(1.0);
    InPlaceException e = assertThrows(InPlaceException.class, () -> z.sum().backward());
    assertTrue(e.getMessage().startsWith("power_times: "), e.getMessage());
    assertTrue(e.getMessage().contains("it is at version 1, version 0 was saved"), e.getMessage());
  }

  @Test
  void onceDifferentiableSaysSo() {
    GradientFunction once =
        new GradientFunction("once") {
          @Override
          protected Tensor[] forward(FunctionContext context, Tensor[] inputs) {
            return new Tensor[] {inputs[0].mul(2.0)};
          }

          @Override
          protected Tensor[] backward(FunctionContext context, Tensor[] gradients) {
            return new Tensor[] {gradients[0].mul(2.0)};
          }

          @Override
          protected boolean isTwiceDifferentiable() {
            return false;
          }
        };
    Tensor x = tensor(3.0).requiresGrad_();
    once.apply(x).backward();
    assertArrayEquals(new double[] {2}, gradient(x));
    assertThrows(
        GradientException.class, () -> Gatun.grad(once.apply(x).sum(), null, true, true, x));
  }

  @Test
  void functionsLeaveNothingBehind() {
    call();
    long before = MemoryPool.shared().inUseBytes();
    for (int i = 0; i < 5; i++) {
      call();
    }
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  private static void call() {
    try (Scope inner = Scope.open()) {
      Tensor x = real(1, 2, 3);
      Tensor[] outputs = new SumAndParts().applyAll(x);
      outputs[0].mul(outputs[2]).sum().backward();
      new PowerTimes(3).apply(x, x);
    }
  }

  private static double[] gradient(Tensor leaf) {
    Tensor gradient = leaf.grad();
    assertNotNull(gradient);
    return gradient.toDoubleArray();
  }
}
