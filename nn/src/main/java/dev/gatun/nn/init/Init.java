package dev.gatun.nn.init;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.NoGrad;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Device;
import dev.gatun.memory.InPlaceException;
import dev.gatun.memory.Scope;
import dev.gatun.memory.Shape;
import dev.gatun.memory.ShapeException;

/**
 * Functions that overwrite a tensor with first values, in the manner of {@code torch.nn.init}.
 *
 * <p>They write in place, outside the graph, so that they may be used on parameters, and return
 * their tensor. Tensors are floating point, of any layout in which no element is addressed twice.
 * Random values depend on the generator and on the shape alone; methods without a generator take
 * the shared one. Safe to call from several threads on different tensors.
 *
 * <p>Fans: of a matrix of weights [out, in] the fan-in is the number of columns and the fan-out the
 * number of rows; further axes, those of a convolution's kernel, multiply both.
 */
public final class Init {
  private Init() {}

  // ---- fixed values

  /**
   * Sets every element to one value.
   *
   * @param tensor what is written
   * @param value the value
   * @return {@code tensor}
   */
  public static Tensor constant_(Tensor tensor, double value) {
    try (var _ = NoGrad.open()) {
      return tensor.fill_(value);
    }
  }

  /**
   * Sets every element to one.
   *
   * @param tensor what is written
   * @return {@code tensor}
   */
  public static Tensor ones_(Tensor tensor) {
    return constant_(tensor, 1);
  }

  /**
   * Sets every element to zero.
   *
   * @param tensor what is written
   * @return {@code tensor}
   */
  public static Tensor zeros_(Tensor tensor) {
    return constant_(tensor, 0);
  }

  /**
   * Makes a matrix the identity: ones on the diagonal, zeros elsewhere.
   *
   * @param tensor a matrix
   * @return {@code tensor}
   * @throws ShapeException when it is not a matrix
   */
  public static Tensor eye_(Tensor tensor) {
    checkMatrix("eye_", tensor);
    zeros_(tensor);
    try (var _ = NoGrad.open();
        Tensor diagonal = tensor.diagonal()) {
      diagonal.fill_(1);
    }
    return tensor;
  }

  /**
   * Makes the weights of a convolution pass as many channels through unchanged as there are.
   *
   * @param tensor [out, in, ...], with one to three axes of space
   * @return {@code tensor}
   * @throws ShapeException when it has not three to five axes
   */
  public static Tensor dirac_(Tensor tensor) {
    return dirac_(tensor, 1);
  }

  /**
   * Makes the weights of a convolution in groups pass channels through unchanged.
   *
   * @param tensor [out, in / groups, ...], with one to three axes of space
   * @param groups the number of groups, which divides the outputs
   * @return {@code tensor}
   * @throws ShapeException when it has not three to five axes, or the groups do not divide the
   *     outputs
   */
  public static Tensor dirac_(Tensor tensor, long groups) {
    int rank = tensor.rank();
    if (rank < 3 || rank > 5) {
      throw new ShapeException("dirac_: " + tensor.shape() + ": three to five axes");
    }
    if (groups < 1 || tensor.size(0) % groups != 0) {
      throw new ShapeException(
          "dirac_: " + tensor.shape() + ": " + groups + " groups: they divide the outputs");
    }
    zeros_(tensor);
    long outputs = tensor.size(0) / groups;
    long[] place = new long[rank];
    for (int axis = 2; axis < rank; axis++) {
      if (tensor.size(axis) == 0) {
        return tensor;
      }
      place[axis] = tensor.size(axis) / 2;
    }
    try (var _ = NoGrad.open()) {
      for (long group = 0; group < groups; group++) {
        for (long i = 0; i < Math.min(outputs, tensor.size(1)); i++) {
          place[0] = group * outputs + i;
          place[1] = i;
          tensor.set(1, place);
        }
      }
    }
    return tensor;
  }

  // ---- random values

