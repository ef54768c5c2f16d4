package dev.gatun.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Packing, tiles and results for float. */
final class FloatGemm extends BlockedGemm<FloatScratch> {
  private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int ELEMENT_BYTES = Float.BYTES;

  /** Keeps rows of the packed left operand from falling on the same cache sets. */
  private static final int ROW_GAP = 64 / ELEMENT_BYTES;

  private static final int WARM_UP_CALLS = 600;

  private static final int TRANSPOSE_BLOCK = 64 / ELEMENT_BYTES;

  private final @Nullable FloatPanel[] panels;
  private final @Nullable FloatTile[][] tiles;
  private final int[] tileRows;

  FloatGemm(int vectorBits) {
    super(
        TileShape.of(vectorBits, ELEMENT_BYTES),
        ELEMENT_BYTES,
        new ScratchPool<>(FloatScratch::new));
    tileRows = shape.tileRows();
    panels = new FloatPanel[shape.vectors() + 1];
    tiles = new FloatTile[shape.rows() + 1][shape.vectors() + 1];
  }

  /** Returns the tile for blocks of at most that many rows, and exactly that many vectors. */
  private FloatTile tile(int height, int vectors) {
    int rows = tileRows[height];
    var tile = tiles[rows][vectors];
    if (tile == null) {
      tile = TileGenerator.floatTile(shape.vectorBits(), rows, vectors);
      tiles[rows][vectors] = tile;
    }
    return tile;
  }

  private FloatPanel panel(int vectors) {
    var panel = panels[vectors];
    if (panel == null) {
      panel = PanelGenerator.floatPanel(shape.vectorBits(), vectors);
      panels[vectors] = panel;
    }
    return panel;
  }

  @Override
  int packLeft(FloatScratch scratch, MatrixOperand left, long offset, int rows, int depth) {
    var segment = left.segment;
    long rowBytes = left.rowBytes;
    long columnBytes = left.columnBytes;
    boolean unit = depth == 1 || columnBytes == ELEMENT_BYTES;
    boolean whole = unit && (rows == 1 || rowBytes == (long) depth * ELEMENT_BYTES);
    int stride = whole ? depth : depth + ROW_GAP;
    float[] target = scratch.left((rows + shape.rows()) * stride);
    if (whole) {
      MemorySegment.copy(segment, ELEMENT, offset, target, 0, rows * depth);
    } else if (unit) {
      for (int row = 0; row < rows; row++) {
        MemorySegment.copy(segment, ELEMENT, offset + row * rowBytes, target, row * stride, depth);
      }
    } else {
      transpose(depth, rows, segment, offset, columnBytes, rowBytes, target, 0, stride);
    }
    return stride;
  }

  @Override
  void packRight(FloatScratch scratch, MatrixOperand right, long offset, int depth, int columns) {
    var segment = right.segment;
    long rowBytes = right.rowBytes;
    long columnBytes = right.columnBytes;
    int lanes = shape.lanes();
    int panelColumns = shape.columns();
    float[] target = scratch.right((columns + lanes - 1) / lanes * lanes * depth);
    for (int column = 0; column < columns; column += panelColumns) {
      int width = Math.min(panelColumns, columns - column);
      int padded = (width + lanes - 1) / lanes * lanes;
      int position = column * depth;
      long from = offset + column * columnBytes;
      int packed = 0;
      if (columnBytes == ELEMENT_BYTES) {
        packed = width / lanes * lanes;
        if (packed > 0) {
          panel(width / lanes).pack(depth, segment, from, rowBytes, target, position, padded);
        }
      }
      if (packed < width) {
        transpose(
            width - packed,
            depth,
            segment,
            from + packed * columnBytes,
            columnBytes,
            rowBytes,
            target,
            position + packed,
            padded);
      }
      for (int step = 0; width < padded && step < depth; step++) {
        for (int lane = width; lane < padded; lane++) {
          target[position + step * padded + lane] = 0;
        }
      }
    }
  }

  /** Copies elements from anywhere: {@code target[outer * stride + inner]}, block by block. */
  private static void transpose(
      int inner,
      int outer,
      MemorySegment source,
      long offset,
      long innerBytes,
      long outerBytes,
      float[] target,
      int position,
      int stride) {
    for (int block = 0; block < outer; block += TRANSPOSE_BLOCK) {
      int end = Math.min(outer, block + TRANSPOSE_BLOCK);
      for (int i = 0; i < inner; i++) {
        long from = offset + i * innerBytes;
        int to = position + i;
        for (int j = block; j < end; j++) {
          target[to + j * stride] = source.get(ELEMENT, from + j * outerBytes);
        }
      }
    }
  }

  @Override
  void warmUp() {
    int depth = 128;
    float[] left = new float[shape.rows() * depth];
    float[] right = new float[shape.columns() * depth];
    float[] block = new float[shape.rows() * shape.columns()];
    for (int vectors = 1; vectors <= shape.vectors(); vectors++) {
      for (int rows = 1; rows <= shape.rows(); rows++) {
        for (int call = 0; tileRows[rows] == rows && call < WARM_UP_CALLS; call++) {
          tile(rows, vectors).multiply(depth, left, 0, depth, right, 0, block);
        }
      }
    }
  }

