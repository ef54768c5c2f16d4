package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.cuda.cuda_h;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * The calls that this package makes with a context entered. Linking one initialises a class, which
 * may wait for another thread; a virtual thread that waits may go on with another current context.
 */
final class LinkedCalls {
  private static final List<MethodHandle> LINKED =
      List.of(
          cuda_h.cuCtxPushCurrent_v2$handle(),
          cuda_h.cuCtxPopCurrent_v2$handle(),
          cuda_h.cuCtxSynchronize$handle(),
          cuda_h.cuEventCreate$handle(),
          cuda_h.cuEventDestroy_v2$handle(),
          cuda_h.cuEventElapsedTime$handle(),
          cuda_h.cuEventQuery$handle(),
          cuda_h.cuEventRecord$handle(),
          cuda_h.cuEventSynchronize$handle(),
          cuda_h.cuFuncGetAttribute$handle(),
          cuda_h.cuFuncSetAttribute$handle(),
          cuda_h.cuGetErrorName$handle(),
          cuda_h.cuGetErrorString$handle(),
          cuda_h.cuGraphDestroy$handle(),
          cuda_h.cuGraphExecDestroy$handle(),
          cuda_h.cuGraphGetNodes$handle(),
          cuda_h.cuGraphInstantiateWithFlags$handle(),
          cuda_h.cuGraphLaunch$handle(),
          cuda_h.cuLaunchKernel$handle(),
          cuda_h.cuMemAllocAsync$handle(),
          cuda_h.cuMemFreeAsync$handle(),
          cuda_h.cuMemFreeHost$handle(),
          cuda_h.cuMemGetInfo_v2$handle(),
          cuda_h.cuMemHostAlloc$handle(),
          cuda_h.cuMemcpyDtoDAsync_v2$handle(),
          cuda_h.cuMemcpyDtoHAsync_v2$handle(),
          cuda_h.cuMemcpyHtoDAsync_v2$handle(),
          cuda_h.cuMemsetD8Async$handle(),
          cuda_h.cuModuleGetFunction$handle(),
          cuda_h.cuModuleLoadDataEx$handle(),
          cuda_h.cuModuleUnload$handle(),
          cuda_h.cuOccupancyMaxActiveBlocksPerMultiprocessor$handle(),
          cuda_h.cuStreamBeginCapture_v2$handle(),
          cuda_h.cuStreamCreate$handle(),
          cuda_h.cuStreamDestroy_v2$handle(),
          cuda_h.cuStreamEndCapture$handle(),
          cuda_h.cuStreamQuery$handle(),
          cuda_h.cuStreamSynchronize$handle(),
          cuda_h.cuStreamWaitEvent$handle());

  private LinkedCalls() {}

  /** Links them all, the first time; some tens of milliseconds. */
  static int link() {
    return LINKED.size();
  }
}