  /**
   * Fills with numbers uniform over [low, high).
   *
   * @param tensor what is written
   * @param low the smallest number
   * @param high the bound above
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ArgumentException when the range is empty or not finite
   */
  public static Tensor uniform_(Tensor tensor, double low, double high, Generator generator) {
    if (!(low <= high && high - low < Double.POSITIVE_INFINITY)) {
      throw new ArgumentException("uniform_: from " + low + " to " + high + ": a finite range");
    }
    checkWritable("uniform_", tensor);
    Kernels.providerOf(tensor).random().uniform(tensor, low, high, generator);
    tensor.storage().bumpVersion();
    return tensor;
  }

  /**
   * Fills with numbers uniform over [low, high).
   *
   * @param tensor what is written
   * @param low the smallest number
   * @param high the bound above
   * @return {@code tensor}
   * @throws ArgumentException when the range is empty or not finite
   */
  public static Tensor uniform_(Tensor tensor, double low, double high) {
    return uniform_(tensor, low, high, Generator.shared());
  }

  /**
   * Fills with normally distributed numbers.
   *
   * @param tensor what is written
   * @param mean the mean
   * @param deviation the standard deviation, not negative
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ArgumentException when the deviation is negative or a number not finite
   */
  public static Tensor normal_(Tensor tensor, double mean, double deviation, Generator generator) {
    checkNormal("normal_", mean, deviation);
    checkWritable("normal_", tensor);
    Kernels.providerOf(tensor).random().normal(tensor, mean, deviation, generator);
    tensor.storage().bumpVersion();
    return tensor;
  }

  /**
   * Fills with normally distributed numbers.
   *
   * @param tensor what is written
   * @param mean the mean
   * @param deviation the standard deviation, not negative
   * @return {@code tensor}
   * @throws ArgumentException when the deviation is negative or a number not finite
   */
  public static Tensor normal_(Tensor tensor, double mean, double deviation) {
    return normal_(tensor, mean, deviation, Generator.shared());
  }

  private static void checkNormal(String operation, double mean, double deviation) {
    if (!(deviation >= 0 && deviation < Double.POSITIVE_INFINITY) || !Double.isFinite(mean)) {
      throw new ArgumentException(
          operation
              + ": mean "
              + mean
              + ", deviation "
              + deviation
              + ": finite, and no negative deviation");
    }
  }

  /**
   * Fills with normally distributed numbers, given that they lie in a range.
   *
   * @param tensor what is written
   * @param mean the mean before truncation
   * @param deviation the standard deviation before truncation, not negative
   * @param low the lower end of the range
   * @param high the upper end of the range
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ArgumentException when the range is empty, the deviation negative, or a number not
   *     finite
   */
  public static Tensor truncNormal_(
      Tensor tensor, double mean, double deviation, double low, double high, Generator generator) {
    checkNormal("trunc_normal_", mean, deviation);
    if (!(low < high)) {
      throw new ArgumentException(
          "trunc_normal_: from " + low + " to " + high + ": the range is empty");
    }
    checkWritable("trunc_normal_", tensor);
    try (var _ = Scope.open();
        var _ = NoGrad.open();
        var _ = Gatun.on(Device.CPU)) {
      Tensor uniform = Tensor.allocate(DType.FLOAT64, tensor.shape());
      Kernels.provider().random().uniform(uniform, 0, 1, generator);
      new TruncatedNormal(mean, deviation, low, high).transform(uniform);
      tensor.copy_(uniform);
    }
    return tensor;
  }

  /**
   * Fills with normally distributed numbers of mean 0 and deviation 1, given that they lie from -2
   * to 2.
   *
   * @param tensor what is written
   * @return {@code tensor}
   */
  public static Tensor truncNormal_(Tensor tensor) {
    return truncNormal_(tensor, 0, 1, -2, 2, Generator.shared());
  }

  // ---- scaled to the fans

