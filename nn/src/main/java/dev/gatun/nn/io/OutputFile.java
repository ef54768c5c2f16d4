package dev.gatun.nn.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file being written from its start to its end. */
interface OutputFile extends Closeable {
  /**
   * Writes all of a buffer's remaining bytes.
   *
   * @param bytes what to append
   * @throws IOException when the operating system refuses
   */
  void write(ByteBuffer bytes) throws IOException;

  /**
   * Waits until everything written has reached the disk.
   *
   * @throws IOException when the operating system refuses
   */
  void force() throws IOException;

  /** How such files are made. */
  @FunctionalInterface
  interface Opener {
    /**
     * Makes a file that must not exist as yet.
     *
     * @param file its path
     * @return the empty file
     * @throws IOException when the operating system refuses
     */
    OutputFile create(Path file) throws IOException;
  }

  /**
   * Makes a file of the default file system.
   *
   * @param file its path
   * @return the empty file
   * @throws IOException when the operating system refuses
   */
  static OutputFile create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new OutputFile() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }

      @Override
      public void force() throws IOException {
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
