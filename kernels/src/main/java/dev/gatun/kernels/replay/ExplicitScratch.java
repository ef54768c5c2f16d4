package dev.gatun.kernels.replay;

import dev.gatun.kernels.KernelProvider;
import dev.gatun.kernels.ScalarProvider;
import dev.gatun.kernels.gemm.RepeatedMatrices;
import dev.gatun.kernels.index.IndexKernels;
import dev.gatun.kernels.pointwise.SplitPointwiseKernel;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.kernels.record.KernelCall;
import dev.gatun.kernels.record.PointwiseCall;
import dev.gatun.kernels.record.RecordedArray;
import dev.gatun.kernels.record.RecordedCall;
import dev.gatun.kernels.record.RecordedStep.Origin;
import dev.gatun.kernels.reduce.ReductionKernels;
import dev.gatun.memory.DType;
import dev.gatun.memory.Layout;
import dev.gatun.memory.Shape;
import dev.gatun.memory.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes apart the calls for which kernels take memory from a pool at each run, and handles of it
 * from the heap: what they keep there becomes an intermediate like all others, with a place in the
 * slab, and what is made of weights that do not change is made once.
 */
final class ExplicitScratch {
  private static final int OUT = 0;
  private static final int IN = 1;

  private static final int[] FACTORS_AND_BIAS = {
    ProductCall.LEFT, ProductCall.RIGHT, ProductCall.BIAS
  };

  private static final List<String> FILLS =
      List.of("uniform", "normal", "exponential", "bernoulli", "integers");

  private final KernelProvider provider;
  private final boolean isScalar;
  private final Map<Storage, Origin> origins;
  private final List<RecordedCall> result = new ArrayList<>();

  private final SteadyStorages steady;
  private final Map<RecordedArray, RecordedArray> copies = new HashMap<>();

  private ExplicitScratch(
      KernelProvider provider, Map<Storage, Origin> origins, SteadyStorages steady) {
    this.provider = provider;
    this.isScalar = provider == ScalarProvider.instance();
    this.origins = origins;
    this.steady = steady;
  }

  /**
   * Takes apart what must be.
   *
   * @param provider kernels of the CPU
   * @param origins where storages come from; those of new intermediates are added
   * @param calls the calls in order
   * @param steady what is copied once, however often it is read
   * @return the calls and their parts in order
   */
  static List<RecordedCall> apply(
      KernelProvider provider,
      Map<Storage, Origin> origins,
      List<RecordedCall> calls,
      SteadyStorages steady) {
    ExplicitScratch scratch = new ExplicitScratch(provider, origins, steady);
    calls.forEach(scratch::add);
    return scratch.result;
  }

  private void add(RecordedCall call) {
    if (call instanceof PointwiseCall pointwise
        && pointwise.kernel() instanceof SplitPointwiseKernel kernel) {
      addStages(pointwise, kernel);
    } else if (call instanceof KernelCall kernel
        && kernel.argument(OUT) instanceof RecordedArray out
        && out.layout().numel() > 0) {
      addKernel(kernel, out);
    } else {
      result.add(call);
    }
  }

  private void addKernel(KernelCall call, RecordedArray out) {
    ProductCall product = ProductCall.of(call);
    if (!isScalar && product != null) {
      addProduct(product);
    } else if (!isScalar && ConvolutionCalls.isOne(call)) {
      addConvolution(call, out);
    } else if (isFill(call)) {
      addWithResult(call, out, out.dtype(), new HashMap<>());
    } else if (call.calls(ReductionKernels.class, "logSumExp")) {
      addLogSumExp(call, out);
    } else {
      result.add(call);
    }
  }

  private static boolean isFill(KernelCall call) {
    return FILLS.stream().anyMatch(name -> call.calls(RandomKernels.class, name));
  }

  /** Products of half precision are computed of widened operands, and rounded once. */
  private void addProduct(ProductCall given) {
    KernelCall call = given.call();
    RecordedArray out = given.out();
    if (!out.dtype().isHalfPrecision() || given.epilogue() != null) {
      result.add(call);
      return;
    }
    Map<Integer, Object> changed = new HashMap<>();
    RecordedArray product = contiguous(DType.FLOAT32, out.layout().shape());
    changed.put(OUT, product);
    if (given.beta() != 0) {
      addCopy(product, out);
    }
    for (int index : FACTORS_AND_BIAS) {
      if (call.argument(index) instanceof RecordedArray operand) {
        Layout distinct = RepeatedMatrices.once(operand.layout());
        RecordedArray once = new RecordedArray(operand.storage(), operand.dtype(), distinct);
        changed.put(index, plain(once, DType.FLOAT32));
      }
    }
    result.add(call.with(changed));
    addCopy(out, product);
  }

