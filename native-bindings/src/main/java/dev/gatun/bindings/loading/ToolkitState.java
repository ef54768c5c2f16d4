package dev.gatun.bindings.loading;

import java.util.Map;
import java.util.Optional;

/**
 * What became of the search for the libraries that come with a toolkit.
 *
 * @param cudaMajor the major version of CUDA that was settled on, for all of them
 * @param libraries those that are there
 * @param problems for each of the others, why it is not
 */
public record ToolkitState(
    int cudaMajor,
    Map<CudaLibrary, SharedLibrary> libraries,
    Map<CudaLibrary, CudaUnavailableException> problems) {
  /** Copies the maps. */
  public ToolkitState {
    libraries = Map.copyOf(libraries);
    problems = Map.copyOf(problems);
  }

  /**
   * Returns a library, where it is there.
   *
   * @param library which
   * @return it, or nothing
   */
  public Optional<SharedLibrary> find(CudaLibrary library) {
    return Optional.ofNullable(libraries.get(library));
  }
}
