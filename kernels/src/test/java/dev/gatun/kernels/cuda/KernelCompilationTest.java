package dev.gatun.kernels.cuda;

import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import dev.gatun.kernels.Layouts;
import dev.gatun.kernels.Layouts.Kind;
import dev.gatun.kernels.TestScope;
import dev.gatun.kernels.convolution.ConvolutionGeometry;
import dev.gatun.kernels.index.Combination;
import dev.gatun.kernels.pooling.PoolingGeometry;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.reduce.Reduction;
import dev.gatun.memory.DType;
import dev.gatun.memory.Shape;
import dev.gatun.memory.StridedArray;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kernel that a family launches for a type is compiled by NVRTC, for absent devices. */
@ExtendWith(TestScope.class)
class KernelCompilationTest {
  /** Launches nothing, but takes note of what was to be launched. */
  private static final class Notes implements Launcher {
    final Map<String, CudaText> programs = new LinkedHashMap<>();

    @Override
    public void launch(
        CudaKernel kernel,
        int blocksX,
        int blocksY,
        int threads,
        int sharedBytes,
        KernelArguments arguments) {
      programs.put(kernel.entry(), kernel.program());
    }

    @Override
    public void copy(StridedArray out, StridedArray in) {
      // No kernel does it.
    }

    @Override
    public StridedArray scratch(DType type, long elements) {
      return StridedArray.allocate(type, Shape.of(elements));
    }

    @Override
    public long read(StridedArray array, long index) {
      return 0;
    }

    @Override
    public void upload(StridedArray out, MemorySegment elements) {
      // Nothing is computed with it.
    }

    @Override
    public long faultAddress() {
      return 0;
    }
  }

  private static final Set<String> COMPILED = new HashSet<>();

  private static StridedArray array(DType type, long... sizes) {
    return Layouts.filled(Kind.CONTIGUOUS, type, () -> 0, sizes);
  }

  private static Map<String, CudaText> programs(DType type) {
    var notes = new Notes();
    reductions(notes, type);
    products(notes, type);
    indexing(notes, type);
    ordering(notes, type);
    random(notes, type);
    if (type.isFloatingPoint()) {
      layers(notes, type);
      pooling(notes, type);
    }
    return notes.programs;
  }

  private static void reductions(Launcher launcher, DType type) {
    var kernels = new CudaReductionKernels(launcher);
    var x = array(type, 4, 5);
    for (var kind : Reduction.values()) {
      kernels.reduce(kind, array(type, 4, 1), x);
    }
    // Long enough to be folded in parts.
    kernels.reduce(Reduction.MEAN, array(DType.FLOAT64, 1), array(type, 1 << 16));
    kernels.argMax(array(DType.INT64, 4, 1), x, 1);
    kernels.argMin(array(DType.INT64, 4, 1), x, 1);
    kernels.cumulativeSum(x, x, 1);
    kernels.cumulativeProduct(x, x, 1);
  }

  private static void products(Launcher launcher, DType type) {
    var x = array(type, 3, 3);
    new CudaMatmulKernels(launcher, null).matmul(x, x, x, 1, 1, null, x);
    if (type == DType.FLOAT32 || type == DType.FLOAT64) {
      for (var narrow : new DType[] {DType.BFLOAT16, DType.INT8}) {
        var weight = array(narrow, 3, 3);
        new CudaNarrowLinearKernels(launcher).linear(x, x, weight, null, null);
      }
    }
    if (type.isFloatingPoint()) {
      var images = array(type, 1, 1, 3, 3);
      var kernels =
          new CudaConvolutionKernels(launcher, new CudaMatmulKernels(launcher, null), null);
      kernels.convolve(images, images, images, null, ConvolutionGeometry.DEFAULT);
      kernels.inputGradient(images, images, images, ConvolutionGeometry.DEFAULT);
      kernels.weightGradient(images, images, images, ConvolutionGeometry.DEFAULT);
      kernels.addBias(images, array(type, 1));
      // Images whose columns lie side by side are none that products take.
      var turned = Layouts.filled(Kind.TRANSPOSED, type, () -> 0, 1, 1, 3, 3);
      kernels.convolve(turned, turned, turned, null, ConvolutionGeometry.DEFAULT);
      kernels.inputGradient(turned, turned, turned, ConvolutionGeometry.DEFAULT);
      kernels.weightGradient(turned, turned, turned, ConvolutionGeometry.DEFAULT);
    }
  }