  /** Convolutions are computed of contiguous arrays, those of half precision in float32. */
  private void addConvolution(KernelCall call, RecordedArray out) {
    DType type = out.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    Map<Integer, Object> changed = new HashMap<>();
    for (int index = IN; index < call.argumentCount(); index++) {
      if (call.argument(index) instanceof RecordedArray operand && !isPlain(operand, type)) {
        changed.put(index, plain(operand, type));
      }
    }
    addWithResult(call, out, type, changed);
  }

  /** Adds a call that writes a contiguous array of a type, and what brings that to its place. */
  private void addWithResult(
      KernelCall call, RecordedArray out, DType type, Map<Integer, Object> changed) {
    if (isPlain(out, type)) {
      result.add(changed.isEmpty() ? call : call.with(changed));
      return;
    }
    RecordedArray plain = contiguous(type, out.layout().shape());
    changed.put(OUT, plain);
    result.add(call.with(changed));
    addCopy(out, plain);
  }

  /** The logarithm of a sum of exponentials is that of the same of parts: one axis at a time. */
  private void addLogSumExp(KernelCall call, RecordedArray out) {
    if (!(call.argument(IN) instanceof RecordedArray in)) {
      result.add(call);
      return;
    }
    RecordedArray rest = in;
    Shape shape = in.layout().shape();
    int left = foldedAxes(shape, out.layout().shape());
    for (int axis = shape.rank() - 1; axis >= 0 && left > 1; axis--) {
      if (shape.size(axis) != 1 && out.layout().size(axis) == 1) {
        shape = shape.with(axis, 1);
        RecordedArray part = contiguous(DType.FLOAT64, shape);
        result.add(call.with(Map.of(OUT, part, IN, rest)));
        rest = part;
        left--;
      }
    }
    result.add(call.with(Map.of(IN, rest)));
  }

  private static int foldedAxes(Shape in, Shape out) {
    int folded = 0;
    for (int axis = 0; axis < in.rank(); axis++) {
      folded += in.size(axis) != 1 && out.size(axis) == 1 ? 1 : 0;
    }
    return folded;
  }

  /** A formula that is too large for one loop is computed in stages. */
  private void addStages(PointwiseCall call, SplitPointwiseKernel kernel) {
    List<RecordedArray> inputs = new ArrayList<>(call.reads());
    int given = inputs.size();
    Shape shape = call.writes().get(0).layout().shape();
    for (SplitPointwiseKernel.Stage stage : kernel.stages()) {
      List<RecordedArray> operands = List.copyOf(inputs);
      List<RecordedArray> outputs = new ArrayList<>();
      for (int slot : stage.slots()) {
        if (given + slot == inputs.size()) {
          inputs.add(contiguous(kernel.program().computeType(), shape));
        }
        outputs.add(inputs.get(given + slot));
      }
      result.add(
          new PointwiseCall(
              stage.kernel(),
              outputs.isEmpty() ? call.writes() : List.copyOf(outputs),
              operands,
              call.parameters(),
              call.live()));
    }
  }

  private static boolean isPlain(RecordedArray array, DType type) {
    return array.dtype() == type && array.layout().isContiguous();
  }

  private RecordedArray contiguous(DType type, Shape shape) {
    Layout layout = Layout.contiguous(shape);
    return Intermediates.array(origins, type, layout.numel(), layout);
  }

  /** Returns a contiguous copy; of what holds the same in each replay there is one for all. */
  private RecordedArray plain(RecordedArray operand, DType type) {
    RecordedArray known = copies.get(operand);
    if (known != null && known.dtype() == type) {
      return known;
    }
    RecordedArray plain = contiguous(type, operand.layout().shape());
    addCopy(plain, operand);
    if (steady.contains(operand.storage())) {
      copies.put(operand, plain);
    }
    return plain;
  }

  private void addCopy(RecordedArray out, RecordedArray in) {
    result.add(KernelCall.of(provider.indexing(), IndexKernels.class, "copy", out, in));
  }
}
