package dev.gatun.bindings.cuda;

import dev.gatun.bindings.generated.nvrtc.nvrtc_h;
import dev.gatun.bindings.loading.CudaLibraries;
import dev.gatun.bindings.loading.CudaLibrary;
import dev.gatun.bindings.loading.CudaUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The compiler of CUDA C. It needs no device.
 *
 * <p>Safe for use by several threads at once.
 */
public final class Nvrtc {
  private Nvrtc() {}

  /**
   * What came out of a compilation.
   *
   * @param image a cubin, or PTX
   * @param log warnings; empty where there are none
   */
  public record Compiled(byte[] image, String log) {}

  /**
   * Returns the architectures that this release compiles for.
   *
   * @return compute capabilities as in {@link CudaDevice#computeCapability}, ascending
   * @throws CudaUnavailableException where there is no NVRTC
   */
  public static int[] architectures() {
    CudaLibraries.system().require(CudaLibrary.NVRTC);
    try (var arena = Arena.ofConfined()) {
      var count = arena.allocate(ValueLayout.JAVA_INT);
      CudaStatus.NVRTC.check(nvrtc_h.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
      var all = arena.allocate(ValueLayout.JAVA_INT, count.get(ValueLayout.JAVA_INT, 0));
      CudaStatus.NVRTC.check(nvrtc_h.nvrtcGetSupportedArchs(all), "nvrtcGetSupportedArchs");
      return all.toArray(ValueLayout.JAVA_INT);
    }
  }

  /**
   * Compiles for one architecture, to what its devices run as it is.
   *
   * @param name what the source is called in messages
   * @param source CUDA C; it cannot include headers of the toolkit
   * @param capability the compute capability: 90 for an H200
   * @param options more options of the compiler
   * @return the cubin and the warnings
   * @throws CudaUnavailableException where there is no NVRTC
   * @throws CudaException where the source has errors; the message holds the compiler's
   */
  public static Compiled toCubin(String name, String source, int capability, List<String> options) {
    return compile(name, source, "sm_" + capability, options, true);
  }

  /**
   * Compiles to PTX, which the driver compiles further: for devices newer than this NVRTC.
   *
   * @param name what the source is called in messages
   * @param source CUDA C; it cannot include headers of the toolkit
   * @param capability the least compute capability that it is to run on
   * @param options more options of the compiler
   * @return the PTX and the warnings
   * @throws CudaUnavailableException where there is no NVRTC
   * @throws CudaException where the source has errors; the message holds the compiler's
   */
  public static Compiled toPtx(String name, String source, int capability, List<String> options) {
    return compile(name, source, "compute_" + capability, options, false);
  }

  private static Compiled compile(
      String name, String source, String architecture, List<String> options, boolean cubin) {
    CudaLibraries.system().require(CudaLibrary.NVRTC);
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ValueLayout.ADDRESS);
      CudaStatus.NVRTC.check(
          nvrtc_h.nvrtcCreateProgram(
              out,
              arena.allocateFrom(source),
              arena.allocateFrom(name),
              0,
              MemorySegment.NULL,
              MemorySegment.NULL),
          "nvrtcCreateProgram",
          name);
      try {
        var program = out.get(ValueLayout.ADDRESS, 0);
        var arguments = arguments(arena, architecture, options);
        int status = nvrtc_h.nvrtcCompileProgram(program, options.size() + 1, arguments);
        String log = log(arena, program);
        if (status != 0) {
          throw CudaStatus.NVRTC.failure(
              status, "nvrtcCompileProgram", name, architecture + "\n" + log + "\n");
        }
        return new Compiled(image(arena, program, cubin), log);
      } finally {
        CudaStatus.NVRTC.check(nvrtc_h.nvrtcDestroyProgram(out), "nvrtcDestroyProgram", name);
      }
    }
  }

  private static MemorySegment arguments(
      SegmentAllocator allocator, String architecture, List<String> options) {
    var array = allocator.allocate(ValueLayout.ADDRESS, options.size() + 1L);
    array.setAtIndex(
        ValueLayout.ADDRESS, 0, allocator.allocateFrom("--gpu-architecture=" + architecture));
    for (int i = 0; i < options.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i + 1L, allocator.allocateFrom(options.get(i)));
    }
    return array;
  }

  private static String log(SegmentAllocator allocator, MemorySegment program) {
    var size = allocator.allocate(ValueLayout.JAVA_LONG);
    CudaStatus.NVRTC.check(nvrtc_h.nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
    var log = allocator.allocate(Math.max(1, size.get(ValueLayout.JAVA_LONG, 0)));
    CudaStatus.NVRTC.check(nvrtc_h.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
    return log.getString(0).strip();
  }

  private static byte[] image(SegmentAllocator allocator, MemorySegment program, boolean cubin) {
    var size = allocator.allocate(ValueLayout.JAVA_LONG);
    CudaStatus.NVRTC.check(
        cubin ? nvrtc_h.nvrtcGetCUBINSize(program, size) : nvrtc_h.nvrtcGetPTXSize(program, size),
        cubin ? "nvrtcGetCUBINSize" : "nvrtcGetPTXSize");
    var image = allocator.allocate(size.get(ValueLayout.JAVA_LONG, 0));
    CudaStatus.NVRTC.check(
        cubin ? nvrtc_h.nvrtcGetCUBIN(program, image) : nvrtc_h.nvrtcGetPTX(program, image),
        cubin ? "nvrtcGetCUBIN" : "nvrtcGetPTX");
    return image.toArray(ValueLayout.JAVA_BYTE);
  }
}
