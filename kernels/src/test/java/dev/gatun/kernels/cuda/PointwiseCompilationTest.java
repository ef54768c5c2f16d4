package dev.gatun.kernels.cuda;

import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import dev.gatun.kernels.pointwise.PointwiseProgram;
import dev.gatun.memory.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every source is compiled by NVRTC, for devices that need not be there. */
class PointwiseCompilationTest {
  private static final int[] CAPABILITIES = {80, 90, 100};

  private static void requireNvrtc() {
    try {
      CudaLibraries.system().require(CudaLibrary.NVRTC);
    } catch (CudaUnavailableException absent) {
      CudaEvidence.skip(
          "CUDA sources of kernels are not compiled: "
              + absent.reason()
              + ". Name NVIDIA's libraries with GATUN_CUDA_PATH, as .ci/run does.");
    }
  }

  private static void compile(String name, List<PointwiseSource> kernels, int capability) {
    CompiledKernels.compile(name, CudaText.of(kernels), capability);
    CudaEvidence.count("cuda_sources", name + "_" + capability, kernels.size());
  }

  @ParameterizedTest
  @EnumSource
  void everyOperation(DType type) {
    requireNvrtc();
    var kernels = new ArrayList<PointwiseSource>();
    for (var program : PointwiseCases.operations(type)) {
      kernels.add(PointwiseSource.of(program, PointwiseAccess.elements()));
    }
    for (int capability : CAPABILITIES) {
      compile("operations_" + type, kernels, capability);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyConversion(DType type) {
    requireNvrtc();
    var kernels = new ArrayList<PointwiseSource>();
    for (var program : PointwiseCases.conversions(type)) {
      kernels.add(PointwiseSource.of(program, PointwiseAccess.chunks()));
    }
    compile("conversions_" + type, kernels, 90);
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100})
  void copiesAndFills(int capability) {
    requireNvrtc();
    var kernels = new ArrayList<PointwiseSource>();
    for (var type : DType.values()) {
      kernels.add(
          PointwiseSource.of(ElementCopies.filling(type, DType.FLOAT64), PointwiseAccess.chunks()));
      kernels.add(
          PointwiseSource.of(ElementCopies.filling(type, DType.INT64), PointwiseAccess.strided(2)));
      for (var from : DType.values()) {
        kernels.add(
            PointwiseSource.of(ElementCopies.conversion(type, from), PointwiseAccess.strided(3)));
      }
    }
    compile("copies", kernels, capability);
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 90, 100})
  void everyWalk(int capability) {
    requireNvrtc();
    var accesses = new ArrayList<PointwiseAccess>();
    accesses.add(PointwiseAccess.chunks().inWideMemory());
    accesses.add(PointwiseAccess.chunks().withScalars(1).overInputs());
    for (int axes : new int[] {1, 3, PointwiseAccess.MOST_AXES}) {
      accesses.add(PointwiseAccess.strided(axes));
      accesses.add(PointwiseAccess.strided(axes).inWideMemory());
    }
    var kernels = new ArrayList<PointwiseSource>();
    for (int i = 0; i < accesses.size(); i++) {
      for (var type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.INT64)) {
        for (var chain : PointwiseCases.chains(type)) {
          var program =
              new PointwiseProgram(
                  chain.name() + "_" + i,
                  chain.outputs(),
                  chain.outputTypes(),
                  chain.inputTypes(),
                  chain.computeType());
          kernels.add(PointwiseSource.of(program, accesses.get(i)));
        }
      }
    }
    compile("walks", kernels, capability);
  }
}