  /**
   * Fills with uniform numbers whose variance keeps that of outputs and gradients level, after
   * Glorot and Bengio: bounds {@code gain * sqrt(6 / (fanIn + fanOut))}.
   *
   * @param tensor weights of at least two axes
   * @param gain the factor for the nonlinearity, see {@link Nonlinearity#gain}
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor xavierUniform_(Tensor tensor, double gain, Generator generator) {
    double bound = Math.sqrt(3) * xavierDeviation("xavier_uniform_", tensor, gain);
    return uniform_(tensor, -bound, bound, generator);
  }

  /**
   * As {@link #xavierUniform_(Tensor, double, Generator)}, with gain 1.
   *
   * @param tensor weights of at least two axes
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor xavierUniform_(Tensor tensor) {
    return xavierUniform_(tensor, 1, Generator.shared());
  }

  /**
   * Fills with normal numbers whose variance keeps that of outputs and gradients level, after
   * Glorot and Bengio: deviation {@code gain * sqrt(2 / (fanIn + fanOut))}.
   *
   * @param tensor weights of at least two axes
   * @param gain the factor for the nonlinearity, see {@link Nonlinearity#gain}
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor xavierNormal_(Tensor tensor, double gain, Generator generator) {
    return normal_(tensor, 0, xavierDeviation("xavier_normal_", tensor, gain), generator);
  }

  /**
   * As {@link #xavierNormal_(Tensor, double, Generator)}, with gain 1.
   *
   * @param tensor weights of at least two axes
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor xavierNormal_(Tensor tensor) {
    return xavierNormal_(tensor, 1, Generator.shared());
  }

  private static double xavierDeviation(String operation, Tensor tensor, double gain) {
    Fans fans = Fans.of(operation, tensor.shape());
    double sum = (double) fans.in() + fans.out();
    return sum == 0 ? 0 : gain * Math.sqrt(2 / sum);
  }

  /**
   * Fills with uniform numbers whose variance keeps that of outputs, or of gradients, level behind
   * a rectifier, after He and others: bounds {@code gain * sqrt(3 / fan)}.
   *
   * @param tensor weights of at least two axes
   * @param mode which fan
   * @param nonlinearity what follows the weights
   * @param parameter its parameter: the negative slope of a leaky rectifier; ignored by the others
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor kaimingUniform_(
      Tensor tensor,
      FanMode mode,
      Nonlinearity nonlinearity,
      double parameter,
      Generator generator) {
    double bound =
        Math.sqrt(3) * kaimingDeviation("kaiming_uniform_", tensor, mode, nonlinearity, parameter);
    return uniform_(tensor, -bound, bound, generator);
  }

  /**
   * As the method with all settings, for the fan-in and a rectifier.
   *
   * @param tensor weights of at least two axes
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor kaimingUniform_(Tensor tensor) {
    return kaimingUniform_(tensor, FanMode.FAN_IN, Nonlinearity.RELU, 0, Generator.shared());
  }

  /**
   * Fills with normal numbers whose variance keeps that of outputs, or of gradients, level behind a
   * rectifier, after He and others: deviation {@code gain / sqrt(fan)}.
   *
   * @param tensor weights of at least two axes
   * @param mode which fan
   * @param nonlinearity what follows the weights
   * @param parameter its parameter: the negative slope of a leaky rectifier; ignored by the others
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor kaimingNormal_(
      Tensor tensor,
      FanMode mode,
      Nonlinearity nonlinearity,
      double parameter,
      Generator generator) {
    double deviation = kaimingDeviation("kaiming_normal_", tensor, mode, nonlinearity, parameter);
    return normal_(tensor, 0, deviation, generator);
  }

  /**
   * As the method with all settings, for the fan-in and a rectifier.
   *
   * @param tensor weights of at least two axes
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor kaimingNormal_(Tensor tensor) {
    return kaimingNormal_(tensor, FanMode.FAN_IN, Nonlinearity.RELU, 0, Generator.shared());
  }

  private static double kaimingDeviation(
      String operation, Tensor tensor, FanMode mode, Nonlinearity nonlinearity, double parameter) {
    Fans fans = Fans.of(operation, tensor.shape());
    long fan = mode == FanMode.FAN_IN ? fans.in() : fans.out();
    return fan == 0 ? 0 : nonlinearity.gain(parameter) / Math.sqrt((double) fan);
  }

  // ---- structured

  /**
   * Fills with a random matrix whose rows, or columns where there are fewer of them, are
   * orthonormal, times the gain; after Saxe and others. Axes after the first count as columns.
   *
   * @param tensor weights of at least two axes
   * @param gain the length of those rows or columns
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes, or more elements than an array can
   *     hold
   */
  public static Tensor orthogonal_(Tensor tensor, double gain, Generator generator) {
    Shape shape = tensor.shape();
    if (shape.rank() < 2) {
      throw new ShapeException("orthogonal_: " + shape + ": at least two axes");
    }
    checkWritable("orthogonal_", tensor);
    if (shape.numel() == 0) {
      return tensor;
    }
    int rows = Math.toIntExact(shape.size(0));
    int columns = Math.toIntExact(shape.numel() / rows);
    try (var _ = Scope.open();
        var _ = NoGrad.open();
        var _ = Gatun.on(Device.CPU)) {
      Tensor normal = Tensor.allocate(DType.FLOAT64, shape);
      Kernels.provider().random().normal(normal, 0, 1, generator);
      double[] values = OrthogonalMatrix.from(normal.toDoubleArray(), rows, columns);
      for (int i = 0; i < values.length; i++) {
        DType.FLOAT64.setDouble(normal.segment(), (long) i << 3, gain * values[i]);
      }
      tensor.copy_(normal);
    }
    return tensor;
  }

