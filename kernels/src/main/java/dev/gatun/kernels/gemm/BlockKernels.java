package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import org.jspecify.annotations.Nullable;

/** The generated kernels of one element type and one vector width, made as they are needed. */
final class BlockKernels {
  private static final int MOST_DOT_ROWS = 4;
  private static final int MOST_DOT_COLUMNS = 8;
  private static final int WARM_UP_DEPTH = 128;
  private static final int WARM_UP_CALLS = 600;

  private final VectorCode vector;
  private final TileShape shape;
  private final @Nullable Tile[][] tiles;
  private final @Nullable Panel[] panels;
  private final @Nullable DotTile[][] dotTiles =
      new DotTile[MOST_DOT_ROWS + 1][MOST_DOT_COLUMNS + 1];
  private final DType dtype;
  private @Nullable Transposer transposer;

  BlockKernels(DType dtype, TileShape shape) {
    this.dtype = dtype;
    this.shape = shape;
    vector = VectorCode.of(dtype, shape.vectorBits());
    tiles = new Tile[shape.rows() + 1][shape.wideVectors() + 1];
    panels = new Panel[shape.vectors() + 1];
  }

  Tile tile(int rows, int vectors) {
    var tile = tiles[rows][vectors];
    if (tile == null) {
      tile = TileGenerator.tile(vector, rows, vectors);
      tiles[rows][vectors] = tile;
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

  /** Runs every tile until it is compiled. */
  void warmUp() {
    var scratch = new Scratch();
    long rowBytes = (long) WARM_UP_DEPTH * vector.vectorBytes;
    long panelBytes = (long) shape.vectors() * vector.vectorBytes;
    scratch.reserveLeft(shape.rows() * rowBytes);
    scratch.reserveRight(WARM_UP_DEPTH * panelBytes);
    scratch.reserveBlock(shape.rows() * panelBytes);
    for (int rows = 1; rows <= shape.rows(); rows++) {
      for (int vectors = 1; vectors <= shape.vectors(); vectors++) {
        for (int call = 0; shape.tileRowsWithin(rows) == rows && call < WARM_UP_CALLS; call++) {
          tile(rows, vectors)
              .multiply(
                  WARM_UP_DEPTH,
                  scratch.left,
                  0,
                  rowBytes,
                  vector.vectorBytes,
                  scratch.right,
                  0,
                  panelBytes,
                  scratch.block,
                  0,
                  panelBytes);
        }
      }
    }
  }
}
