package dev.gatun.bindings.loading;

import java.io.Serializable;

/**
 * A place where a library was looked for in vain.
 *
 * @param file the path, or the bare name that the system's loader was asked for
 * @param place why there: for example {@code CUDA_HOME}
 * @param said what was wrong; where the system's loader was asked, in its own words
 */
public record Attempt(String file, String place, String said) implements Serializable {
  @Override
  public String toString() {
    return (file.equals(place) ? file : file + " (" + place + ")") + ": " + said;
  }
}
