package dev.gatun.bindings.loading;

import dev.gatun.bindings.loading.CudaUnavailableException.Kind;
import dev.gatun.bindings.loading.VersionProbe.Version;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens NVRTC, cublasLt, cuBLAS and cuDNN, all of one major version of CUDA.
 *
 * <p>The order matters: a library that another one loads by its bare name must be open before,
 * since the loader then takes that one, and not what its own path has.
 */
final class ToolkitOpener {
  /** What a device needs; cuDNN is for convolutions alone. */
  private static final List<CudaLibrary> NEEDED =
      List.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS);

  private final int cudaMajor;
  private final List<Place> places;
  private final Map<CudaLibrary, SharedLibrary> libraries = new EnumMap<>(CudaLibrary.class);
  private final Map<CudaLibrary, List<Attempt>> attempts = new EnumMap<>(CudaLibrary.class);

  private ToolkitOpener(int cudaMajor, List<Place> places) {
    this.cudaMajor = cudaMajor;
    this.places = places;
  }

  /**
   * Opens the libraries of the first major version that has all that is needed; where none has, of
   * the one that has most.
   */
  static ToolkitState open(Host host, int driverVersion) {
    var places = Places.ofToolkit(host);
    ToolkitState best = null;
    for (int major : majors(driverVersion, places)) {
      var opener = new ToolkitOpener(major, places);
      if (best != null && !opener.isAnywhere()) {
        continue;
      }
      var state = opener.openAll();
      if (state.libraries().keySet().containsAll(NEEDED)) {
        return state;
      }
      if (best == null || state.libraries().size() > best.libraries().size()) {
        best = state;
      }
    }
    return Objects.requireNonNull(best);
  }

  /** The versions that the driver runs, newest first but for one that the user's folders hold. */
  private static List<Integer> majors(int driverVersion, List<Place> places) {
    if (driverVersion != 0 && driverVersion < 13_000) {
      return List.of(12);
    }
    return holdsNamed(12, places) && !holdsNamed(13, places) ? List.of(12, 13) : List.of(13, 12);
  }

  private static boolean holdsNamed(int major, List<Place> places) {
    for (Place place : places) {
      if (place instanceof Place.Folder folder && folder.named()) {
        for (CudaLibrary library : NEEDED) {
          if (Files.exists(folder.path().resolve(library.soname(major)))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether a folder holds any of the libraries; what the system's loader knows is not asked. */
  private boolean isAnywhere() {
    return NEEDED.stream().anyMatch(library -> fileOf(library, cudaMajor).isPresent())
        || places.stream().anyMatch(Place.Loader.class::isInstance);
  }

  private ToolkitState openAll() {
    open(CudaLibrary.NVRTC);
    openPair();
    open(CudaLibrary.CUDNN);
    var problems = new EnumMap<CudaLibrary, CudaUnavailableException>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      if (library != CudaLibrary.DRIVER && !libraries.containsKey(library)) {
        problems.put(library, problem(library));
      }
    }
    return new ToolkitState(cudaMajor, libraries, problems);
  }

  private void open(CudaLibrary library) {
    for (Place place : places) {
      var opened = tryPlace(library, place);
      if (opened != null) {
        libraries.put(library, opened);
        return;
      }
    }
  }

  /** Opens cublasLt and then cuBLAS, which is built on it, from one place. */
  private void openPair() {
    for (Place place : places) {
      var lt = tryPlace(CudaLibrary.CUBLAS_LT, place);
      if (lt == null) {
        // Said in cuBLAS's name too, where that is all that this place lacks.
        noteAbsence(CudaLibrary.CUBLAS, place);
        continue;
      }
      var cublas = tryPlace(CudaLibrary.CUBLAS, place);
      if (cublas == null) {
        lt.close();
        continue;
      }
      if (cublas.version().equals(lt.version())) {
        libraries.put(CudaLibrary.CUBLAS_LT, lt);
        libraries.put(CudaLibrary.CUBLAS, cublas);
        return;
      }
      for (CudaLibrary library : List.of(CudaLibrary.CUBLAS, CudaLibrary.CUBLAS_LT)) {
        note(
            library,
            cublas.path(),
            place,
            "cuBLAS is " + cublas.version() + " and cublasLt is " + lt.version());
      }
      cublas.close();
      lt.close();
    }
  }

  /** Opens a library from a place; null, with the reason noted, where that cannot be. */
  private @Nullable SharedLibrary tryPlace(CudaLibrary library, Place place) {
    var file = file(library, place);
    if (file.isEmpty()) {
      noteAbsence(library, place);
      return null;
    }
    try {
      if (library == CudaLibrary.NVRTC && place instanceof Place.Folder folder) {
        openBuiltins(folder.path());
      }
      var handle = DynamicLinker.open(file.get());
      try {
        Version version = VersionProbe.probe(library, handle);
        if (version.cudaMajor() == cudaMajor) {
          String path = DynamicLinker.path(handle).orElse(file.get());
          return new SharedLibrary(handle, path, place.why(), version.version());
        }
        note(library, file.get(), place, belongsElsewhere(library, version));
      } catch (LoadException failed) {
        note(library, file.get(), place, failed.reason());
      }
      DynamicLinker.close(handle);
    } catch (LoadException failed) {
      note(library, file.get(), place, failed.reason());
    }
    return null;
  }

  private String belongsElsewhere(CudaLibrary library, Version version) {
    return "it is "
        + library.title()
        + " "
        + version.version()
        + " of CUDA "
        + version.cudaMajor()
        + ", and CUDA "
        + cudaMajor
        + " is wanted";
  }

  private Optional<String> file(CudaLibrary library, Place place) {
    String soname = library.soname(cudaMajor);
    return switch (place) {
      case Place.Loader loader -> Optional.of(soname);
      case Place.Folder folder ->
          Optional.of(folder.path().resolve(soname))
              .filter(path -> Files.exists(path))
              .map(Path::toString);
      case Place.Nowhere nowhere -> Optional.empty();
    };
  }

  /** Notes why a place cannot have a library, without opening anything. */
  private void noteAbsence(CudaLibrary library, Place place) {
    switch (place) {
      case Place.Nowhere nowhere -> note(library, nowhere.what(), place, nowhere.said());
      case Place.Folder folder -> {
        var file = folder.path().resolve(library.soname(cudaMajor));
        String said = Files.exists(file) ? "cublasLt is not beside it" : "no such file";
        note(library, file.toString(), place, said);
      }
      case Place.Loader loader ->
          note(library, library.soname(cudaMajor), place, "cublasLt is not there");
    }
  }

  private void note(CudaLibrary library, String file, Place place, @Nullable String said) {
    attempts
        .computeIfAbsent(library, key -> new ArrayList<>())
        .add(new Attempt(file, place.why(), said == null ? "no reason given" : said));
  }

  /** Opens what NVRTC loads by its bare name when it first compiles. */
  private void openBuiltins(Path folder) {
    try (var files = Files.newDirectoryStream(folder, "libnvrtc-builtins.so." + cudaMajor + ".*")) {
      for (Path file : files) {
        DynamicLinker.open(file.toString());
      }
    } catch (IOException | DirectoryIteratorException | LoadException unopened) {
      // NVRTC may still find it; if not, its first compilation says so by name.
      note(
          CudaLibrary.NVRTC,
          folder + "/libnvrtc-builtins.so." + cudaMajor + ".*",
          new Place.Folder(folder, "NVRTC", false),
          unopened.getMessage());
    }
  }

  private CudaUnavailableException problem(CudaLibrary library) {
    var tried = attempts.getOrDefault(library, List.of());
    int other = cudaMajor == 13 ? 12 : 13;
    var elsewhere = library == CudaLibrary.CUDNN ? Optional.<Path>empty() : fileOf(library, other);
    boolean mismatch =
        elsewhere.isPresent()
            || tried.stream().anyMatch(attempt -> attempt.said().contains(" is wanted"));
    String reason =
        "no "
            + library.title()
            + " for CUDA "
            + cudaMajor
            + elsewhere.map(path -> ", only " + path + ", and versions are not mixed").orElse("");
    return new CudaUnavailableException(
        mismatch ? Kind.MISMATCH : Kind.MISSING, reason, advice(library), tried);
  }

  private String advice(CudaLibrary library) {
    String suffix = cudaMajor == 12 ? "-cu12" : "";
    String wheel =
        switch (library) {
          case NVRTC -> "nvidia-cuda-nvrtc" + suffix;
          case CUBLAS, CUBLAS_LT -> "nvidia-cublas" + suffix;
          case CUDNN -> "nvidia-cudnn-cu" + cudaMajor;
          case DRIVER -> throw new IllegalArgumentException("the driver is no part of a toolkit");
        };
    return "Install CUDA "
        + cudaMajor
        + ", or the Python package "
        + wheel
        + ", and name its folder with -D"
        + Places.PROPERTY
        + " or "
        + Places.VARIABLE
        + " where it is not found.";
  }

  private Optional<Path> fileOf(CudaLibrary library, int major) {
    return places.stream()
        .filter(Place.Folder.class::isInstance)
        .map(place -> ((Place.Folder) place).path().resolve(library.soname(major)))
        .filter(path -> Files.exists(path))
        .findFirst();
  }
}
