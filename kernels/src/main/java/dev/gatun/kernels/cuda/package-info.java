/**
 * CUDA: whether this machine has it, and where what belongs to it was found; the memory and streams
 * of its devices; and kernels as CUDA C.
 *
 * <p>Nothing here loads a library before it is asked for. On the module path the JVM prints a
 * warning when native code is first called; {@code --enable-native-access=dev.gatun.bindings} says
 * that this is intended.
 *
 * <p><b>A device.</b> {@code CudaProvider} is the {@link dev.gatun.kernels.KernelProvider} of one,
 * and its {@link dev.gatun.memory.DeviceMemory}. Behind it a {@code DeviceContext} has what there
 * is once for each device: the primary context, the standard stream, a {@code DevicePool}, pinned
 * memory for copies ({@code Staging}), the compiled kernels, and what kernels report ({@code
 * Faults}).
 *
 * <p><b>Launching.</b> Every kernel is a {@code CudaKernel}: a program in CUDA C, the name of the
 * kernel in it, and that of the operation for errors. Whoever launches one keeps it, and hands it
 * to a {@code Launcher}, which is the {@code DeviceLauncher} of a device, or that of the tests,
 * which runs kernels on the host:
 *
 * <pre>{@code
 * var arguments =
 *     KernelArguments.begin().array(out).array(in).int64(stride).float32(0.5f).int64(count);
 * launcher.launch(kernel, count, arguments);
 * }</pre>
 *
 * <p>The program is compiled when it is first launched. A launch checks that arrays are on the
 * device, keeps them reachable until the kernel has been queued, takes note of the stream for the
 * pool, and says what operation could not be launched. It allocates nothing on the heap; nor does
 * what leads there, so kernels are kept in a {@code KernelTable}, and an {@code AxisSpace} belongs
 * to its thread for a while. {@code KernelArguments.fault} passes where the kernel tells a {@code
 * Fault}: an index beyond its axis, a divisor of 0, which the host throws when it next waits for
 * the device. Scratch memory of a kernel is lent by the launcher, and closed as soon as the last
 * kernel that uses it has been launched: the pool hands it out again in the order of the stream.
 *
 * <p><b>From a formula to a kernel.</b> A {@link dev.gatun.kernels.pointwise.PointwiseProgram}, a
 * fused chain of operations as well as a single one, is one kernel. {@link
 * dev.gatun.kernels.pointwise.CFormulas} writes what happens to one element, from the same
 * declarations of operations that the CPU's kernels are made of. {@code PointwiseSource} puts the
 * loop around it that fits how the operands lie in memory, a {@code PointwiseAccess}; {@code
 * ElementText} converts elements, {@code StridedLayout} finds them where they have strides, and
 * {@code CudaText} adds those of the {@code DeviceFunctions} that are called, and says how it is
 * all compiled. {@code CudaPointwiseKernel} chooses among them when it is run.
 *
 * <p><b>Other kernels</b> have texts with words left open, which {@code KernelText} fills in for
 * element types. {@code Cuda...Kernels} and the classes beside them have the texts, and choose how
 * threads are spread. {@code AxisSpace} walks operands of any layout, {@code FibreGrid} spreads
 * threads over what belongs together, and {@code BlockFolds} joins what threads have.
 *
 * <p><b>Libraries.</b> {@code LibraryProducts} are matrix products of cublasLt, {@code
 * TiledProduct} those that it does not take. What can follow a product in cublasLt is a {@code
 * FusedActivation}; {@code CudaProductSums} and {@code CudaMaskedProducts} are made for plans.
 * {@code LibraryConvolutions} are cuDNN's, by a handle for each stream. {@code RecentChoices} keep
 * what libraries have chosen, and a thread each {@code ProductProblem} that it has met lately.
 *
 * <p><b>Failure.</b> A call that fails is told with the operations that may have caused it, by the
 * {@code WorkQueue} it was made for. Where a device is lost, its {@code DeviceContext} keeps what
 * the first call said.
 *
 * <p><b>Plans.</b> What a plan gives to a device again and again is a {@code GraphedWork}: a CUDA
 * graph, recorded in a queue of its own when it first runs.
 *
 * <p><b>The same results as on the CPU.</b> Texts are compiled without contraction and with
 * subnormal numbers, so formulas give the bits that the CPU's vector code gives. Only functions
 * that the CPU leaves to scalar code, such as the sine of a huge angle, may differ in their last
 * bits.
 *
 * <p><b>Tests.</b> The texts are compiled by NVRTC. They are run by an emulation: a driver in C
 * whose memory is the host's, and gcc in place of NVRTC; all that is between the two is what runs
 * on a device.
 */
@NullMarked
package dev.gatun.kernels.cuda;

import org.jspecify.annotations.NullMarked;
