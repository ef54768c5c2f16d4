package dev.gatun.autograd;

import static dev.gatun.autograd.Gatun.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.plan.Plan;
import dev.gatun.kernels.cuda.Cuda;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.DeviceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tensors on devices as users see them, on emulated ones. */
@ExtendWith(TestScope.class)
class CudaTensorsEmulationTest {
  private static final Device CUDA = Device.cuda(0);

  @BeforeAll
  static void emulate() throws ReflectiveOperationException {
    Emulation.require();
  }

  @AfterEach
  void newTensorsAreMadeOnTheHostAgain() {
    assertEquals(Device.CPU, Gatun.zeros(1).device());
  }

  @Test
  void thereAndBack() {
    Tensor x = tensor(1.0, 2.0, 3.0);
    assertSame(x, x.cpu());
    Tensor there = x.to(CUDA);
    assertEquals(CUDA, there.device());
    assertSame(there, there.cuda());
    assertArrayEquals(x.toDoubleArray(), there.cpu().toDoubleArray());
    assertArrayEquals(x.toDoubleArray(), there.toDoubleArray());
    Tensor half = x.to(CUDA, DType.FLOAT16);
    assertEquals(DType.FLOAT16, half.dtype());
    assertEquals(CUDA, half.device());
    assertArrayEquals(new float[] {1, 2, 3}, (float[]) half.toArray());
    Tensor turned = Gatun.arange(6).reshape(2, 3).mT().to(CUDA);
    assertTrue(turned.isContiguous());
    assertArrayEquals(new long[] {0, 3, 1, 4, 2, 5}, turned.toLongArray());
    assertArrayEquals(new long[] {0, 1, 2, 3, 4, 5}, turned.mT().to(Device.cuda(1)).toLongArray());
  }

  @Test
  void elementsAreReadAndWritten() {
    Tensor x = tensor(1.0, 2.0, 3.0).cuda();
    assertEquals(2, x.get(1));
    assertEquals(3, x.get(-1));
    x.set(7, 0);
    assertEquals(7, x.select(0, 0).item());
    assertEquals(7, x.select(0, 0).itemLong());
    assertEquals("[7.0, 2.0, 3.0]", x.tolist().toString());
    assertEquals("tensor([7., 2., 3.], device='cuda:0')", x.toString());
    x.fill_(2);
    x.copy_(tensor(4.0, 5.0, 6.0));
    Tensor onHost = Gatun.zeros(3);
    onHost.copy_(x);
    assertArrayEquals(new double[] {4, 5, 6}, onHost.toDoubleArray());
    assertThrows(DeviceException.class, x::segment);
  }

  @Test
  void wholeNumbersThatNoDoubleHolds() {
    long beyond = (1L << 53) + 1;
    Tensor there = tensor(0L, 2L).cuda();
    Tensor here = tensor(0L, 2L);
    assertEquals(beyond + 2, there.add(beyond).getLong(1));
    try (Plan plan = Plan.capture(x -> x.clone().add_(beyond), there)) {
      assertEquals(beyond + 2, plan.run(there).getLong(1));
    }
    try (OnDevice on = Gatun.on(CUDA)) {
      assertEquals(beyond + 2, here.add(beyond).getLong(1));
      assertEquals(beyond + 2, here.add_(beyond).getLong(1));
    }
  }

  @Test
  void factoriesOnADevice() {
    try (var on = Gatun.on(CUDA)) {
      assertEquals(CUDA, Gatun.zeros(2, 3).device());
      assertEquals(CUDA, tensor(1.0, 2.0).device());
      assertEquals(CUDA, tensor(1L, 2L).device());
      assertEquals(CUDA, tensor(true, false).device());
      assertEquals(CUDA, Gatun.fromArray(new int[][] {{1, 2}, {3, 4}}).device());
      assertArrayEquals(new double[] {1, 2}, tensor(1.0, 2.0).toDoubleArray());
      try (var host = Gatun.on(Device.CPU)) {
        assertEquals(Device.CPU, Gatun.ones(2).device());
      }
      assertEquals(CUDA, Gatun.full(DType.INT32, Shape.of(2), 3).device());
    }
    Tensor x = Gatun.ones(2).cuda();
    assertEquals(CUDA, Gatun.zerosLike(x).device());
    assertEquals(CUDA, x.newFull(Shape.of(3), 2).device());
    assertEquals(Device.CPU, Gatun.ones(2).add(1).device());
  }

  @Test
  void operationsComputeWhereTheirOperandsAre() {
    Tensor x = tensor(1.0, -2.0, 3.0).cuda();
    Tensor y = x.mul(2).add(x.abs()).clamp(-1, 8);
    assertEquals(CUDA, y.device());
    assertArrayEquals(new double[] {3, -1, 8}, y.toDoubleArray());
    try (var on = Gatun.on(CUDA)) {
      Tensor onHost;
      try (var host = Gatun.on(Device.CPU)) {
        onHost = tensor(1.0, 2.0);
      }
      assertEquals(Device.CPU, onHost.exp().device());
    }
    Tensor scalar = Gatun.scalar(3.0);
    assertArrayEquals(new double[] {4, 1, 6}, x.add(scalar).toDoubleArray());
    assertEquals(CUDA, scalar.mul(x).device());
    x.mul_(scalar);
    assertArrayEquals(new double[] {3, -6, 9}, x.toDoubleArray());
  }

