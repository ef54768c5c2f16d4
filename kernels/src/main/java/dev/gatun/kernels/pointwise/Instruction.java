package dev.gatun.kernels.pointwise;

/** One operation on blocks of elements. The target may be one of the sources. */
sealed interface Instruction {
  int target();

  void execute(double[][] registers, int count);

  void execute(long[][] registers, int count);

  /** An operation on one block. */
  record OfOne(UnaryOperation operation, int target, int x) implements Instruction {
    @Override
    public void execute(double[][] registers, int count) {
      double[] result = registers[target];
      double[] a = registers[x];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i]);
      }
    }

    @Override
    public void execute(long[][] registers, int count) {
      long[] result = registers[target];
      long[] a = registers[x];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i]);
      }
    }
  }

  /** An operation on two blocks. */
  record OfTwo(BinaryOperation operation, int target, int x, int y) implements Instruction {
    @Override
    public void execute(double[][] registers, int count) {
      double[] result = registers[target];
      double[] a = registers[x];
      double[] b = registers[y];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i], b[i]);
      }
    }

    @Override
    public void execute(long[][] registers, int count) {
      long[] result = registers[target];
      long[] a = registers[x];
      long[] b = registers[y];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i], b[i]);
      }
    }
  }

  /** An operation on three blocks. */
  record OfThree(TernaryOperation operation, int target, int x, int y, int z)
      implements Instruction {
    @Override
    public void execute(double[][] registers, int count) {
      double[] result = registers[target];
      double[] a = registers[x];
      double[] b = registers[y];
      double[] c = registers[z];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i], b[i], c[i]);
      }
    }

    @Override
    public void execute(long[][] registers, int count) {
      long[] result = registers[target];
      long[] a = registers[x];
      long[] b = registers[y];
      long[] c = registers[z];
      for (int i = 0; i < count; i++) {
        result[i] = operation.apply(a[i], b[i], c[i]);
      }
    }
  }
}
