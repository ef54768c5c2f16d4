package dev.gatun.bench.machine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/**
 * What a report says about the machine.
 *
 * @param processor the processor's model name, as far as the system tells
 * @param cores processors available to this process
 * @param vectorBits preferred lane width of the Vector API, in bits
 * @param operatingSystem name, version and architecture
 * @param java runtime name and version
 * @param loadAverage runnable processes over the last minute when this was read; negative where the
 *     system does not tell. Above 0.5 before a run starts, the figures will be disturbed
 */
public record Machine(
    String processor,
    int cores,
    int vectorBits,
    String operatingSystem,
    String java,
    double loadAverage) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /**
   * Describes the machine this process runs on.
   *
   * @return the description
   */
  public static Machine current() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        FloatVector.SPECIES_PREFERRED.vectorBitSize(),
        "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        "%s %s".formatted(System.getProperty("java.vm.name"), Runtime.version()),
        system.getSystemLoadAverage());
  }

  /**
   * The fields in the order of the report.
   *
   * @return names and values for JSON
   */
  public Map<String, Object> toMap() {
    var map = new LinkedHashMap<String, Object>();
    map.put("processor", processor);
    map.put("cores", cores);
    map.put("vector_bits", vectorBits);
    map.put("operating_system", operatingSystem);
    map.put("java", java);
    map.put("load_average_before", loadAverage);
    return map;
  }

  private static String processorName() {
    if (Files.isReadable(CPU_INFO)) {
      try (var lines = Files.lines(CPU_INFO)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      } catch (IOException unreadable) {
        return System.getProperty("os.arch");
      }
    }
    return System.getProperty("os.arch");
  }
}
