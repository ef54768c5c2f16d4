package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.ClosedTensorException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestScope.class)
class ParameterTreeTest {
  /** Two maps with a rectifier between them, a parameter of its own and a running mean. */
  private static final class Net extends Module {
    private final Linear first;
    private final Linear second;
    private final Parameter scale = register("scale", Gatun.ones(2));
    private final Buffer mean = registerBuffer("mean", Gatun.zeros(2));

    Net(Generator generator) {
      first = register("first", new Linear(3, 4, true, generator));
      second = register("second", new Linear(4, 2, false, generator));
    }

    @Override
    public Tensor forward(Tensor x) {
      return second.forward(first.forward(x).relu()).mul(scale.tensor()).sub(mean.tensor());
    }
  }

  @Test
  void namesAndOrderArePyTorchs() {
    try (Net net = new Net(new Generator(1))) {
      assertEquals(
          List.of("scale", "first.weight", "first.bias", "second.weight"),
          new ArrayList<>(net.namedParameters().keySet()));
      assertEquals(List.of("mean"), new ArrayList<>(net.namedBuffers().keySet()));
      assertEquals(
          List.of("scale", "mean", "first.weight", "first.bias", "second.weight"),
          new ArrayList<>(net.state().keySet()));
      assertEquals(2 + 12 + 4 + 8, net.parameterCount());
    }
    try (Sequential chain = new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 1))) {
      assertEquals(
          List.of("0.weight", "0.bias", "2.weight", "2.bias"),
          new ArrayList<>(chain.state().keySet()));
    }
  }

  @Test
  void printsAsATree() {
    try (Sequential model =
        new Sequential(
            new Linear(64, 32),
            new ReLU(),
            new Sequential(new Dropout(0.2), new GELU()),
            new Linear(32, 10, false),
            new LogSoftmax(1))) {
      assertEquals(
          """
          Sequential(
            (0): Linear(in_features=64, out_features=32, bias=True)
            (1): ReLU()
            (2): Sequential(
              (0): Dropout(p=0.2, inplace=False)
              (1): GELU(approximate='none')
            )
            (3): Linear(in_features=32, out_features=10, bias=False)
            (4): LogSoftmax(dim=1)
          )\
          """,
          model.toString());
    }
  }

  @Test
  void parametersOutliveTheScopeAndGoWithTheModule() {
    long before = MemoryPool.shared().statistics().inUseBytes();
    Net net;
    try (Scope inner = Scope.open()) {
      net = new Net(new Generator(1));
    }
    try (Scope inner = Scope.open()) {
      net.forward(Gatun.ones(5, 3)).sum().backward();
    }
    assertNotNull(net.first.weight().tensor().grad());
    net.close();
    net.close();
    assertEquals(before, MemoryPool.shared().statistics().inUseBytes());
    assertThrows(ClosedTensorException.class, () -> net.forward(Gatun.ones(5, 3)));
  }

  @Test
  void gradientsAreClearedAndFrozen() {
    try (Net net = new Net(new Generator(1))) {
      net.forward(Gatun.ones(1, 3)).sum().backward();
      assertNotNull(net.scale.tensor().grad());
      net.zeroGrad();
      net.namedParameters().forEach((name, tensor) -> assertNull(tensor.grad(), name));
      assertSame(net, net.requiresGrad_(false));
      assertFalse(net.forward(Gatun.ones(1, 3)).requiresGrad());
    }
  }

  @Test
  void modesReachEveryNode() {
    Dropout inner = new Dropout(0.3);
    try (Sequential model = new Sequential(new Sequential(inner))) {
      assertTrue(inner.isTraining());
      assertSame(model, model.eval());
      assertFalse(inner.isTraining());
      model.train();
      assertTrue(inner.isTraining());
    }
  }

  @Test
  void visitsEveryNodeOnceChildrenFirst() {
    List<String> seen = new ArrayList<>();
    try (Net net = new Net(new Generator(1))) {
      net.apply(node -> seen.add(node.getClass().getSimpleName()));
    }
    assertEquals(List.of("Linear", "Linear", "Net"), seen);
  }

  @Test
  void stateIsLoadedInPlace() {
    try (Net source = new Net(new Generator(1));
        Net target = new Net(new Generator(2))) {
      Tensor weight = target.first.weight().tensor();
      target.loadState(source.state());
      assertSame(weight, target.first.weight().tensor());
      source
          .state()
          .forEach((name, tensor) ->
              assertArrayEquals(
                  tensor.toDoubleArray(), target.state().get(name).toDoubleArray(), name));
      assertTrue(weight.requiresGrad());
    }
  }

  @Test
  void stateIsAssignedWithoutCopying() {
    try (Net target = new Net(new Generator(2))) {
      Map<String, Tensor> state = new LinkedHashMap<>();
      try (Scope inner = Scope.open()) {
        target.state().forEach((name, tensor) -> state.put(name, Gatun.onesLike(tensor)));
        target.assignState(state);
      }
      assertSame(state.get("first.weight"), target.first.weight().tensor());
      assertTrue(target.first.weight().tensor().requiresGrad());
      // Ones everywhere: relu(3 * 1 + 1) = 4 in each of four, times one, minus a mean of one.
      assertEquals(15, target.forward(Gatun.ones(1, 3)).get(0, 1));
    }
  }

  @Test
  void aStateThatDoesNotFitChangesNothing() {
    try (Net net = new Net(new Generator(1))) {
      Map<String, Tensor> state = new LinkedHashMap<>(net.state());
      double before = net.scale.tensor().get(0);
      state.put("scale", Gatun.full(DType.FLOAT32, Shape.of(2), 9));
      state.put("first.weight", Gatun.ones(4, 5));
      state.put("mean", Gatun.tensor(1L, 2L));
      state.put("third.weight", Gatun.ones(1));
      state.remove("first.bias");
      String message = assertThrows(StateException.class, () -> net.loadState(state)).getMessage();
      assertEquals(
          "load_state: Net: missing [first.bias]; unexpected [third.weight];"
              + " 'mean' is of int64 but of float32 here;"
              + " 'first.weight' has shape [4, 5] but is [4, 3] here",
          message);
      assertEquals(before, net.scale.tensor().get(0));
    }
  }

  @Test
  void convertsFloatingPointTensors() {
    try (Net net = new Net(new Generator(1))) {
      double[] before = net.first.weight().tensor().toDoubleArray();
      assertSame(net, net.to(DType.FLOAT64));
      assertEquals(DType.FLOAT64, net.forward(Gatun.ones(DType.FLOAT64, Shape.of(1, 3))).dtype());
      assertArrayEquals(before, net.first.weight().tensor().toDoubleArray());
      assertTrue(net.first.weight().tensor().requiresGrad());
      assertTrue(net.first.weight().tensor().isLeaf());
      assertThrows(DTypeException.class, () -> net.to(DType.INT32));
    }
  }

  @Test
  void sharedParametersCountOnce() {
    final class Tied extends Module {
      private final Linear first = register("first", new Linear(3, 3));
      private final Parameter again = register("again", first.weight());

      @Override
      public Tensor forward(Tensor x) {
        return first.forward(x).linear(again.tensor(), null);
      }
    }
    try (Tied tied = new Tied()) {
      assertEquals(12, tied.parameterCount());
      assertEquals(2, tied.parameters().size());
      assertEquals(3, tied.state().size());
      tied.to(DType.FLOAT64);
      assertSame(tied.first.weight().tensor(), tied.again.tensor());
    }
  }

  @Test
  void namesAndTensorsAreChecked() {
    final class Named extends Module {
      void add(String name, Tensor tensor) {
        register(name, tensor);
      }

      void add(String name, Module child) {
        register(name, child);
      }

      @Override
      public Tensor forward(Tensor x) {
        return x;
      }
    }
    try (Named node = new Named()) {
      node.add("a", Gatun.ones(1));
      assertThrows(ArgumentException.class, () -> node.add("a", Gatun.ones(1)));
      assertThrows(ArgumentException.class, () -> node.add("a", new ReLU()));
      assertThrows(ArgumentException.class, () -> node.add("", Gatun.ones(1)));
      assertThrows(ArgumentException.class, () -> node.add("a.b", Gatun.ones(1)));
      assertThrows(DTypeException.class, () -> node.add("b", Gatun.tensor(1L)));
      Tensor computed = Gatun.ones(1).requiresGrad_().mul(2.0);
      String message =
          assertThrows(ArgumentException.class, () -> node.add("b", computed)).getMessage();
      assertTrue(message.contains("MulBackward"), message);
      assertThrows(ArgumentException.class, () -> node.add("me", node));
      assertThrows(ArgumentException.class, () -> node.add("around", new Sequential(node)));
    }
  }

  @Test
  void handlesOfOneNetworkAreItsOwn() {
    try (Net one = new Net(new Generator(1));
        Net other = new Net(new Generator(1))) {
      assertNotSame(one.first.weight().tensor(), other.first.weight().tensor());
      assertArrayEquals(
          one.first.weight().tensor().toDoubleArray(),
          other.first.weight().tensor().toDoubleArray());
    }
  }
}
