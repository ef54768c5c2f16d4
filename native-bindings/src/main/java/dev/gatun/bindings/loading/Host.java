package dev.gatun.bindings.loading;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What the search for libraries reads of the machine, so that tests can have one of their own.
 *
 * @param properties the system properties
 * @param environment the environment
 * @param root the folder that stands for the root of the file system
 * @param loader whether the system's loader is asked too, on its own path
 */
record Host(Properties properties, Map<String, String> environment, Path root, boolean loader) {
  static Host system() {
    return new Host(System.getProperties(), System.getenv(), Path.of("/"), true);
  }

  /** A property, where it is set to something. */
  Optional<String> property(String name) {
    return Optional.ofNullable(properties.getProperty(name)).filter(value -> !value.isBlank());
  }

  /** A variable of the environment, where it is set to something. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** A path below the root. */
  Path path(String name) {
    return root.resolve(name);
  }
}
