package dev.gatun.kernels.bytecode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;

/**
 * What the code of all register tiles has in common. Sums are local variables, all of them written
 * out; the inner loop is that over the depth, counted by an int, with positions computed from it: a
 * shape that the optimizing compiler turns into little but loads and fused multiply-adds.
 *
 * @param vector the code of vectors
 * @param rows the number of rows of a tile
 * @param vectors the number of vectors in a row of a tile
 */
public record TileCode(VectorCode vector, int rows, int vectors) {
  /** Something that is pushed at a step of the depth, for one of several rows or vectors. */
  public interface Operand {
    /**
     * Pushes it.
     *
     * @param pass the slot that counts the passes of the loop over the depth
     * @param step the step within a pass, from 0
     * @param index the row or the vector
     */
    void push(int pass, int step, int index);
  }

  /**
   * How the loop over the depth runs.
   *
   * @param passes the slot with the number of its passes
   * @param steps the number of steps of the depth in a pass
   * @param isOrdered whether elements are loaded no earlier than they are written down
   */
  public record Depth(int passes, int steps, boolean isOrdered) {}

  /** Where a tile stores its sums: the slots of a native segment, a position and a distance. */
  public record Out(int segment, int position, int rowBytes) {}

  /** Finds the first row of a block from two parameters: an offset, and the distance of rows. */
  public void setBlockPosition(CodeBuilder code, int block, int parameter, int position) {
    code.lload(code.parameterSlot(parameter)).iload(block).i2l().loadConstant((long) rows).lmul();
    code.lload(code.parameterSlot(parameter + 1)).lmul().ladd().lstore(position);
  }

  /** Reserves local variables for the sums of a block. */
  public int[] sums(CodeBuilder code) {
    return VectorCode.references(code, rows * vectors);
  }

  /**
   * Writes the code of one block: sums over the depth, and stores.
   *
   * @param isMore whether sums are added to what the result holds: in the end, so that long sums
   *     are cut into pieces, whose errors are smaller
   * @param element pushes an element of the left operand
   * @param columns pushes a vector of the right operand, the class of which is known
   */
  public void writeBlock(
      CodeBuilder code,
      int[] sums,
      boolean isMore,
      Depth depth,
      Operand element,
      Operand columns,
      Out out) {
    // One call for all: the first compiler gives up where too much is inlined.
    vector.zero(code);
    code.astore(sums[0]);
    for (int i = 1; i < sums.length; i++) {
      code.aload(sums[0]).astore(sums[i]);
    }
    writeLoop(code, sums, depth, element, columns);
    // Behind the loop too: what comes first takes from the nodes after which the optimizing
    // compiler
    // puts off inlining, and the arithmetic of the largest tiles needs nearly all of them.
    int segment = code.allocateLocal(TypeKind.REFERENCE);
    VectorCode.nativeSegment(code, out.segment, segment);
    // Computed behind the loop, where they do not take registers from it.
    int[] positions = VectorCode.rowPositions(code, rows, out.position, out.rowBytes);
    for (int i = 0; i < sums.length; i++) {
      // Either way the compiler knows the class of what is stored.
      if (isMore) {
        vector.species(code);
        pushResult(code, segment, positions, i);
        vector.loadSegmentExact(code);
        code.aload(sums[i]);
        vector.add(code);
      } else {
        code.aload(sums[i]);
        vector.exact(code);
      }
      pushResult(code, segment, positions, i);
      vector.storeSegment(code);
    }
  }

  /** Pushes the segment and the position of some sums. */
  private void pushResult(CodeBuilder code, int segment, int[] positions, int sum) {
    code.aload(segment).lload(positions[sum / vectors]);
    code.loadConstant((long) (sum % vectors) * vector.vectorBytes).ladd();
  }

  private void writeLoop(
      CodeBuilder code, int[] sums, Depth depth, Operand element, Operand columns) {
    int[] column = VectorCode.references(code, vectors);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int pass = code.allocateLocal(TypeKind.INT);
    VectorCode.loop(
        code,
        pass,
        depth.passes,
        () -> {
          for (int step = 0; step < depth.steps; step++) {
            for (int index = 0; index < vectors; index++) {
              columns.push(pass, step, index);
              code.astore(column[index]);
            }
            for (int row = 0; row < rows; row++) {
              vector.species(code);
              element.push(pass, step, row);
              vector.broadcast(code);
              vector.exact(code);
              code.astore(factor);
              for (int index = 0; index < vectors; index++) {
                int sum = sums[row * vectors + index];
                vector.fusedMultiplyAdd(code, factor, column[index], sum);
                code.astore(sum);
              }
              if (depth.isOrdered) {
                VectorCode.orderLoads(code);
              }
            }
          }
        });
  }
}
