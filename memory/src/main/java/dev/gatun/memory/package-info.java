/**
 * Off-heap memory for tensors.
 *
 * <p>From the bottom up: a {@link dev.gatun.memory.MemoryPool} hands out blocks; a {@link
 * dev.gatun.memory.Storage} is one block with a count of its holders; a {@link
 * dev.gatun.memory.Layout} says where elements lie within it; a {@link
 * dev.gatun.memory.StridedArray} is a handle that puts these together and is owned by a {@link
 * dev.gatun.memory.Scope}.
 *
 * <p>Every exception that Gatun throws on purpose is below {@link dev.gatun.memory.GatunException}.
 */
@NullMarked
package dev.gatun.memory;

import org.jspecify.annotations.NullMarked;
