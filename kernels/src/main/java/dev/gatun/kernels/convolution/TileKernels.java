package dev.gatun.kernels.convolution;

import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.kernels.packed.PackedProducts;
import dev.gatun.kernels.scratch.ScratchMemory;
import dev.gatun.kernels.specialize.Specialization;
import dev.gatun.memory.DType;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;
import org.jspecify.annotations.Nullable;

/** The tiles of one element type and one vector width, made as they are needed. */
final class TileKernels {
  /** The rows of a full tile. */
  static final int ROWS = 6;

  /** The narrowest vectors whose tiles are worth starting for some ten steps. */
  private static final int SHORT_DEPTH_BITS = 512;

  /** From this many rows on, packing the right operand for them gains. */
  private static final int FEWEST_PACKED_ROWS = 12;

  /** From this many panels on, packing the left operand for them gains. */
  private static final int FEWEST_PACKED_PANELS = 6;

  private static final int WARM_UP_DEPTH = 32;

  private static final int WARM_UP_CALLS = 1200;

  final DType dtype;

  /** The size of an element in bytes. */
  final int elementBytes;

  /** The number of elements in a vector. */
  final int lanes;

  /** The most vectors in a row of a tile. */
  final int vectors;

  /** Loops over rows of elements. */
  final RowKernels rowKernels;

  /** The transforms of Winograd's algorithm, or null where it is not accurate enough. */
  final @Nullable TileTransforms transforms;

  /**
   * The transforms of the same along rows, or null with vectors of less than 512 bits: there a tile
   * of a short depth is done so soon that starting it costs more than the products saved.
   */
  final @Nullable RowTransforms rowTransforms;

  /** What multiplies where there are sixteen vector registers, or null where tiles do. */
  private final @Nullable PackedProducts packed;

  private final VectorCode code;
  private final @Nullable DepthTile[][][] tiles;

  TileKernels(DType dtype, int vectorBits) {
    this.dtype = dtype;
    elementBytes = dtype.byteSize();
    lanes = vectorBits / Byte.SIZE / elementBytes;
    packed = PackedProducts.suits(vectorBits) ? PackedProducts.of(dtype, vectorBits) : null;
    vectors = packed != null ? PackedProducts.VECTORS : 4;
    code = VectorCode.of(dtype, vectorBits);
    boolean single = dtype == DType.FLOAT32;
    rowKernels =
        single
            ? specialize(Float32RowKernels.class, RowKernels.class, vectorBits)
            : new RowKernels(elementBytes);
    transforms =
        single ? specialize(Float32TileTransforms.class, TileTransforms.class, vectorBits) : null;
    rowTransforms =
        single && vectorBits >= SHORT_DEPTH_BITS
            ? specialize(Float32RowTransforms.class, RowTransforms.class, vectorBits)
            : null;
    tiles = new DepthTile[2][ROWS + 1][vectors + 1];
  }

  private static <T> T specialize(Class<? extends T> template, Class<T> type, int vectorBits) {
    return Specialization.instantiate(
        MethodHandles.lookup(), template, type, VectorShape.forBitSize(vectorBits));
  }

  /**
   * Returns what multiplies a number of rows with a number of panels, or null where tiles do.
   *
   * @param rows the rows of the left operand, which share what is packed of a panel
   * @param panels the panels of the right operand, which share what is packed of the left one
   */
  @Nullable PackedProducts packedFor(int rows, long panels) {
    return rows < FEWEST_PACKED_ROWS || panels < FEWEST_PACKED_PANELS ? null : packed;
  }

  /**
   * Tells whether there are registers for paired sums in tiles of all rows. Tiles of half the rows
   * load twice as much for each product: at 256 bits they took half as long again.
   */
  boolean pairsFullTiles() {
    return packed == null;
  }

  /** Returns the number of columns of a full tile. */
  int columns() {
    return vectors * lanes;
  }

  /** Returns how many vectors hold a number of elements. */
  long vectorsFor(long elements) {
    return (elements + lanes - 1) / lanes;
  }

  /** Returns the rows of the largest tile within a number of rows, at least 1. */
  static int rowsWithin(long remaining) {
    return (int) Math.min(remaining, ROWS);
  }

  /** Returns the rows of the largest tile with paired sums within a number of rows. */
  int pairedRowsWithin(long remaining, int width) {
    int most = 2 * width <= vectors ? ROWS : ROWS / 2;
    return remaining >= most ? most : remaining >= 3 ? 3 : remaining >= 2 ? 2 : 1;
  }

  /** Returns the size of the largest block of sums or of a transposition, in bytes. */
  long blockBytes() {
    return (long) Math.max(ROWS * columns(), 2 * lanes * lanes) * elementBytes;
  }

  /**
   * Multiplies as a tile does, and stores the sums or adds them to what is there. Adding goes
   * through a block of its own: a tile that did it would be too large for the first compiler.
   *
   * @param paired whether even and odd products are summed apart; the depth is even then
   * @param add whether sums are added to what is there
   * @param block room for the sums of a tile
   */
  void multiply(
      int rows,
      int vectors,
      boolean paired,
      boolean add,
      int depth,
      MemorySegment left,
      long leftOffset,
      long leftRowBytes,
      MemorySegment right,
      long rightOffset,
      long[] table,
      MemorySegment out,
      long outOffset,
      long outRowBytes,
      MemorySegment block) {
    int columns = vectors * lanes;
    tile(rows, vectors, paired)
        .multiply(
            depth,
            left,
            leftOffset,
            leftRowBytes,
            right,
            rightOffset,
            table,
            add ? block : out,
            add ? 0 : outOffset,
            add ? (long) columns * elementBytes : outRowBytes);
    if (add) {
      rowKernels.addBlock(rows, columns, block, out, outOffset, outRowBytes);
    }
  }

  /** Runs the tiles that most calls need until they are compiled: full ones and what is beside. */
  void warmUp() {
    if (packed != null) {
      packed.warmUp();
    }
    int depth = WARM_UP_DEPTH;
    long rightBytes = (long) columns() * elementBytes;
    var left = new ScratchMemory().reserve((long) ROWS * depth * elementBytes);
    var right = new ScratchMemory().reserve(depth * rightBytes);
    var block = new ScratchMemory().reserve(blockBytes());
    long[] table = new long[depth];
    for (int step = 0; step < depth; step++) {
      table[step] = step * rightBytes;
    }
    for (int rows = 1; rows <= ROWS; rows++) {
      for (int width = 1; width <= vectors; width++) {
        if (rows == ROWS || width == vectors) {
          warmUp(tile(rows, width, false), left, right, table, block);
        }
        if (transforms != null && pairsFullTiles() && rows == pairedRowsWithin(ROWS, width)) {
          warmUp(tile(rows, width, true), left, right, table, block);
        }
      }
    }
  }

  private void warmUp(
      DepthTile tile, MemorySegment left, MemorySegment right, long[] table, MemorySegment block) {
    long leftRowBytes = (long) WARM_UP_DEPTH * elementBytes;
    long rowBytes = (long) columns() * elementBytes;
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(WARM_UP_DEPTH, left, 0, leftRowBytes, right, 0, table, block, 0, rowBytes);
    }
  }

  private DepthTile tile(int rows, int vectors, boolean paired) {
    var kinds = tiles[paired ? 1 : 0];
    var tile = kinds[rows][vectors];
    if (tile == null) {
      tile = DepthTileGenerator.tile(code, rows, vectors, paired ? 2 : 1);
      kinds[rows][vectors] = tile;
    }
    return tile;
  }
}
