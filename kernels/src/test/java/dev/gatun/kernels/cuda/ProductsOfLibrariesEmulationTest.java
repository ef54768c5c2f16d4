package dev.gatun.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.generated.cublas.cublas_h;
import dev.gatun.bindings.generated.cublaslt.cublasLt_h;
import dev.gatun.kernels.DeviceProvider;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.Transfers;
import dev.gatun.kernels.gemm.PointwiseEpilogue;
import dev.gatun.kernels.pointwise.Derivative;
import dev.gatun.kernels.pointwise.Expression;
import dev.gatun.kernels.pointwise.PointwiseKernel;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Device;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products as an emulated cublasLt computes them, beside those of the CPU. */
@ExtendWith(TestScope.class)
class ProductsOfLibrariesEmulationTest {
  private static final Expression X = Expression.input(0);
  private static final Expression Y = Expression.input(1);

  private final Random random = new Random(11);

  @BeforeAll
  static void emulate() {
    EmulatedCuda.requireWithLibraries();
  }

  @AfterEach
  void everythingIsTakenAgain() {
    EmulatedCuda.decline(0);
  }

  private static DeviceProvider device() {
    return Kernels.provider(Device.cuda(0));
  }

  private StridedArray host(DType type, long... sizes) {
    return Layouts.filled(Layouts.Kind.CONTIGUOUS, type, random::nextGaussian, sizes);
  }

  private static StridedArray there(StridedArray host) {
    var copy = empty(host.dtype(), host.layout().shape());
    Transfers.copy(copy, host);
    return copy;
  }

  private static StridedArray empty(DType type, Shape shape) {
    return new StridedArray(
        device().allocate(StridedArray.byteSize(type, shape)), type, Layout.contiguous(shape));
  }

  private static StridedArray turned(StridedArray array) {
    int rank = array.layout().rank();
    return new StridedArray(
        array.storage().retain(), array.dtype(), array.layout().transpose(rank - 2, rank - 1));
  }

  private static void assertClose(StridedArray expected, StridedArray there) {
    var back = StridedArray.allocate(there.dtype(), there.layout().shape());
    Transfers.copy(back, there);
    double[] wanted = Layouts.values(expected);
    double[] actual = Layouts.values(back);
    double tolerance =
        switch (there.dtype()) {
          case FLOAT64 -> 1e-12;
          case FLOAT32 -> 1e-5;
          case FLOAT16 -> 4e-3;
          default -> 4e-2;
        };
    for (int i = 0; i < wanted.length; i++) {
      int place = i;
      assertEquals(
          wanted[i],
          actual[i],
          tolerance * (1 + Math.abs(wanted[i])),
          () -> "element " + place + " of " + there.layout());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void productsOfEveryTypeAndOrientation(DType type) {
    long before = EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_BIAS());
    var bias = host(type, 6);
    for (int turn = 0; turn < 4; turn++) {
      var a = turn % 2 == 0 ? host(type, 3, 5, 4) : turned(host(type, 3, 4, 5));
      var b = turn / 2 == 0 ? host(type, 4, 6) : turned(host(type, 6, 4));
      var deviceA = turn % 2 == 0 ? there(a) : turned(there(turned(a)));
      var deviceB = turn / 2 == 0 ? there(b) : turned(there(turned(b)));
      var expected = StridedArray.allocate(type, Shape.of(3, 5, 6));
      Kernels.provider().matmul().matmul(expected, a, b, 1.5, 0, null, bias);
      var out = empty(type, Shape.of(3, 5, 6));
      device().matmul().matmul(out, deviceA, deviceB, 1.5, 0, null, there(bias));
      assertClose(expected, out);
    }
    assertEquals(before + 4, EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_BIAS()));
  }

  /** A product with an activation, of arrays that are made alike on the CPU and on the device. */
  private void checkFinished(
      DType type,
      Expression formula,
      boolean inPlace,
      boolean gradient,
      boolean biased,
      long... leading) {
    var program = PointwiseProgram.of("finish", type, gradient ? 2 : 1, formula);
    long[] sizes = sizes(leading, 5, 8);
    var a = host(type, sizes(leading, 5, 3));
    var b = host(type, sizes(leading, 3, 8));
    var bias = biased ? host(type, 8) : null;
    var other = host(type, sizes);
    var expected = StridedArray.allocate(type, Shape.of(sizes));
    var expectedResult = inPlace ? expected : StridedArray.allocate(type, Shape.of(sizes));
    var cpu = Kernels.provider();
    cpu.matmul().matmul(expected, a, b, 1, 0, null, bias);
    run(cpu.pointwise(program), expectedResult, expected, gradient ? other : null);
    var out = empty(type, Shape.of(sizes));
    var result = inPlace ? out : empty(type, Shape.of(sizes));
    var thereOther = there(other);
    var ins = gradient ? new StridedArray[] {out, thereOther} : new StridedArray[] {out};
    var epilogue =
        new PointwiseEpilogue(
            device().pointwise(program), new StridedArray[] {result}, ins, new double[0]);
    device()
        .matmul()
        .matmul(out, there(a), there(b), 1, 0, epilogue, bias == null ? null : there(bias));
    assertClose(expectedResult, result);
    assertClose(expected, out);
  }

