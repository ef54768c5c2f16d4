package dev.gatun.kernels.gemm;

import dev.gatun.kernels.bytecode.VectorCode;
import dev.gatun.kernels.packed.TileRows;
import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/** The generated kernels of one element type and one vector width, made as they are needed. */
final class BlockKernels {
  private static final int MOST_STREAM_ROWS = 4;
  private static final int MOST_STREAM_DEPTH = 8;
  private static final int MOST_DOT_ROWS = 4;
  private static final int MOST_DOT_COLUMNS = 8;
  private static final TileForm[] FORMS = TileForm.values();
  private static final int WARM_UP_DEPTH = 32;
  private static final int WARM_UP_CALLS = 1200;
  private static final int WARM_UP_MOVES = 6000;

  private final VectorCode vector;
  private final TileShape shape;
  private final @Nullable Tile[][][] tiles;
  private final @Nullable Panel[] panels;
  private final @Nullable DotTile[][] dotTiles =
      new DotTile[MOST_DOT_ROWS + 1][MOST_DOT_COLUMNS + 1];
  private final @Nullable StreamTile[][] streamTiles =
      new StreamTile[MOST_STREAM_ROWS + 1][MOST_STREAM_DEPTH + 1];
  private final DType dtype;
  private @Nullable LaneSums laneSums;
  private @Nullable Transposer transposer;

  BlockKernels(DType dtype, TileShape shape) {
    this.dtype = dtype;
    this.shape = shape;
    vector = VectorCode.of(dtype, shape.vectorBits());
    tiles = new Tile[FORMS.length][shape.rows() + 1][shape.wideVectors() + 1];
    // A panel is as wide as a tile of the right operand, or as high as one of the left.
    int ofLeft = (shape.rows() + shape.lanes() - 1) / shape.lanes();
    panels = new Panel[Math.max(shape.vectors(), ofLeft) + 1];
  }

  Tile tile(TileForm form, int rows, int vectors) {
    var ofForm = tiles[form.ordinal()];
    var tile = ofForm[rows][vectors];
    if (tile == null) {
      tile = TileGenerator.tile(vector, form, rows, vectors);
      ofForm[rows][vectors] = tile;
    }
    return tile;
  }

  DotTile dotTile(int rows, int columns) {
    var tile = dotTiles[rows][columns];
    if (tile == null) {
      tile = DotTileGenerator.tile(vector, rows, columns);
      dotTiles[rows][columns] = tile;
    }
    return tile;
  }

  StreamTile streamTile(int rows, int depth) {
    var tile = streamTiles[rows][depth];
    if (tile == null) {
      tile = StreamTileGenerator.tile(vector, rows, depth);
      streamTiles[rows][depth] = tile;
    }
    return tile;
  }

  LaneSums laneSums() {
    var present = laneSums;
    if (present == null) {
      present = LaneSumsGenerator.sums(vector);
      laneSums = present;
    }
    return present;
  }

  Panel panel(int vectors) {
    var panel = panels[vectors];
    if (panel == null) {
      panel = PanelGenerator.panel(vector, vectors);
      panels[vectors] = panel;
    }
    return panel;
  }

  Transposer transposer() {
    var present = transposer;
    if (present == null) {
      present =
          TransposerGenerator.transposer(VectorCode.ofIntegersLike(dtype, shape.vectorBits()));
      transposer = present;
    }
    return present;
  }

  /** Runs the kernels until they are compiled. */
  void warmUp() {
    var scratch = new Scratch();
    long rowBytes = (long) WARM_UP_DEPTH * vector.vectorBytes;
    long panelBytes = (long) shape.vectors() * vector.vectorBytes;
    int mostRows = Math.max(shape.rows(), shape.lanes());
    scratch.reserveLeft(mostRows * rowBytes);
    scratch.reserveRight(WARM_UP_DEPTH * panelBytes);
    scratch.reserveBlock(mostRows * rowBytes);
    for (int vectors = 1; vectors <= shape.vectors(); vectors++) {
      for (int rows = 1; rows <= shape.rows(); rows++) {
        // Smaller tiles compute no more than a rest of the rows beside a rest of the columns.
        boolean isCommon = rows == shape.rows() || vectors == shape.vectors();
        if (isCommon && TileRows.within(rows) == rows) {
          warmUp(rows, vectors, scratch, rowBytes, vector.elementBytes(), panelBytes);
          warmUp(rows, vectors, scratch, vector.elementBytes(), panelBytes, panelBytes);
        }
      }
    }
    warmUp(streamTile(1, MOST_STREAM_DEPTH), scratch, rowBytes);
    warmUp(dotTile(1, Math.min(MOST_DOT_COLUMNS, shape.lanes())), scratch, rowBytes);
    for (int rows = 2; rows <= MOST_DOT_ROWS; rows *= 2) {
      warmUp(dotTile(rows, Math.min(MOST_DOT_ROWS, shape.lanes())), scratch, rowBytes);
    }
    warmUpMoves(scratch, rowBytes, panelBytes);
  }

  private void warmUp(StreamTile tile, Scratch scratch, long rowBytes) {
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(
          WARM_UP_DEPTH / 2,
          scratch.left,
          0,
          rowBytes,
          vector.elementBytes(),
          scratch.right,
          0,
          vector.vectorBytes,
          scratch.block,
          0,
          rowBytes);
      tile.multiplyMore(
          WARM_UP_DEPTH / 2,
          scratch.left,
          0,
          rowBytes,
          vector.elementBytes(),
          scratch.right,
          0,
          vector.vectorBytes,
          scratch.block,
          0,
          rowBytes);
    }
  }

  private void warmUp(DotTile tile, Scratch scratch, long rowBytes) {
    long sumsBytes = (long) shape.lanes() * vector.vectorBytes;
    scratch.reserveSums(MOST_DOT_ROWS * sumsBytes);
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(
          WARM_UP_DEPTH / 2,
          scratch.left,
          0,
          0,
          scratch.left,
          0,
          rowBytes,
          scratch.sums,
          0,
          sumsBytes);
    }
    for (int call = 0; call < WARM_UP_MOVES; call++) {
      laneSums().add(1, scratch.sums, scratch.block, 0, 0);
    }
  }

  private void warmUpMoves(Scratch scratch, long rowBytes, long panelBytes) {
    for (int call = 0; call < WARM_UP_MOVES; call++) {
      transposer().transpose(1, scratch.left, 0, rowBytes, scratch.block, 0, rowBytes);
    }
    for (int vectors = 1; vectors <= shape.vectors(); vectors++) {
      for (int call = 0; call < WARM_UP_MOVES; call++) {
        panel(vectors)
            .copy(
                4,
                scratch.left,
                0,
                panelBytes,
                scratch.right,
                0,
                (long) vectors * vector.vectorBytes);
      }
    }
  }

  /** Runs the tile for a left operand with these distances. */
  private void warmUp(
      int rows,
      int vectors,
      Scratch scratch,
      long leftRowBytes,
      long leftColumnBytes,
      long panelBytes) {
    var form = TileForm.of(leftRowBytes, leftColumnBytes, vector.elementBytes(), vectors);
    var tile = tile(form, rows, vectors);
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(
          1,
          WARM_UP_DEPTH,
          scratch.left,
          0,
          leftRowBytes,
          leftColumnBytes,
          scratch.right,
          0,
          (long) vectors * vector.vectorBytes,
          scratch.block,
          0,
          panelBytes);
    }
  }
}