  private static void layers(Launcher launcher, DType type) {
    var kernels = new CudaReductionKernels(launcher);
    var statistics = type == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    var x = array(type, 4, 5);
    var column = array(type, 4, 1);
    kernels.variance(column, column, x, 1);
    kernels.variance(array(type, 1), null, array(type, 1 << 16), 1);
    kernels.standardDeviation(column, x, 1);
    kernels.standardDeviation(array(type, 1), array(type, 1 << 16), 1);
    kernels.logSumExp(column, x);
    kernels.softmax(x, x, 1);
    kernels.logSoftmax(x, x, 1);
    kernels.softmaxBackward(x, x, x, 1);
    kernels.logSoftmaxBackward(x, x, x, 1);
    kernels.cumulativeLogSumExp(x, x, 1);
    kernels.cumulativeProductBackward(x, x, x, 1);
    var weight = array(type, 5);
    var mean = array(statistics, 4);
    kernels.layerNorm(x, mean, mean, x, weight, weight, 1e-5);
    kernels.layerNormBackward(x, weight, weight, x, x, mean, mean, weight);
    var sums = array(statistics, 2, 4);
    var targets = array(DType.INT64, 4);
    var losses = array(type, 4);
    kernels.crossEntropy(losses, sums, x, targets, weight, -1, 0.1, true);
    kernels.crossEntropyBackward(x, losses, sums, x, targets, weight, -1, 0.1, true);
    kernels.attentionWeights(x, x, true);
  }

  private static void indexing(Launcher launcher, DType type) {
    var kernels = new CudaIndexKernels(launcher);
    var x = array(type, 4, 5);
    var index = array(DType.INT64, 4, 5);
    var slices = array(DType.INT64, 4);
    kernels.indexSelect(x, x, 0, slices);
    kernels.indexSelect(array(type, 4, 0), array(type, 4, 0), 0, slices);
    kernels.indexAdd(x, 0, slices, x);
    kernels.indexCopy(x, 0, slices, x);
    kernels.gather(x, x, 0, index);
    kernels.scatter(x, 0, index, x);
    kernels.scatterAdd(x, 0, index, x);
    var many = array(DType.INT64, 300);
    kernels.indexAdd(array(type, 300), 0, many, array(type, 300));
    kernels.indexCopy(array(type, 300), 0, many, array(type, 300));
    for (var how : Combination.values()) {
      kernels.scatterCombine(x, 0, index, x, how);
    }
    kernels.countNonzero(x);
    kernels.nonzero(array(DType.INT64, 4, 2), x);
    var mask = array(DType.BOOL, 4, 5);
    kernels.maskedSelect(array(type, 3), x, mask);
    kernels.maskedScatter(x, mask, x);
    kernels.triangle(x, x, 0, true);
    kernels.flip(x, array(type, 4, 5), 1);
    kernels.oneHot(x, slices);
    kernels.range(x, 0, 0.5);
    kernels.range(x, 0, 1);
  }

  private static void ordering(Launcher launcher, DType type) {
    var kernels = new CudaOrderKernels(launcher);
    var x = array(type, 4, 5000);
    var places = array(DType.INT64, 4, 5000);
    var one = array(DType.INT64, 4, 1);
    kernels.argSort(places, x, 1, false);
    kernels.argMedian(one, x, 1, false);
    kernels.argMode(one, x, 1);
    kernels.argRunning(places, x, 1, true);
    kernels.argRunning(places, x, 1, false);
    kernels.searchSorted(places, x, x, true);
  }

  private static void random(Launcher launcher, DType type) {
    var kernels = new CudaRandomKernels(launcher);
    var generator = new Generator(1);
    var x = array(type, 20);
    kernels.bernoulli(x, 0.5, generator);
    kernels.integers(x, 0, 2, generator);
    kernels.permutation(x, generator);
    if (type.isFloatingPoint()) {
      kernels.uniform(x, 0, 1, generator);
      kernels.normal(x, 0, 1, generator);
      kernels.exponential(x, 1, generator);
    }
  }

  private static void pooling(Launcher launcher, DType type) {
    var kernels = new CudaPoolingKernels(launcher);
    var images = array(type, 1, 2, 4, 4);
    var results = array(type, 1, 2, 2, 2);
    var geometry = PoolingGeometry.of(2);
    kernels.max(results, images, geometry);
    kernels.maxBackward(images, results, images, geometry);
    kernels.takeAtMax(results, images, images, geometry);
    kernels.average(results, images, geometry, true, 0);
    kernels.averageBackward(images, results, geometry, true, 0);
  }

  /** The narrower integers differ from these in how elements are loaded and stored alone. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16", "INT64", "UINT8", "BOOL"})
  void everyKernelOfAType(DType type) {
    try {
      CudaLibraries.system().require(CudaLibrary.NVRTC);
    } catch (CudaUnavailableException absent) {
      CudaEvidence.skip(
          "CUDA sources of kernels are not compiled: "
              + absent.reason()
              + ". Name NVIDIA's libraries with GATUN_CUDA_PATH, as .ci/run does.");
    }
    var programs = programs(type);
    boolean everywhere = type == DType.FLOAT32;
    for (int capability : everywhere ? new int[] {80, 90, 100} : new int[] {90}) {
      int count = 0;
      for (var program : programs.entrySet()) {
        if (!COMPILED.add(program.getKey() + " for " + capability)) {
          continue; // types of one size share what only moves elements
        }
        CompiledKernels.compile(program.getKey(), program.getValue(), capability);
        count++;
      }
      CudaEvidence.count("cuda_sources", "kernels_" + type + "_" + capability, count);
    }
  }
}