  private static void run(
      PointwiseKernel kernel, StridedArray out, StridedArray a, @Nullable StridedArray b) {
    var ins = b == null ? new StridedArray[] {a} : new StridedArray[] {a, b};
    kernel.run(new StridedArray[] {out}, ins, new double[0]);
  }

  private static long[] sizes(long[] leading, long rows, long columns) {
    long[] all = Arrays.copyOf(leading, leading.length + 2);
    all[leading.length] = rows;
    all[leading.length + 1] = columns;
    return all;
  }

  private void assertFused(int epilogue, long launches, Runnable check) {
    long products = EmulatedCuda.products(epilogue);
    long kernels = EmulatedCuda.launches();
    check.run();
    assertEquals(products + 1, EmulatedCuda.products(epilogue));
    assertEquals(kernels + launches, EmulatedCuda.launches());
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void activationsAreComputedWithTheProduct(DType type) {
    var relu = X.relu();
    var gelu = X.geluTanh();
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_RELU(),
        0,
        () -> checkFinished(type, relu, true, false, false));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_RELU_BIAS(),
        0,
        () -> checkFinished(type, relu, true, false, true));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_GELU(),
        0,
        () -> checkFinished(type, gelu, true, false, false));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_GELU_BIAS(),
        0,
        () -> checkFinished(type, gelu, true, false, true, 2));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void whatGeluIsTakenOfIsKept(DType type) {
    var gelu = X.geluTanh();
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX(),
        0,
        () -> checkFinished(type, gelu, false, false, false, 3));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX_BIAS(),
        0,
        () -> checkFinished(type, gelu, false, false, true));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16"})
  void theGradientOfGeluIsComputedWithTheProduct(DType type) {
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_DGELU(),
        0,
        () -> checkFinished(type, Derivative.of(Y.geluTanh(), 1, X), true, true, false, 2));
  }

  @Test
  void whatCublasCannotComputeFollowsInAKernelOfItsOwn() {
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_BIAS(),
        1,
        () -> checkFinished(DType.FLOAT32, X.gelu(), true, false, true));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_BIAS(),
        1,
        () -> checkFinished(DType.FLOAT32, X.relu(), false, false, true));
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT(),
        1,
        () -> checkFinished(DType.FLOAT32, Derivative.of(Y.geluTanh(), 1, X), false, true, false));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whatCublasDeclinesIsStillComputed(boolean kept) {
    int declined =
        kept ? cublasLt_h.CUBLASLT_EPILOGUE_GELU_AUX() : cublasLt_h.CUBLASLT_EPILOGUE_GELU();
    EmulatedCuda.decline(declined);
    long before = EmulatedCuda.products(declined);
    assertFused(
        cublasLt_h.CUBLASLT_EPILOGUE_DEFAULT(),
        1,
        () -> checkFinished(DType.FLOAT32, X.geluTanh(), !kept, false, false, 7));
    assertEquals(before, EmulatedCuda.products(declined));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsAreSummedOnTheWay(boolean taken) {
    int depth = taken ? 9 : 10;
    var gradient = host(DType.FLOAT32, depth, 5);
    var x = host(DType.FLOAT32, depth, 4);
    var left =
        new StridedArray(
            gradient.storage().retain(), DType.FLOAT32, gradient.layout().transpose(0, 1));
    var expected = StridedArray.allocate(DType.FLOAT32, Shape.of(5, 4));
    var expectedSums = StridedArray.allocate(DType.FLOAT32, Shape.of(1, 5));
    Kernels.provider().matmul().matmul(expected, left, x, 1, 0, null, null);
    Kernels.provider().reductions().reduce(Reduction.SUM, expectedSums, gradient);
    int epilogue = cublasLt_h.CUBLASLT_EPILOGUE_BGRADB();
    if (!taken) {
      EmulatedCuda.decline(epilogue);
    }
    long before = EmulatedCuda.products(epilogue);
    var out = empty(DType.FLOAT32, Shape.of(5, 4));
    var sums = empty(DType.FLOAT32, Shape.of(1, 5));
    var thereGradient = there(gradient);
    var thereLeft =
        new StridedArray(thereGradient.storage().retain(), DType.FLOAT32, left.layout());
    Cuda.allowFusedActivations(true);
    var family = device().productSums();
    Cuda.allowFusedActivations(false);
    assertNull(device().productSums());
    assertNotNull(family);
    family.productAndSums(out, sums, thereLeft, there(x), thereGradient);
    assertClose(expected, out);
    assertClose(expectedSums, sums);
    assertEquals(before + (taken ? 1 : 0), EmulatedCuda.products(epilogue));
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "130, 6", "136, 7"})
  void theGradientOfReluGoesByBitsOrByElements(int declined, int rows) {
    EmulatedCuda.decline(declined);
    var a = host(DType.FLOAT32, 2, rows, 3);
    var b = host(DType.FLOAT32, 3, 9);
    var g = host(DType.FLOAT32, 2, rows, 4);
    var w = host(DType.FLOAT32, 4, 9);
    var result = StridedArray.allocate(DType.FLOAT32, Shape.of(2, rows, 9));
    var expected = StridedArray.allocate(DType.FLOAT32, Shape.of(2, rows, 9));
    var relu = PointwiseProgram.of("relu", DType.FLOAT32, 1, X.relu());
    var masked =
        PointwiseProgram.of(
            "relu_backward",
            DType.FLOAT32,
            2,
            Expression.select(Y.le(0), Expression.constant(0), X));
    var cpu = Kernels.provider();
    cpu.matmul().matmul(result, a, b, 1, 0, null, null);
    cpu.pointwise(relu).run(result, result, 0, 0);
    cpu.matmul().matmul(expected, g, w, 1, 0, null, null);
    cpu.pointwise(masked).run(expected, expected, result, 0, 0);
    Cuda.allowFusedActivations(true);
    var pair = device().maskedProducts(device().pointwise(relu), device().pointwise(masked), 0);
    Cuda.allowFusedActivations(false);
    assertNotNull(pair);
    long kept = EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX());
    long gradients = EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_DRELU());
    var thereResult = empty(DType.FLOAT32, Shape.of(2, rows, 9));
    var out = empty(DType.FLOAT32, Shape.of(2, rows, 9));
    var bits = empty(DType.UINT8, Shape.of(pair.bytesOfBits(2L * rows, 9)));
    for (int round = 0; round < 2; round++) {
      pair.reluAndBits(thereResult, bits, there(a), there(b), null);
      pair.whereBits(out, there(g), there(w), bits, thereResult);
      assertClose(result, thereResult);
      assertClose(expected, out);
    }
    boolean keeps = declined != cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX();
    assertEquals(
        kept + (keeps ? 2 : 0), EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_RELU_AUX()));
    assertEquals(
        gradients + (declined == 0 ? 2 : 0),
        EmulatedCuda.products(cublasLt_h.CUBLASLT_EPILOGUE_DRELU()));
  }

  @Test
  void whatCublasRefusesToDescribeIsComputedAllTheSame() {
    EmulatedCuda.refuseLayout(cublas_h.CUBLAS_STATUS_NOT_SUPPORTED());
    for (int round = 0; round < 2; round++) {
      long kernels = EmulatedCuda.launches();
      // Fewer are open where another problem has been pushed out.
      assertTrue(descriptorsOf(5001) <= 0);
      assertNotEquals(kernels, EmulatedCuda.launches());
    }
  }

  @Test
  void whatCublasHadNoMemoryToDescribeIsAskedForAgain() {
    EmulatedCuda.refuseLayout(cublas_h.CUBLAS_STATUS_ALLOC_FAILED());
    long kernels = EmulatedCuda.launches();
    product(5002);
    assertNotEquals(kernels, EmulatedCuda.launches());
    kernels = EmulatedCuda.launches();
    product(5002);
    assertEquals(kernels, EmulatedCuda.launches());
  }

  @Test
  void soManyProblemsAreKeptAndNoMore() {
    long each = descriptorsOf(1);
    for (int rows = 2; rows < LibraryProducts.MOST_PROBLEMS + 50; rows++) {
      product(rows);
    }
    long most = each * LibraryProducts.MOST_PROBLEMS;
    assertEquals(most, EmulatedCuda.descriptors());
    // What has been pushed out is chosen again.
    product(2);
    assertEquals(most, EmulatedCuda.descriptors());
  }

  private long descriptorsOf(int rows) {
    long before = EmulatedCuda.descriptors();
    product(rows);
    return EmulatedCuda.descriptors() - before;
  }

  private void product(int rows) {
    var a = host(DType.FLOAT32, rows, 2);
    var b = host(DType.FLOAT32, 2, 3);
    var expected = StridedArray.allocate(DType.FLOAT32, Shape.of(rows, 3));
    Kernels.provider().matmul().matmul(expected, a, b, 1, 0, null, null);
    var out = empty(DType.FLOAT32, Shape.of(rows, 3));
    device().matmul().matmul(out, there(a), there(b), 1, 0, null, null);
    assertClose(expected, out);
    for (var array : new StridedArray[] {a, b, expected, out}) {
      array.close();
    }
  }
}
