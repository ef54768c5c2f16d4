package dev.gatun.bindings.loading;

import org.jspecify.annotations.Nullable;

/**
 * What became of the search for the driver.
 *
 * @param library the driver, where there is one that is no stub, even if it finds no device
 * @param version the newest CUDA that it runs, as 1000 times the major plus 10 times the minor
 *     version; 0 without a driver
 * @param devices how many devices it finds
 * @param problem why CUDA is unavailable, or null where there is a device
 */
public record DriverState(
    @Nullable SharedLibrary library,
    int version,
    int devices,
    @Nullable CudaUnavailableException problem) {}
