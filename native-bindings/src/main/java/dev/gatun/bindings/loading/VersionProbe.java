package dev.gatun.bindings.loading;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Asks a library that has just been opened what version it is of. Not through the generated
 * bindings: those reach the libraries that have been chosen, and this is how they are chosen.
 */
final class VersionProbe {
  private static final FunctionDescriptor LONG = FunctionDescriptor.of(JAVA_LONG);
  private static final FunctionDescriptor OF_TWO_POINTERS =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor OF_INT_AND_POINTER =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);

  private VersionProbe() {}

  /**
   * What a library says of itself.
   *
   * @param version its version, for people
   * @param cudaMajor the major version of CUDA that it belongs to
   */
  record Version(String version, int cudaMajor) {}

  static Version probe(CudaLibrary library, MemorySegment handle) throws LoadException {
    return switch (library) {
      case NVRTC -> nvrtc(handle);
      case CUBLAS -> property(handle, "cublasGetProperty");
      case CUBLAS_LT -> property(handle, "cublasLtGetProperty");
      case CUDNN -> cudnn(handle);
      case DRIVER -> throw new IllegalArgumentException("the driver is asked by its own calls");
    };
  }

  private static Version nvrtc(MemorySegment handle) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var major = arena.allocate(JAVA_INT);
      var minor = arena.allocate(JAVA_INT);
      var function = function(handle, "nvrtcVersion", OF_TWO_POINTERS);
      check("nvrtcVersion", (int) function.invokeExact(major, minor));
      int value = major.get(JAVA_INT, 0);
      return new Version(value + "." + minor.get(JAVA_INT, 0), value);
    } catch (Throwable thrown) {
      throw failure("nvrtcVersion", thrown);
    }
  }

  private static Version property(MemorySegment handle, String name) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var function = function(handle, name, OF_INT_AND_POINTER);
      var out = arena.allocate(JAVA_INT);
      var numbers = new int[3];
      for (int i = 0; i < numbers.length; i++) {
        check(name, (int) function.invokeExact(i, out));
        numbers[i] = out.get(JAVA_INT, 0);
      }
      return new Version(numbers[0] + "." + numbers[1] + "." + numbers[2], numbers[0]);
    } catch (Throwable thrown) {
      throw failure(name, thrown);
    }
  }

  private static Version cudnn(MemorySegment handle) throws LoadException {
    try {
      long version = (long) function(handle, "cudnnGetVersion", LONG).invokeExact();
      long cuda = (long) function(handle, "cudnnGetCudartVersion", LONG).invokeExact();
      return new Version(
          version / 10_000 + "." + version / 100 % 100 + "." + version % 100, (int) (cuda / 1000));
    } catch (Throwable thrown) {
      throw failure("cudnnGetVersion", thrown);
    }
  }

  /** A function of a library that may not be one of those that are bound. */
  static MethodHandle function(MemorySegment handle, String name, FunctionDescriptor descriptor)
      throws LoadException {
    var address = DynamicLinker.find(handle, name);
    if (address.isEmpty()) {
      throw new LoadException("it has no " + name);
    }
    return Linker.nativeLinker().downcallHandle(address.get(), descriptor);
  }

  private static void check(String call, int status) throws LoadException {
    if (status != 0) {
      throw new LoadException(call + " failed with " + status);
    }
  }

  /** What a throwable of a call becomes; errors go on as they are. */
  static LoadException failure(String call, Throwable thrown) {
    return switch (thrown) {
      case Error error -> throw error;
      case LoadException failed -> failed;
      default -> new LoadException(call + ": " + thrown);
    };
  }
}
