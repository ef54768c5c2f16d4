package dev.gatun.memory;

/**
 * What a pool held at one moment. All figures are in bytes of whole blocks, unless said otherwise.
 *
 * @param inUseBytes bytes in blocks that are handed out
 * @param peakBytes the most bytes that were handed out at once
 * @param cachedBytes bytes reserved but not handed out
 * @param reservedBytes bytes obtained from the operating system
 * @param limitBytes the most bytes that the pool will reserve
 * @param liveBlocks the number of blocks handed out
 * @param systemAllocations how often the operating system was asked for memory, since the start
 * @param cleanedHandles how many handles outside every scope the cleaner has closed, since the
 *     start
 */
public record PoolStatistics(
    long inUseBytes,
    long peakBytes,
    long cachedBytes,
    long reservedBytes,
    long limitBytes,
    long liveBlocks,
    long systemAllocations,
    long cleanedHandles) {}
