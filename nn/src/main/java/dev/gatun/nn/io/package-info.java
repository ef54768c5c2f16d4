/**
 * Reading and writing tensors: safetensors files, mapped without copying, and checkpoints that
 * survive a crash half-way.
 *
 * <p>Whatever is wrong with a file is a {@link dev.gatun.nn.io.FileFormatException} that names the
 * file, the place in it and what was found there; whatever the operating system refuses is a {@link
 * dev.gatun.nn.io.FileAccessException}. Files are checked as a whole before anything is allocated
 * or handed out. Files are written beside their target and moved into place, so that a target is
 * either the old file or the new one, and complete.
 */
@NullMarked
package dev.gatun.nn.io;

import org.jspecify.annotations.NullMarked;