  @Override
  void multiplyBlock(
      FloatScratch scratch,
      MatmulTask task,
      int rows,
      int columns,
      int depth,
      int leftStride,
      boolean inPlace,
      long rightOffset,
      long outOffset,
      long biasOffset,
      boolean first,
      boolean last) {
    var out = task.out;
    int lanes = shape.lanes();
    int panelColumns = shape.columns();
    scratch.block(shape.rows() * panelColumns);
    for (int column = 0; column < columns; column += panelColumns) {
      int width = Math.min(panelColumns, columns - column);
      long outColumn = outOffset + column * out.columnBytes;
      long biasColumn = biasOffset + column * task.bias.columnBytes;
      if (inPlace) {
        long right = rightOffset + column * task.right.columnBytes;
        int whole = width / lanes * lanes;
        if (whole > 0) {
          multiplyInPlace(
              scratch,
              task,
              rows,
              whole,
              whole,
              depth,
              leftStride,
              right,
              outColumn,
              biasColumn,
              first);
        }
        int rest = width - whole;
        if (rest > 0) {
          multiplyInPlace(
              scratch,
              task,
              rows,
              lanes,
              rest,
              depth,
              leftStride,
              right + (long) (width - lanes) * ELEMENT_BYTES,
              outColumn + whole * out.columnBytes,
              biasColumn + whole * task.bias.columnBytes,
              first);
        }
      } else {
        multiplyPanel(
            scratch,
            task,
            rows,
            width,
            depth,
            leftStride,
            column * depth,
            outColumn,
            biasColumn,
            first);
      }
      if (last) {
        finish(task, rows, width, outColumn, biasColumn);
      }
    }
  }

  private void multiplyPanel(
      FloatScratch scratch,
      MatmulTask task,
      int rows,
      int width,
      int depth,
      int leftStride,
      int position,
      long outOffset,
      long biasOffset,
      boolean first) {
    int vectors = (width + shape.lanes() - 1) / shape.lanes();
    int stride = vectors * shape.lanes();
    for (int row = 0; row < rows; row += shape.rows()) {
      int height = Math.min(shape.rows(), rows - row);
      tile(height, vectors)
          .multiply(
              depth,
              scratch.left,
              row * leftStride,
              leftStride,
              scratch.right,
              position,
              scratch.block);
      save(
          task,
          scratch.block,
          stride,
          0,
          height,
          width,
          outOffset + row * task.out.rowBytes,
          biasOffset + row * task.bias.rowBytes,
          first);
    }
  }

  /** Multiplies with whole vectors of columns where they lie, of which the last ones are wanted. */
  private void multiplyInPlace(
      FloatScratch scratch,
      MatmulTask task,
      int rows,
      int width,
      int wanted,
      int depth,
      int leftStride,
      long rightOffset,
      long outOffset,
      long biasOffset,
      boolean first) {
    for (int row = 0; row < rows; row += shape.rows()) {
      int height = Math.min(shape.rows(), rows - row);
      tile(height, width / shape.lanes())
          .multiplyInPlace(
              depth,
              scratch.left,
              row * leftStride,
              leftStride,
              task.right.segment,
              rightOffset,
              task.right.rowBytes,
              scratch.block);
      save(
          task,
          scratch.block,
          width,
          width - wanted,
          height,
          wanted,
          outOffset + row * task.out.rowBytes,
          biasOffset + row * task.bias.rowBytes,
          first);
    }
  }

  /** Adds the sums of one tile to their place. */
  private void save(
      MatmulTask task,
      float[] block,
      int stride,
      int skipped,
      int height,
      int width,
      long outOffset,
      long biasOffset,
      boolean first) {
    var out = task.out;
    float alpha = (float) task.alpha;
    float beta = first ? (float) task.beta : 1;
    var addend = out;
    long addendOffset = outOffset;
    if (first && task.addsBiasFirst()) {
      beta = 1;
      addend = task.bias;
      addendOffset = biasOffset;
    }
    int column = 0;
    if (out.columnBytes == ELEMENT_BYTES && skipped == 0 && width >= shape.lanes()) {
      int vectors = width / shape.lanes();
      if (beta == 0) {
        panel(vectors).store(height, block, stride, alpha, out.segment, outOffset, out.rowBytes);
        column = vectors * shape.lanes();
      } else if (addend.columnBytes == ELEMENT_BYTES) {
        panel(vectors)
            .accumulate(
                height,
                block,
                stride,
                alpha,
                beta,
                addend.segment,
                addendOffset,
                addend.rowBytes,
                out.segment,
                outOffset,
                out.rowBytes);
        column = vectors * shape.lanes();
      }
    }
    for (int row = 0; column < width && row < height; row++) {
      for (int i = column; i < width; i++) {
        long at = outOffset + row * out.rowBytes + i * out.columnBytes;
        float value = block[row * stride + skipped + i];
        if (beta == 0) {
          value = alpha * value;
        } else {
          long from = addendOffset + row * addend.rowBytes + i * addend.columnBytes;
          value = Math.fma(value, alpha, addend.segment.get(ELEMENT, from) * beta);
        }
        out.segment.set(ELEMENT, at, value);
      }
    }
  }

  /** Does what remains once all products of a strip of the result have been added. */
  private void finish(MatmulTask task, int rows, int width, long outOffset, long biasOffset) {
    var out = task.out;
    if (task.hasBias && !task.addsBiasFirst()) {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < width; i++) {
          long at = outOffset + row * out.rowBytes + i * out.columnBytes;
          long from = biasOffset + row * task.bias.rowBytes + i * task.bias.columnBytes;
          out.segment.set(
              ELEMENT, at, out.segment.get(ELEMENT, at) + task.bias.segment.get(ELEMENT, from));
        }
      }
    }
    var epilogue = task.epilogue;
    if (epilogue != null) {
      epilogue.apply(
          task.dtype,
          out.segment,
          outOffset,
          rows,
          width,
          out.rowBytes / ELEMENT_BYTES,
          out.columnBytes / ELEMENT_BYTES);
    }
  }
}