  @Test
  void mixingDevicesIsAnErrorWithTheOperands() {
    Tensor here = Gatun.ones(2, 3);
    Tensor there = Gatun.ones(3).cuda();
    var thrown = assertThrows(DeviceException.class, () -> here.add(there));
    assertEquals(
        "add: float32[2, 3] on cpu, float32[3] on cuda:0: all operands are on one device; copy them"
            + " there with to(device)",
        thrown.getMessage());
    assertThrows(DeviceException.class, () -> here.add_(there));
    assertThrows(DeviceException.class, () -> Gatun.cat(0, Gatun.ones(3), there));
    assertThrows(DeviceException.class, () -> Gatun.scalar(1.0).add_(there.select(0, 0)));
    assertThrows(DeviceException.class, () -> there.to(Device.cuda(1)).mul(there));
    assertThrows(DeviceException.class, () -> here.to(Device.cuda(5)));
  }

  @Test
  void gradientsFlowBetweenDevices() {
    Tensor x = tensor(1.0, 2.0, 3.0).requiresGrad_();
    Tensor w = tensor(2.0, 0.5, -1.0).cuda().requiresGrad_();
    Tensor y = x.to(CUDA).mul(w).exp();
    Tensor direction = Gatun.ones(3).cuda();
    y.backward(direction);
    Tensor gradient = x.grad();
    assertNotNull(gradient);
    assertEquals(Device.CPU, gradient.device());
    Tensor ofW = w.grad();
    assertNotNull(ofW);
    assertEquals(CUDA, ofW.device());
    double[] expected = {2 * Math.exp(2), 0.5 * Math.exp(1), -Math.exp(-3)};
    assertArrayEquals(expected, gradient.toDoubleArray(), 1e-5);
    w.mul(w).backward(direction);
    double[] twice = {Math.exp(2) + 4, 2 * Math.exp(1) + 1, 3 * Math.exp(-3) - 2};
    assertArrayEquals(twice, ofW.toDoubleArray(), 1e-5);
  }

  @Test
  void integersDividedByZeroAreToldWhenElementsAreRead() {
    Tensor x = tensor(1L, 2L).cuda();
    Tensor quotient = x.floorDivide(x.sub(x));
    var thrown = assertThrows(ArgumentException.class, quotient::toLongArray);
    assertTrue(thrown.getMessage().contains("floor_divide"), thrown::getMessage);
  }

  @Test
  void memoryComesBack() {
    long before = Cuda.memory(CUDA).inUseBytes();
    try (Scope scope = Scope.open()) {
      Tensor x = Gatun.ones(100).cuda().requiresGrad_();
      x.mul(x).sigmoid().backward(Gatun.ones(100).cuda());
      assertTrue(Cuda.memory(CUDA).inUseBytes() > before);
    }
    assertEquals(before, Cuda.memory(CUDA).inUseBytes());
  }

  @Test
  void threadsOnDifferentDevicesDoNotLockEachOtherOut() throws Exception {
    var kernels = new PointwiseKernels("twice", List.of(Expression.input(0).mul(2)), 1);
    long key = PointwiseKernels.key(1, DType.FLOAT32);
    long whole = PointwiseKernels.key(PointwiseKernels.key(key, DType.FLOAT32), DType.FLOAT32);
    PointwiseKernel onHost = kernels.get(whole);
    PointwiseKernel there;
    try (var on = Gatun.on(CUDA)) {
      there = kernels.get(whole);
    }
    assertNotSame(onHost, there);
    try (var threads = Executors.newSingleThreadExecutor()) {
      synchronized (kernels) {
        var found =
            threads.submit(() -> {
              try (var on = Gatun.on(CUDA)) {
                assertSame(there, kernels.get(whole));
              }
              return kernels.get(whole);
            });
        assertSame(onHost, found.get(1, TimeUnit.MINUTES));
      }
    }
  }

  @Test
  void scalarsOfTheHostLeaveNothingBehind() {
    Tensor x = tensor(1.0, 2.0, 3.0).to(CUDA);
    Tensor scalar = Gatun.scalar(2.0).requiresGrad_();
    long before = Cuda.memory(CUDA).liveBlocks();
    try (Scope suspended = Scope.suspend()) {
      x.mul(Gatun.scalar(2.0)).close();
      x.add_(Gatun.scalar(2.0));
    }
    assertEquals(before, Cuda.memory(CUDA).liveBlocks());
    x.mul(scalar).sum().backward();
    assertEquals(12, scalar.grad().item());
  }
}
