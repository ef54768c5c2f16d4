package dev.gatun.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.nn.data.DataLoader;
import dev.gatun.nn.data.TensorDataset;
import dev.gatun.nn.init.Init;
import dev.gatun.nn.io.Safetensors;
import dev.gatun.nn.loss.MSELoss;
import dev.gatun.nn.loss.NLLLoss;
import dev.gatun.nn.metrics.R2Score;
import dev.gatun.nn.optim.AdamOptions;
import dev.gatun.nn.optim.AdamW;
import dev.gatun.nn.optim.Optimizer;
import dev.gatun.nn.optim.SGD;
import dev.gatun.nn.optim.SGDOptions;
import dev.gatun.nn.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Modules, losses and optimizers on devices, on emulated ones, beside the same on the host. */
@ExtendWith(TestScope.class)
class ModulesOnCudaEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  @TempDir private Path folder;

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  /** What needs no product of matrices. */
  private static final class Gated extends Module {
    private final LayerNorm norm = register("norm", new LayerNorm(8));
    private final GELU gelu = register("gelu", new GELU());
    private final Dropout dropout;
    private final Parameter scale =
        register("scale", Init.normal_(Gatun.empty(DType.FLOAT32, Shape.of(8)), 0, 1, seeded()));

    Gated() {
      dropout = register("dropout", new Dropout(0.25, seeded()));
    }

    @Override
    public Tensor forward(Tensor x) {
      return dropout.forward(gelu.forward(norm.forward(x).mul(scale.tensor())));
    }
  }

  private static Generator seeded() {
    return new Generator(11);
  }

  private static Tensor data(int seed) {
    return Gatun.randn(DType.FLOAT32, Shape.of(5, 8), new Generator(seed));
  }

  private static double[] train(Device device, Function<List<Tensor>, Optimizer> maker) {
    try (var scope = Scope.open();
        Module model = new Gated().to(device);
        var optimizer = maker.apply(model.parameters())) {
      for (int step = 0; step < 5; step++) {
        try (var ofStep = Scope.open()) {
          Tensor loss =
              new MSELoss().forward(model.forward(data(step).to(device)), data(50).to(device));
          assertEquals(device, loss.device());
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
        }
      }
      Tensor all = Gatun.cat(0, model.parameters().toArray(Tensor[]::new));
      assertEquals(device, all.device());
      return all.toDoubleArray();
    }
  }

  @Test
  void trainingIsTheSame() {
    List<Function<List<Tensor>, Optimizer>> makers =
        List.of(
            parameters -> new SGD(parameters, SGDOptions.of(0.1).withMomentum(0.9)),
            parameters -> new AdamW(parameters, AdamOptions.of(0.01)));
    for (var maker : makers) {
      assertArrayEquals(train(Device.CPU, maker), train(CUDA, maker), 1e-5);
    }
  }

  /** A step of training, captured or not, and the weights after some more of them. */
  private static double[] trainPlanned(boolean planned) {
    try (var scope = Scope.open();
        var on = Gatun.on(CUDA);
        Module model = new Gated();
        var optimizer = new AdamW(model.parameters(), AdamOptions.of(0.05))) {
      Tensor x = data(1).to(CUDA);
      Tensor target = data(2).to(CUDA);
      Supplier<Tensor> step =
          () -> {
            Tensor loss = new MSELoss().forward(model.forward(x), target);
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.detach();
          };
      if (planned) {
        try (Plan plan = Plan.capture(step)) {
          for (int i = 0; i < 4; i++) {
            plan.replay();
          }
        }
      } else {
        for (int i = 0; i < 5; i++) {
          assertTrue(Double.isFinite(step.get().item()));
        }
      }
      return Gatun.cat(0, model.parameters().toArray(Tensor[]::new)).toDoubleArray();
    }
  }

  @Test
  void plannedTrainingIsTheSame() {
    assertArrayEquals(trainPlanned(false), trainPlanned(true), 1e-6);
  }

  @Test
  void memoryComesBackAfterTraining() {
    long before = Cuda.memory(CUDA).inUseBytes();
    double[] weights = train(CUDA, parameters -> new SGD(parameters, 0.1));
    assertEquals(24, weights.length);
    // What other tests have left may be found unreachable meanwhile.
    assertTrue(Cuda.memory(CUDA).inUseBytes() <= before);
  }

  @Test
  void modulesMoveThereAndBack() {
    Module model = new Gated();
    double[] before = model.namedParameters().get("scale").toDoubleArray();
    model.namedParameters().get("scale").setGrad(Gatun.ones(8));
    model.to(CUDA);
    for (Tensor parameter : model.parameters()) {
      assertEquals(CUDA, parameter.device());
      assertTrue(parameter.requiresGrad());
      assertNull(parameter.grad());
    }
    model.to(Device.CPU);
    assertArrayEquals(before, model.namedParameters().get("scale").toDoubleArray());
  }

  @Test
  void modulesAreMadeThere() {
    try (var on = Gatun.on(CUDA)) {
      Module model = new Gated();
      assertEquals(CUDA, model.parameters().getFirst().device());
      assertArrayEquals(
          onHost().namedParameters().get("scale").toDoubleArray(),
          model.namedParameters().get("scale").toDoubleArray(),
          1e-6);
    }
  }

  private static Module onHost() {
    try (var on = Gatun.on(Device.CPU)) {
      return new Gated();
    }
  }

  @Test
  void statesAreWrittenAndRead() {
    Module model = new Gated().to(CUDA);
    var file = folder.resolve("model.safetensors");
    Safetensors.save(file, model.state());
    Module other = new Gated().to(CUDA);
    Init.normal_(other.namedParameters().get("scale"), 0, 1, new Generator(5));
    try (var saved = Safetensors.open(file)) {
      other.loadState(saved.tensors());
    }
    assertArrayEquals(
        model.namedParameters().get("scale").toDoubleArray(),
        other.namedParameters().get("scale").toDoubleArray());
  }

  @Test
  void classesAreCheckedByTheDevice() {
    Tensor scores = data(3).logSoftmax(1);
    Tensor classes = Gatun.tensor(0L, 7L, 3L, 3L, 1L);
    assertEquals(
        new NLLLoss().forward(scores, classes).item(),
        new NLLLoss().forward(scores.to(CUDA), classes.to(CUDA)).item(),
        1e-6);
  }

  @Test
  void aTrainerBringsBatchesToTheModel() {
    assertArrayEquals(fitted(Device.CPU), fitted(CUDA), 1e-6);
  }

  private static double[] fitted(Device device) {
    try (var scope = Scope.open();
        Module model = new Gated().to(device);
        var optimizer = new SGD(model.parameters(), SGDOptions.of(0.1))) {
      var examples = TensorDataset.of(data(1), data(2));
      var loader = DataLoader.of(examples, 2);
      var history =
          new Trainer(model, new MSELoss(), optimizer)
              .validateOn(loader, new R2Score())
              .fit(loader, 3);
      var last = history.epochs().getLast();
      return new double[] {
        last.trainingLoss(), last.validationLoss(), last.metrics().values().iterator().next()
      };
    }
  }
}
