package dev.gatun.kernels.cuda;

import dev.gatun.bindings.cuda.CudaContext;
import dev.gatun.bindings.cuda.CudaEvent;
import dev.gatun.bindings.cuda.CudaException;
import dev.gatun.bindings.cuda.DevicePointer;
import dev.gatun.bindings.cuda.PinnedMemory;
import dev.gatun.memory.GatunException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Copies between the host's memory and a device's, through two pieces of pinned memory: while the
 * device copies from or to one, the host fills or empties the other.
 *
 * <p>One copy at a time; others wait.
 */
final class Staging {
  private static final int PIECES = 2;
  private static final long PIECE_BYTES = 8L << 20;

  private final CudaContext context;
  private final ReentrantLock lock = new ReentrantLock();
  private final @Nullable Piece[] pieces = new @Nullable Piece[PIECES];

  /** Pinned memory, and when the device is done with it. */
  private record Piece(PinnedMemory memory, MemorySegment segment, CudaEvent done) {}

  Staging(CudaContext context) {
    this.context = context;
  }

  /** Allocated when needed, since pinning takes long. */
  private Piece piece(long number) {
    int index = (int) (number % PIECES);
    var piece = pieces[index];
    if (piece == null) {
      var done = CudaEvent.create(context, false);
      try {
        var memory = PinnedMemory.allocate(context, PIECE_BYTES);
        piece = new Piece(memory, memory.segment(), done);
      } catch (CudaException failed) {
        done.close();
        throw failed;
      }
      pieces[index] = piece;
    }
    return piece;
  }

  /**
   * Copies to the device. The source has been read when this returns.
   *
   * @param queue in whose order
   * @param address where to
   * @param source where from
   */
  void upload(WorkQueue queue, long address, MemorySegment source) {
    queue.checkNotCapturing("copy to the device");
    lock.lock();
    try {
      long bytes = source.byteSize();
      for (long at = 0, number = 0; at < bytes; at += PIECE_BYTES, number++) {
        long length = Math.min(PIECE_BYTES, bytes - at);
        var piece = piece(number);
        piece.done.synchronize();
        MemorySegment.copy(source, at, piece.segment, 0, length);
        queue.stream()
            .upload(new DevicePointer(address + at, length), piece.segment.asSlice(0, length));
        piece.done.record(queue.stream());
      }
    } catch (CudaException failed) {
      throw given(queue.failure("copy to the device", failed));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Copies to the host, and waits for it.
   *
   * @param queue in whose order
   * @param target where to
   * @param address where from
   */
  void download(WorkQueue queue, MemorySegment target, long address) {
    queue.checkNotCapturing("copy to the host");
    lock.lock();
    try {
      long bytes = target.byteSize();
      long count = Math.ceilDiv(bytes, PIECE_BYTES);
      for (long number = 0; number <= count; number++) {
        if (number < count) {
          long at = number * PIECE_BYTES;
          long length = Math.min(PIECE_BYTES, bytes - at);
          var piece = piece(number);
          piece.done.synchronize();
          queue.stream().download(piece.segment, new DevicePointer(address + at, length));
          piece.done.record(queue.stream());
        }
        if (number > 0) {
          long at = (number - 1) * PIECE_BYTES;
          var piece = piece(number - 1);
          piece.done.synchronize();
          MemorySegment.copy(piece.segment, 0, target, at, Math.min(PIECE_BYTES, bytes - at));
        }
      }
    } catch (CudaException failed) {
      throw given(queue.failure("copy to the host", failed));
    } finally {
      lock.unlock();
    }
  }

  /** Gives pieces up of which nobody knows any more when the device is done with them. */
  private GatunException given(GatunException failure) {
    Arrays.fill(pieces, null);
    return failure;
  }
}
