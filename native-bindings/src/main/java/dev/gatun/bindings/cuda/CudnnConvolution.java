package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cudnn.cudnn_h;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolutions, and their gradients, as cuDNN's graph API computes them: {@code
 * results = images * weights + bias}, with everything described but where the elements are. The
 * operations are described without a device; {@link #choose} asks cuDNN how to compute them on one.
 *
 * <p>Ways of computing are left out that would give other bits from one run to the next, that round
 * operands or sums to fewer bits than their type has, or that are known to be inexact (by Fourier
 * transforms, and Winograd's of 13 by 13; Winograd's smaller ones are taken).
 *
 * <p>Threads may share one that has been made ready.
 */
public final class CudnnConvolution implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.gatun.bindings");

  /** So many proposals of cuDNN's are looked at; the best comes first. */
  private static final int MOST_PROPOSALS = 16;

  private static final int MOST_NOTES = 32;

  /**
   * Attributes that the header calls deprecated, and that are not generated therefore: where a plan
   * is executed, cuDNN has been told the device by a handle ever since its graph API began.
   */
  private static final int OPERATIONGRAPH_HANDLE = 800;

  private static final int EXECUTION_PLAN_HANDLE = 400;

  private static final long IMAGES_ID = 'x';
  private static final long WEIGHTS_ID = 'w';
  private static final long RESULTS_ID = 'y';
  private static final long BIAS_ID = 'b';
  private static final long SUMS_ID = 's';

  /** What is computed. */
  public enum Pass {
    /** The results. */
    FORWARD,
    /** The gradient of the images, from the results' gradient and the weights. */
    IMAGE_GRADIENT,
    /** The gradient of the weights, from the results' gradient and the images. */
    WEIGHT_GRADIENT
  }

  /**
   * An array of four axes as it lies in memory, all sizes and strides at least 1.
   *
   * @param n images, or output channels
   * @param c channels, for weights those of a group
   * @param h rows
   * @param w columns
   * @param strideN elements from one image to the next
   * @param strideC elements from one channel to the next
   * @param strideH elements from one row to the next
   * @param strideW elements from one column to the next
   */
  public record Array(
      long n, long c, long h, long w, long strideN, long strideC, long strideH, long strideW) {}

  /**
   * What to compute. The number of groups is that of the images' channels over the weights'.
   *
   * @param pass which pass
   * @param type of what type elements are: one of {@code CUDNN_DATA_...}
   * @param allowTf32 whether factors in float32 may be rounded to 10 bits of fraction
   * @param images the images, or their gradient
   * @param weights the weights, or their gradient
   * @param results the results, or their gradient
   * @param biased whether a number is added to each channel of the results, those numbers side by
   *     side; in the forward pass alone
   * @param strideHeight the step from one result to the next below it
   * @param strideWidth the step from one result to the next in its row
   * @param paddingHeight how many rows of zeros there are above and below an image
   * @param paddingWidth how many columns of zeros there are on either side of it
   * @param dilationHeight the distance between neighbouring rows of the kernel
   * @param dilationWidth the distance between neighbouring columns of the kernel
   * @param alignment the bytes that all addresses are multiples of, a power of two
   */
  public record Problem(
      Pass pass,
      int type,
      boolean allowTf32,
      Array images,
      Array weights,
      Array results,
      boolean biased,
      long strideHeight,
      long strideWidth,
      long paddingHeight,
      long paddingWidth,
      long dilationHeight,
      long dilationWidth,
      int alignment) {}

  private final Problem problem;

  /** All that is to be closed, each after those that are made of it. */
  private final List<CudnnDescriptor> parts = new ArrayList<>();

  private final List<CudnnDescriptor> operations = new ArrayList<>();
  private @Nullable CudnnDescriptor plan;
  private long workspaceBytes = -1;

  /** What was said last where memory ran out while a way was being chosen. */
  private @Nullable CudaException outOfMemory;

  /**
   * Describes a convolution.
   *
   * @param problem what to compute
   * @throws dev.gatun.bindings.loading.CudaUnavailableException where there is no cuDNN
   * @throws CudaException where cuDNN knows no such convolution
   */
  public CudnnConvolution(Problem problem) {
    this.problem = problem;
    boolean described = false;
    try {
      describe();
      described = true;
    } finally {
      if (!described) {
        close();
      }
    }
  }

  private void describe() {
    var images = tensor(problem.images(), IMAGES_ID);
    var weights = tensor(problem.weights(), WEIGHTS_ID);
    var results = tensor(problem.results(), RESULTS_ID);
    switch (problem.pass()) {
      case FORWARD -> {
        var sums = problem.biased() ? sums() : results;
        var convolution = part(cudnn_h.CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR());
        convolution.setDescriptors(
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC(), steps());
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X(), images);
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W(), weights);
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y(), sums);
        finish(
            convolution,
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA(),
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA());
        if (problem.biased()) {
          addBias(sums, results);
        }
      }
      case IMAGE_GRADIENT -> {
        var convolution =
            part(cudnn_h.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR());
        convolution.setDescriptors(
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC(), steps());
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX(), images);
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W(), weights);
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY(), results);
        finish(
            convolution,
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA(),
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA());
      }
      case WEIGHT_GRADIENT -> {
        var convolution =
            part(cudnn_h.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR());
        convolution.setDescriptors(
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC(), steps());
        convolution.setDescriptors(
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW(), weights);
        convolution.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X(), images);
        convolution.setDescriptors(
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY(), results);
        finish(
            convolution,
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA(),
            cudnn_h.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA());
      }
    }
  }

  private CudnnDescriptor part(int type) {
    var descriptor = CudnnDescriptor.create(type);
    parts.add(descriptor);
    return descriptor;
  }

  private boolean isWide() {
    return problem.type() == cudnn_h.CUDNN_DATA_DOUBLE();
  }

  private int computeType() {
    return isWide() ? cudnn_h.CUDNN_DATA_DOUBLE() : cudnn_h.CUDNN_DATA_FLOAT();
  }

  private CudnnDescriptor tensor(Array array, long id) {
    var tensor = tensor(array, id, problem.type());
    tensor.finish();
    return tensor;
  }

  /** What the convolution is before the bias, which is not written anywhere. */
  private CudnnDescriptor sums() {
    var sums = tensor(problem.results(), SUMS_ID, computeType());
    sums.setBoolean(cudnn_h.CUDNN_ATTR_TENSOR_IS_VIRTUAL(), true);
    sums.finish();
    return sums;
  }

  private CudnnDescriptor tensor(Array array, long id, int type) {
    var tensor = part(cudnn_h.CUDNN_BACKEND_TENSOR_DESCRIPTOR());
    tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_UNIQUE_ID(), id);
    tensor.setEnum(cudnn_h.CUDNN_ATTR_TENSOR_DATA_TYPE(), cudnn_h.CUDNN_TYPE_DATA_TYPE(), type);
    tensor.setLongs(cudnn_h.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT(), problem.alignment());
    tensor.setLongs(
        cudnn_h.CUDNN_ATTR_TENSOR_DIMENSIONS(), array.n(), array.c(), array.h(), array.w());
    tensor.setLongs(
        cudnn_h.CUDNN_ATTR_TENSOR_STRIDES(),
        array.strideN(),
        array.strideC(),
        array.strideH(),
        array.strideW());
    return tensor;
  }

  private CudnnDescriptor steps() {
    var steps = part(cudnn_h.CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR());
    steps.setLongs(cudnn_h.CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS(), 2);
    steps.setEnum(
        cudnn_h.CUDNN_ATTR_CONVOLUTION_COMP_TYPE(), cudnn_h.CUDNN_TYPE_DATA_TYPE(), computeType());
    steps.setEnum(
        cudnn_h.CUDNN_ATTR_CONVOLUTION_CONV_MODE(),
        cudnn_h.CUDNN_TYPE_CONVOLUTION_MODE(),
        cudnn_h.CUDNN_CROSS_CORRELATION());
    steps.setLongs(
        cudnn_h.CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES(),
        problem.strideHeight(),
        problem.strideWidth());
    steps.setLongs(
        cudnn_h.CUDNN_ATTR_CONVOLUTION_DILATIONS(),
        problem.dilationHeight(),
        problem.dilationWidth());
    for (int padding :
        new int[] {
          cudnn_h.CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS(),
          cudnn_h.CUDNN_ATTR_CONVOLUTION_POST_PADDINGS()
        }) {
      steps.setLongs(padding, problem.paddingHeight(), problem.paddingWidth());
    }
    steps.finish();
    return steps;
  }

  private void finish(CudnnDescriptor convolution, int alpha, int beta) {
    setFactor(convolution, alpha, 1);
    setFactor(convolution, beta, 0);
    convolution.finish();
    operations.add(convolution);
  }

  private void setFactor(CudnnDescriptor operation, int attribute, double factor) {
    try (var arena = Arena.ofConfined()) {
      if (isWide()) {
        operation.set(
            attribute,
            cudnn_h.CUDNN_TYPE_DOUBLE(),
            1,
            arena.allocateFrom(ValueLayout.JAVA_DOUBLE, factor));
      } else {
        operation.set(
            attribute,
            cudnn_h.CUDNN_TYPE_FLOAT(),
            1,
            arena.allocateFrom(ValueLayout.JAVA_FLOAT, (float) factor));
      }
    }
  }

  private void addBias(CudnnDescriptor sums, CudnnDescriptor results) {
    long channels = problem.results().c();
    var bias = tensor(new Array(1, channels, 1, 1, channels, 1, 1, 1), BIAS_ID);
    var addition = part(cudnn_h.CUDNN_BACKEND_POINTWISE_DESCRIPTOR());
    addition.setEnum(
        cudnn_h.CUDNN_ATTR_POINTWISE_MODE(),
        cudnn_h.CUDNN_TYPE_POINTWISE_MODE(),
        cudnn_h.CUDNN_POINTWISE_ADD());
    addition.setEnum(
        cudnn_h.CUDNN_ATTR_POINTWISE_MATH_PREC(), cudnn_h.CUDNN_TYPE_DATA_TYPE(), computeType());
    addition.finish();
    var operation = part(cudnn_h.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR());
    operation.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR(), addition);
    operation.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_POINTWISE_XDESC(), sums);
    operation.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_POINTWISE_BDESC(), bias);
    operation.setDescriptors(cudnn_h.CUDNN_ATTR_OPERATION_POINTWISE_YDESC(), results);
    operation.finish();
    operations.add(operation);
  }

  /**
   * Returns the operations as they have been described, to be read.
   *
   * @return one, or two with a bias; they stay this object's
   */
  public List<CudnnDescriptor> operations() {
    return List.copyOf(operations);
  }

  /**
   * Asks how to compute it.
   *
   * @param handle of the device
   * @param mostWorkspace how many bytes of the device's memory may be used meanwhile
   * @return whether there is a way; where there is none, the convolution cannot be launched
   * @throws CudaException where memory ran out meanwhile: another time there may be a way
   */
  public boolean choose(CudnnHandle handle, long mostWorkspace) {
    outOfMemory = null;
    boolean chosen = choose(handle, null, mostWorkspace);
    var passing = outOfMemory;
    if (!chosen && passing != null) {
      throw passing;
    }
    return chosen;
  }

  /**
   * Asks how it would be computed on a device that need not be there.
   *
   * @param device a finished descriptor of a device's properties
   * @param mostWorkspace how many bytes of the device's memory might be used meanwhile
   * @return whether there is a way
   */
  boolean chooseFor(CudnnDescriptor device, long mostWorkspace) {
    return choose(null, device, mostWorkspace);
  }

  private boolean choose(
      @Nullable CudnnHandle handle, @Nullable CudnnDescriptor device, long mostWorkspace) {
    try {
      var graph =
          CudnnDescriptor.create(
              cudnn_h.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR(), context(handle));
      parts.add(graph);
      graph.setDescriptors(
          cudnn_h.CUDNN_ATTR_OPERATIONGRAPH_OPS(), operations.toArray(CudnnDescriptor[]::new));
      if (handle != null) {
        graph.setHandle(OPERATIONGRAPH_HANDLE, handle);
      }
      graph.finish();
      for (int mode : new int[] {cudnn_h.CUDNN_HEUR_MODE_A(), cudnn_h.CUDNN_HEUR_MODE_FALLBACK()}) {
        if (choose(handle, device, graph, mode, mostWorkspace)) {
          return true;
        }
      }
    } catch (CudaException refused) {
      note(refused);
    }
    return false;
  }

  private static @Nullable CudaContext context(@Nullable CudnnHandle handle) {
    return handle == null ? null : handle.context();
  }

  private void note(CudaException refused) {
    if (refused.isOutOfMemory()) {
      outOfMemory = refused;
    }
    LOG.log(Level.DEBUG, "{0}: {1}", problem, refused.getMessage());
  }

  private boolean choose(
      @Nullable CudnnHandle handle,
      @Nullable CudnnDescriptor device,
      CudnnDescriptor graph,
      int mode,
      long mostWorkspace) {
    var proposals = new ArrayList<CudnnDescriptor>();
    try (var heuristic =
        CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR(), context(handle))) {
      heuristic.setDescriptors(cudnn_h.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH(), graph);
      heuristic.setEnum(cudnn_h.CUDNN_ATTR_ENGINEHEUR_MODE(), cudnn_h.CUDNN_TYPE_HEUR_MODE(), mode);
      if (device != null) {
        heuristic.setDescriptors(cudnn_h.CUDNN_ATTR_ENGINEHEUR_DEVICEPROP(), device);
      }
      heuristic.finish();
      for (int i = 0; i < MOST_PROPOSALS; i++) {
        proposals.add(CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR()));
      }
      long count =
          heuristic.getDescriptors(
              cudnn_h.CUDNN_ATTR_ENGINEHEUR_RESULTS(), proposals.toArray(CudnnDescriptor[]::new));
      for (int i = 0; i < Math.min(count, MOST_PROPOSALS); i++) {
        var proposal = proposals.get(i);
        if (takes(handle, device, proposal, mostWorkspace)) {
          proposals.remove(i);
          parts.add(parts.size() - 1, proposal);
          return true;
        }
      }
    } catch (CudaException refused) {
      note(refused);
    } finally {
      proposals.forEach(CudnnDescriptor::close);
    }
    return false;
  }

  private boolean isExact(CudnnDescriptor proposal) {
    try (var engine = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_ENGINE_DESCRIPTOR());
        var arena = Arena.ofConfined()) {
      proposal.getDescriptors(cudnn_h.CUDNN_ATTR_ENGINECFG_ENGINE(), engine);
      var notes = arena.allocate(ValueLayout.JAVA_INT, MOST_NOTES);
      long count =
          engine.get(
              cudnn_h.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE(),
              cudnn_h.CUDNN_TYPE_NUMERICAL_NOTE(),
              MOST_NOTES,
              notes);
      for (int i = 0; i < Math.min(count, MOST_NOTES); i++) {
        if (isRefused(notes.getAtIndex(ValueLayout.JAVA_INT, i))) {
          return false;
        }
      }
      return true;
    }
  }

  private boolean isRefused(int note) {
    boolean single = problem.type() == cudnn_h.CUDNN_DATA_FLOAT();
    return note == cudnn_h.CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC()
        || note == cudnn_h.CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION()
        || note == cudnn_h.CUDNN_NUMERICAL_NOTE_FFT()
        || note == cudnn_h.CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13()
        || note == cudnn_h.CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS()
            && !(single && problem.allowTf32())
        || note == cudnn_h.CUDNN_NUMERICAL_NOTE_TENSOR_CORE() && single && !problem.allowTf32();
  }

  private boolean takes(
      @Nullable CudnnHandle handle,
      @Nullable CudnnDescriptor device,
      CudnnDescriptor proposal,
      long mostWorkspace) {
    var candidate =
        CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR(), context(handle));
    boolean taken = false;
    try (var arena = Arena.ofConfined()) {
      if (!isExact(proposal)) {
        return false;
      }
      candidate.setDescriptors(cudnn_h.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG(), proposal);
      if (handle != null) {
        candidate.setHandle(EXECUTION_PLAN_HANDLE, handle);
      }
      if (device != null) {
        candidate.setDescriptors(cudnn_h.CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP(), device);
      }
      candidate.finish();
      var needed = arena.allocate(ValueLayout.JAVA_LONG);
      candidate.get(
          cudnn_h.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE(),
          cudnn_h.CUDNN_TYPE_INT64(),
          1,
          needed);
      long bytes = needed.get(ValueLayout.JAVA_LONG, 0);
      taken = bytes <= mostWorkspace;
      if (taken) {
        workspaceBytes = bytes;
        plan = candidate;
        parts.add(candidate);
      }
    } catch (CudaException refused) {
      note(refused);
    } finally {
      if (!taken) {
        candidate.close();
      }
    }
    return taken;
  }

  /**
   * Returns how much of the device's memory a launch needs beside its operands.
   *
   * @return bytes; negative before something was {@linkplain #choose chosen}
   */
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /**
   * Queues the convolution. One thread at a time: cuDNN's handles differ by stream, but nowhere
   * does it promise that a plan may be executed by two threads at once.
   *
   * @param handle of the device that it was chosen for, and of the stream that it goes to
   * @param images where the images, or their gradient, are
   * @param weights where the weights, or their gradient, are
   * @param results where the results, or their gradient, are
   * @param bias where the bias is; without effect where there is none
   * @param workspace where as many bytes are as are needed; 0 where none are
   * @throws IllegalStateException where nothing has been chosen
   * @throws CudaException where it cannot be launched
   */
  public synchronized void launch(
      CudnnHandle handle, long images, long weights, long results, long bias, long workspace) {
    var chosen = plan;
    if (chosen == null) {
      throw new IllegalStateException("launched before a way was chosen: " + problem);
    }
    try (var pack = CudnnDescriptor.create(cudnn_h.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR())) {
      if (problem.biased()) {
        pack.setLongs(
            cudnn_h.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS(),
            IMAGES_ID,
            WEIGHTS_ID,
            RESULTS_ID,
            BIAS_ID);
        pack.setAddresses(
            cudnn_h.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS(), images, weights, results, bias);
      } else {
        pack.setLongs(
            cudnn_h.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS(), IMAGES_ID, WEIGHTS_ID, RESULTS_ID);
        pack.setAddresses(
            cudnn_h.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS(), images, weights, results);
      }
      pack.setAddresses(cudnn_h.CUDNN_ATTR_VARIANT_PACK_WORKSPACE(), workspace);
      pack.finish();
      int status = handle.execute(chosen, pack);
      if (status != 0) {
        throw CudaStatus.CUDNN.failure(status, "cudnnBackendExecute", problem);
      }
    }
  }

  @Override
  public void close() {
    parts.reversed().forEach(CudnnDescriptor::close);
  }

  @Override
  public String toString() {
    return problem.toString();
  }
}
