package dev.gatun.bindings.loading;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.bindings.loading.CudaUnavailableException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the driver, starts it, and says in the user's words what is wrong with it. */
final class DriverOpener {
  private static final int NO_DEVICE = 100;
  private static final int STUB = 34;
  private static final int OLDEST = 12_000;

  private static final FunctionDescriptor OF_INT = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
  private static final FunctionDescriptor OF_POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor OF_INT_AND_POINTER =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);

  private static final String INSTALL =
      "Install NVIDIA's driver; in a container, start it with access to the GPUs. If libcuda.so.1"
          + " lies elsewhere, name its folder with -D"
          + Places.PROPERTY
          + " or "
          + Places.VARIABLE
          + ".";

  private final List<Attempt> attempts = new ArrayList<>();
  private boolean stubSeen;

  private DriverOpener() {}

  static DriverState open(Host host) {
    return new DriverOpener().search(Places.ofDriver(host));
  }

  private DriverState search(List<Place> places) {
    String soname = CudaLibrary.DRIVER.soname(0);
    for (Place place : places) {
      String file;
      switch (place) {
        case Place.Nowhere nowhere -> {
          attempts.add(new Attempt(nowhere.what(), nowhere.why(), nowhere.said()));
          continue;
        }
        case Place.Loader loader -> file = soname;
        case Place.Folder folder -> {
          file = folder.path().resolve(soname).toString();
          if (!Files.exists(Path.of(file))) {
            attempts.add(new Attempt(file, place.why(), "no such file"));
            continue;
          }
        }
      }
      var state = tryFile(file, place);
      if (state != null) {
        return state;
      }
    }
    return stubSeen
        ? unavailable(Kind.STUB, "the only NVIDIA driver is a stub for linking", INSTALL)
        : unavailable(Kind.NO_DRIVER, "no NVIDIA driver", INSTALL);
  }

  /** The state where this file decides it; null where the search goes on. */
  private @Nullable DriverState tryFile(String file, Place place) {
    try {
      var handle = DynamicLinker.open(file);
      String path = DynamicLinker.path(handle).orElse(file);
      if (isStub(path)) {
        return passOverStub(file, place);
      }
      return start(handle, path, place);
    } catch (LoadException failed) {
      attempts.add(new Attempt(file, place.why(), failed.reason()));
      return null;
    }
  }

  private @Nullable DriverState start(MemorySegment handle, String path, Place place)
      throws LoadException {
    int status = call(handle, "cuInit", 0);
    if (status == STUB) {
      return passOverStub(path, place);
    }
    int version = version(handle);
    var library =
        new SharedLibrary(handle, path, place.why(), version / 1000 + "." + version % 1000 / 10);
    if (status == NO_DEVICE) {
      return failed(
          library,
          version,
          Kind.NO_DEVICE,
          "an NVIDIA driver, but no device",
          "Look whether nvidia-smi lists a GPU, and whether CUDA_VISIBLE_DEVICES hides it.");
    }
    if (status != 0) {
      return failed(
          library,
          version,
          Kind.DRIVER_FAILED,
          "the NVIDIA driver does not start: cuInit returned " + describe(handle, status),
          "Look whether nvidia-smi works; after an update of the driver, restart the machine.");
    }
    if (version < OLDEST) {
      return failed(
          library,
          version,
          Kind.DRIVER_TOO_OLD,
          "the NVIDIA driver runs CUDA " + library.version() + ", and 12.0 is the oldest",
          "Install a newer driver.");
    }
    int devices = devices(handle);
    return devices == 0
        ? failed(
            library,
            version,
            Kind.NO_DEVICE,
            "an NVIDIA driver, but no device",
            "Look whether CUDA_VISIBLE_DEVICES hides the GPUs.")
        : new DriverState(library, version, devices, null);
  }

  private @Nullable DriverState passOverStub(String file, Place place) {
    stubSeen = true;
    attempts.add(new Attempt(file, place.why(), "a stub for linking, not a driver"));
    return null;
  }

  private static boolean isStub(String path) {
    try {
      return Path.of(path).toRealPath().toString().contains("/stubs/");
    } catch (IOException unknown) {
      return path.contains("/stubs/");
    }
  }

  private DriverState failed(
      SharedLibrary library, int version, Kind kind, String reason, String advice) {
    attempts.add(new Attempt(library.path(), library.place(), reason));
    return new DriverState(
        library, version, 0, new CudaUnavailableException(kind, reason, advice, attempts));
  }

  private DriverState unavailable(Kind kind, String reason, String advice) {
    return new DriverState(
        null, 0, 0, new CudaUnavailableException(kind, reason, advice, attempts));
  }

  private static int call(MemorySegment handle, String name, int argument) throws LoadException {
    try {
      return (int) VersionProbe.function(handle, name, OF_INT).invokeExact(argument);
    } catch (Throwable thrown) {
      throw VersionProbe.failure(name, thrown);
    }
  }

  private static int version(MemorySegment handle) throws LoadException {
    return intFrom(handle, "cuDriverGetVersion");
  }

  private static int devices(MemorySegment handle) throws LoadException {
    return intFrom(handle, "cuDeviceGetCount");
  }

  private static int intFrom(MemorySegment handle, String name) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(JAVA_INT);
      int status = (int) VersionProbe.function(handle, name, OF_POINTER).invokeExact(out);
      if (status != 0) {
        throw new LoadException(name + " returned " + describe(handle, status));
      }
      return out.get(JAVA_INT, 0);
    } catch (Throwable thrown) {
      throw VersionProbe.failure(name, thrown);
    }
  }

  /** A status in the driver's own words, which need no device. */
  private static String describe(MemorySegment handle, int status) throws LoadException {
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(ADDRESS);
      var function = VersionProbe.function(handle, "cuGetErrorName", OF_INT_AND_POINTER);
      if ((int) function.invokeExact(status, out) != 0) {
        return "status " + status;
      }
      return out.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0) + " (" + status + ")";
    } catch (Throwable thrown) {
      throw VersionProbe.failure("cuGetErrorName", thrown);
    }
  }
}