  /**
   * As {@link #orthogonal_(Tensor, double, Generator)}, with gain 1.
   *
   * @param tensor weights of at least two axes
   * @return {@code tensor}
   * @throws ShapeException when there are fewer than two axes
   */
  public static Tensor orthogonal_(Tensor tensor) {
    return orthogonal_(tensor, 1, Generator.shared());
  }

  /**
   * Fills with normally distributed numbers of mean 0, then sets the same share of each column to
   * zero; after Martens.
   *
   * @param tensor a matrix
   * @param sparsity the share of zeros, from 0 to 1; their number is rounded up
   * @param deviation the standard deviation, not negative
   * @param generator where the randomness comes from
   * @return {@code tensor}
   * @throws ShapeException when it is not a matrix
   * @throws ArgumentException when the share or the deviation is out of range
   */
  public static Tensor sparse_(
      Tensor tensor, double sparsity, double deviation, Generator generator) {
    checkMatrix("sparse_", tensor);
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new ArgumentException("sparse_: sparsity " + sparsity + ": from 0 to 1");
    }
    normal_(tensor, 0, deviation, generator);
    long rows = tensor.size(0);
    long zeros = (long) Math.ceil(sparsity * rows);
    try (var _ = Scope.open();
        var _ = NoGrad.open();
        var _ = Gatun.on(Device.CPU)) {
      Tensor order = Tensor.allocate(DType.INT64, Shape.of(rows));
      for (long column = 0; column < tensor.size(1); column++) {
        Kernels.provider().random().permutation(order, generator);
        for (long i = 0; i < zeros; i++) {
          tensor.set(0, DType.INT64.getLong(order.segment(), i << 3), column);
        }
      }
    }
    return tensor;
  }

  // ---- checks

  private static void checkMatrix(String operation, Tensor tensor) {
    if (tensor.rank() != 2) {
      throw new ShapeException(operation + ": " + tensor.shape() + ": exactly two axes");
    }
  }

  private static void checkWritable(String operation, Tensor tensor) {
    tensor.checkOpen(operation);
    if (!tensor.dtype().isFloatingPoint()) {
      throw new DTypeException(
          operation + ": " + tensor.dtype() + ": the tensor is floating point");
    }
    if (tensor.storage().isReadOnly()) {
      throw new InPlaceException(operation + ": " + tensor.shape() + ": the memory is read-only");
    }
    if (tensor.layout().mayOverlapItself()) {
      throw new InPlaceException(
          operation + ": " + tensor.layout() + ": several elements share one address");
    }
  }
}
