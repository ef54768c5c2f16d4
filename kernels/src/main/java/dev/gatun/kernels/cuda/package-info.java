/**
 * CUDA: whether this machine has it, and where what belongs to it was found; and kernels as CUDA C.
 *
 * <p>Nothing here loads a library before it is asked for. On the module path the JVM prints a
 * warning when native code is first called; {@code --enable-native-access=dev.gatun.bindings} says
 * that this is intended.
 *
 * <p><b>From a formula to a kernel.</b> A {@link dev.gatun.kernels.pointwise.PointwiseProgram}, a
 * fused chain of operations as well as a single one, is one kernel. {@link
 * dev.gatun.kernels.pointwise.CFormulas} writes what happens to one element, from the same
 * declarations of operations that the CPU's kernels are made of. {@code PointwiseSource} puts the
 * loop around it that fits how the operands lie in memory, a {@code PointwiseAccess}; {@code
 * ElementText} converts elements, {@code StridedLayout} finds them where they have strides, and
 * {@code CudaText} adds those of the {@code DeviceFunctions} that are called, and says how it is
 * all compiled. The texts are compiled by NVRTC in the tests, and run on the host as C, but not
 * launched on a device yet.
 *
 * <p><b>Other kernels</b> have texts with words left open, which {@code KernelText} fills in for
 * element types. {@code Cuda...Kernels} and the classes beside them have the texts, choose how
 * threads are spread, and hand {@code CudaKernel}s to a {@code Launcher}. {@code AxisSpace} walks
 * operands of any layout, {@code FibreGrid} spreads threads over what belongs together, {@code
 * BlockFolds} joins what threads have, and a {@code Fault} says what a kernel found wrong.
 *
 * <p><b>The same results as on the CPU.</b> Texts are compiled without contraction and with
 * subnormal numbers, so formulas give the bits that the CPU's vector code gives. Only functions
 * that the CPU leaves to scalar code, {@code erfc} or the sine of a huge angle, may differ in their
 * last bits.
 */
@NullMarked
package dev.gatun.kernels.cuda;

import org.jspecify.annotations.NullMarked;
