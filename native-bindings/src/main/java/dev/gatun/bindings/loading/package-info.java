/**
 * Finds and opens the libraries of CUDA, once for the process, when the first of them is asked for.
 *
 * <p>Which is opened where:
 *
 * <ul>
 *   <li>The driver, {@code libcuda.so.1}, comes with the machine. Without it, without a device, or
 *       with the stub that the toolkit has for linking, CUDA is unavailable, and the {@link
 *       dev.gatun.bindings.loading.CudaUnavailableException} says which of these it is.
 *   <li>cuBLAS, cublasLt, NVRTC and cuDNN come with a toolkit or with NVIDIA's Python packages. All
 *       are of one major version, the newest that the driver runs and that is there: {@link
 *       dev.gatun.bindings.loading.CudaLibraries} never mixes two.
 *   <li>Places, in this order: the folders that the user names (the property {@code
 *       gatun.cuda.path}, then {@code GATUN_CUDA_PATH} in the environment), {@code CUDA_HOME} and
 *       {@code CUDA_PATH}, the path of the system's loader, {@code /usr/local/cuda*}, Python
 *       packages.
 * </ul>
 *
 * <p>The generated bindings reach their symbols through {@link
 * dev.gatun.bindings.loading.NativeLibrary#lookup}. Linking is lazy, a class for each function, and
 * a class whose initialiser fails stays unusable for as long as the JVM runs: so whoever calls a
 * function first calls {@link dev.gatun.bindings.loading.CudaLibraries#require} of its library, as
 * every handle of {@code dev.gatun.bindings.cuda} does where it is made.
 */
@NullMarked
package dev.gatun.bindings.loading;

import org.jspecify.annotations.NullMarked;
