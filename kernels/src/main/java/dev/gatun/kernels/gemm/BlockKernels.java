package dev.gatun.kernels.gemm;

import dev.gatun.memory.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The generated kernels of one element type and one vector width, made as they are needed. */
final class BlockKernels {
  private static final int MOST_DOT_ROWS = 4;
  private static final int MOST_DOT_COLUMNS = 8;
  private static final TileForm[] FORMS = TileForm.values();
  private static final List<TileForm> WARM_UP_FORMS =
      List.of(TileForm.PANEL, TileForm.ROWS, TileForm.COLUMNS);
  private static final int WARM_UP_DEPTH = 32;
  private static final int WARM_UP_CALLS = 1200;

  private final VectorCode vector;
  private final TileShape shape;
  private final @Nullable Tile[][][] tiles;
  private final @Nullable Panel[] panels;
  private final @Nullable DotTile[][] dotTiles =
      new DotTile[MOST_DOT_ROWS + 1][MOST_DOT_COLUMNS + 1];
  private final DType dtype;
  private @Nullable Transposer transposer;

  BlockKernels(DType dtype, TileShape shape) {
    this.dtype = dtype;
    this.shape = shape;
    vector = VectorCode.of(dtype, shape.vectorBits());
    tiles = new Tile[FORMS.length][shape.rows() + 1][shape.wideVectors() + 1];
    panels = new Panel[shape.vectors() + 1];
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

  /** Runs the tiles until they are compiled. */
  void warmUp() {
    var scratch = new Scratch();
    long rowBytes = (long) WARM_UP_DEPTH * vector.vectorBytes;
    long panelBytes = (long) shape.vectors() * vector.vectorBytes;
    scratch.reserveLeft(shape.rows() * rowBytes);
    scratch.reserveRight(WARM_UP_DEPTH * panelBytes);
    scratch.reserveBlock(shape.rows() * panelBytes);
    for (var form : WARM_UP_FORMS) {
      for (int rows = 1; rows <= shape.rows(); rows++) {
        for (int vectors = 1; vectors <= shape.vectors(); vectors++) {
          if (shape.tileRowsWithin(rows) == rows) {
            warmUp(tile(form, rows, vectors), vectors, scratch, rowBytes, panelBytes);
          }
        }
      }
    }
  }

  private void warmUp(Tile tile, int vectors, Scratch scratch, long rowBytes, long panelBytes) {
    for (int call = 0; call < WARM_UP_CALLS; call++) {
      tile.multiply(
          WARM_UP_DEPTH,
          scratch.left,
          0,
          rowBytes,
          vector.elementBytes(),
          scratch.right,
          0,
          (long) vectors * vector.vectorBytes,
          scratch.block,
          0,
          panelBytes);
    }
  }
}
