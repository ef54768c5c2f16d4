package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaFunction;

/**
 * A kernel that is ready on a device. Made by {@link DeviceContext#kernel}, and launched through
 * {@link Launch}.
 *
 * @param context whose it is
 * @param operation what errors call it: the operation's name
 * @param function the kernel
 */
record DeviceKernel(DeviceContext context, String operation, CudaFunction function) {}
