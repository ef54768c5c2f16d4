package dev.gatun.examples;

import picocli.CommandLine.IVersionProvider;

/** The version of Gatun, as its module descriptor or its jar's manifest gives it. */
public final class GatunVersion implements IVersionProvider {
  /** Made by picocli, and wherever the version is printed. */
  public GatunVersion() {}

  /**
   * Returns the version in one line.
   *
   * @return one string, for example {@code 0.1.0}; {@code unknown} for classes outside a jar
   */
  @Override
  public String[] getVersion() {
    var descriptor = GatunVersion.class.getModule().getDescriptor();
    var version =
        descriptor != null
            ? descriptor.rawVersion().orElse(null)
            : GatunVersion.class.getPackage().getImplementationVersion();
    return new String[] {version != null ? version : "unknown"};
  }
}
