package dev.gatun.autograd;

import dev.gatun.kernels.Kernels;
import dev.gatun.kernels.random.Generator;
import dev.gatun.kernels.random.RandomKernels;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.DType;
import dev.gatun.memory.DTypeException;
import dev.gatun.memory.Placement;

/**
 * Random numbers in place of the elements. They depend on the generator, the shape and the type
 * alone, not on the layout or the number of threads. No gradient flows to what was overwritten.
 *
 * <p>Implemented by {@link Tensor} alone.
 */
public interface RandomFills {
  /**
   * Returns the tensor that these operations work on.
   *
   * @return this tensor
   */
  Tensor self();

  private static RandomKernels kernels() {
    return Kernels.provider().random();
  }

  private static void checkFloating(String operation, Tensor x) {
    if (!x.dtype().isFloatingPoint()) {
      throw new DTypeException(operation + ": " + x.describe() + ": the tensor is floating point");
    }
  }

  private static void checkHolds(DType dtype, long value) {
    Scalars.checkFits("random_", dtype, value);
    if (dtype == DType.BOOL && (value < 0 || value > 1)) {
      throw new ArgumentException("random_: " + value + " for bool: 0 or 1");
    }
  }

  /** Overwrites all elements, of which a graph takes note as it does of a constant. */
  private static Tensor overwrite(String operation, Tensor x, Runnable write) {
    x.checkInPlace(operation, false);
    if (x.isPartOfGraph() && GradientMode.isEnabled()) {
      x.zero_();
    }
    if (Placement.devicesInUse()) {
      Devices.at(
          x,
          () -> {
            write.run();
            return x;
          });
    } else {
      write.run();
    }
    x.storage().bumpVersion();
    return x;
  }

  /**
   * Fills with numbers that are uniformly distributed over {@code [low, high)}.
   *
   * @param low the smallest number
   * @param high the bound above
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the range is empty or not finite
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor uniform_(double low, double high, Generator generator) {
    checkFloating("uniform_", self());
    if (!(high >= low && high - low < Double.POSITIVE_INFINITY)) {
      throw new ArgumentException("uniform_: from " + low + " to " + high + ": a finite range");
    }
    Tensor x = self();
    return overwrite("uniform_", x, () -> kernels().uniform(x, low, high, generator));
  }

  /**
   * As {@link #uniform_(double, double, Generator)}, with the shared random numbers.
   *
   * @param low the smallest number
   * @param high the bound above
   * @return this tensor
   * @throws ArgumentException when the range is empty or not finite
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor uniform_(double low, double high) {
    return uniform_(low, high, Generator.shared());
  }

  /**
   * Fills with numbers that are uniformly distributed over {@code [0, 1)}.
   *
   * @return this tensor
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor uniform_() {
    return uniform_(0, 1);
  }

  /**
   * Fills with normally distributed numbers.
   *
   * @param mean the mean
   * @param standardDeviation the standard deviation, not negative
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the deviation is negative
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor normal_(double mean, double standardDeviation, Generator generator) {
    checkFloating("normal_", self());
    if (!(standardDeviation >= 0)) {
      throw new ArgumentException(
          "normal_: deviation " + standardDeviation + ": it is not negative");
    }
    Tensor x = self();
    return overwrite("normal_", x, () -> kernels().normal(x, mean, standardDeviation, generator));
  }

  /**
   * As {@link #normal_(double, double, Generator)}, with the shared random numbers.
   *
   * @param mean the mean
   * @param standardDeviation the standard deviation, not negative
   * @return this tensor
   * @throws ArgumentException when the deviation is negative
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor normal_(double mean, double standardDeviation) {
    return normal_(mean, standardDeviation, Generator.shared());
  }

  /**
   * Fills with normally distributed numbers, mean 0 and deviation 1.
   *
   * @return this tensor
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor normal_() {
    return normal_(0, 1);
  }

  /**
   * Fills with numbers whose logarithms are normally distributed.
   *
   * @param mean the mean of the logarithms
   * @param standardDeviation the standard deviation of the logarithms, positive
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the deviation is not positive
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logNormal_(double mean, double standardDeviation, Generator generator) {
    checkFloating("log_normal_", self());
    if (!(standardDeviation > 0)) {
      throw new ArgumentException("log_normal_: deviation " + standardDeviation + ": positive");
    }
    Tensor x = self();
    return overwrite(
        "log_normal_",
        x,
        () -> {
          try (Tensor drawn = Tensor.allocate(x.dtype(), x.shape())) {
            kernels().normal(drawn, mean, standardDeviation, generator);
            Exponentials.EXP.applyInPlace(new Tensor[] {drawn}, 0, 0);
            Kernels.provider().indexing().copy(x, drawn);
          }
        });
  }

  /**
   * As {@link #logNormal_(double, double, Generator)}, with the shared random numbers.
   *
   * @param mean the mean of the logarithms
   * @param standardDeviation the standard deviation of the logarithms, positive
   * @return this tensor
   * @throws ArgumentException when the deviation is not positive
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor logNormal_(double mean, double standardDeviation) {
    return logNormal_(mean, standardDeviation, Generator.shared());
  }

  /**
   * Fills with exponentially distributed numbers.
   *
   * @param rate the inverse of the mean, positive
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the rate is not positive
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor exponential_(double rate, Generator generator) {
    checkFloating("exponential_", self());
    if (!(rate > 0)) {
      throw new ArgumentException("exponential_: rate " + rate + ": it is positive");
    }
    Tensor x = self();
    return overwrite("exponential_", x, () -> kernels().exponential(x, rate, generator));
  }

  /**
   * As {@link #exponential_(double, Generator)}, with the shared random numbers.
   *
   * @param rate the inverse of the mean, positive
   * @return this tensor
   * @throws ArgumentException when the rate is not positive
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor exponential_(double rate) {
    return exponential_(rate, Generator.shared());
  }

  /**
   * Fills with exponentially distributed numbers of mean 1.
   *
   * @return this tensor
   * @throws DTypeException when this tensor is not floating point
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor exponential_() {
    return exponential_(1);
  }

  /**
   * Fills with ones and zeros.
   *
   * @param probability the probability of 1
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the probability is not within 0 to 1
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bernoulli_(double probability, Generator generator) {
    checkProbability("bernoulli_", probability);
    Tensor x = self();
    return overwrite("bernoulli_", x, () -> kernels().bernoulli(x, probability, generator));
  }

  /**
   * As {@link #bernoulli_(double, Generator)}, with the shared random numbers.
   *
   * @param probability the probability of 1
   * @return this tensor
   * @throws ArgumentException when the probability is not within 0 to 1
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bernoulli_(double probability) {
    return bernoulli_(probability, Generator.shared());
  }

  private static void checkProbability(String operation, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new ArgumentException(
          operation + ": probability " + probability + ": it is within 0 to 1");
    }
  }

  /**
   * Fills with ones and zeros, each by its own probability.
   *
   * @param probabilities the probabilities of 1, floating point; broadcast to this shape
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the probabilities do not broadcast to this shape
   * @throws DTypeException when the probabilities are not floating point
   * @throws ArgumentException when a probability is not within 0 to 1
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bernoulli_(Tensor probabilities, Generator generator) {
    Tensor x = self();
    probabilities.checkOpen("bernoulli_");
    checkFloating("bernoulli_", probabilities);
    try (NoGrad off = NoGrad.open()) {
      Tensor chances = probabilities.detach();
      Tensor within = chances.ge(0).logicalAnd(chances.le(1));
      if (within.all().item() == 0) {
        throw new ArgumentException("bernoulli_: the probabilities are within 0 to 1");
      }
      Tensor wide = chances.to(DType.FLOAT64).broadcastTo(x.shape());
      Tensor drawn = Devices.at(x, () -> Gatun.rand(DType.FLOAT64, x.shape(), generator)).lt(wide);
      return overwrite("bernoulli_", x, () -> Kernels.provider().indexing().copy(x, drawn));
    }
  }

  /**
   * As {@link #bernoulli_(Tensor, Generator)}, with the shared random numbers.
   *
   * @param probabilities the probabilities of 1, floating point; broadcast to this shape
   * @return this tensor
   * @throws dev.gatun.memory.ShapeException when the probabilities do not broadcast to this shape
   * @throws DTypeException when the probabilities are not floating point
   * @throws ArgumentException when a probability is not within 0 to 1
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor bernoulli_(Tensor probabilities) {
    return bernoulli_(probabilities, Generator.shared());
  }

  /**
   * Draws ones and zeros with these elements as the probabilities of 1.
   *
   * @param generator where the randomness comes from
   * @return a new tensor of this shape and type
   * @throws DTypeException when this tensor is not floating point
   * @throws ArgumentException when a probability is not within 0 to 1
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor bernoulli(Generator generator) {
    Tensor x = self();
    x.checkOpen("bernoulli");
    return Gatun.emptyLike(x).bernoulli_(x, generator);
  }

  /**
   * As {@link #bernoulli(Generator)}, with the shared random numbers.
   *
   * @return a new tensor of this shape and type
   * @throws DTypeException when this tensor is not floating point
   * @throws ArgumentException when a probability is not within 0 to 1
   * @throws dev.gatun.memory.ClosedTensorException when this tensor is closed
   */
  default Tensor bernoulli() {
    return bernoulli(Generator.shared());
  }

  /**
   * Fills with integers that are uniformly distributed over {@code low} to {@code high}.
   *
   * @param low the smallest
   * @param high the bound above, not included
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws ArgumentException when the range is empty, or the type, an integral one, does not hold
   *     it
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor random_(long low, long high, Generator generator) {
    if (high <= low) {
      throw new ArgumentException("random_: from " + low + " to " + high + ": the range is empty");
    }
    checkHolds(self().dtype(), low);
    checkHolds(self().dtype(), high - 1);
    Tensor x = self();
    return overwrite("random_", x, () -> kernels().integers(x, low, high, generator));
  }

  /**
   * As {@link #random_(long, long, Generator)}, with the shared random numbers.
   *
   * @param low the smallest
   * @param high the bound above, not included
   * @return this tensor
   * @throws ArgumentException when the range is empty, or the type, an integral one, does not hold
   *     it
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor random_(long low, long high) {
    return random_(low, high, Generator.shared());
  }

  /**
   * Fills with integers from 0 that are uniformly distributed: over all that are not negative of an
   * integral type, over those that a floating-point type holds one by one, over 0 and 1 of bool.
   *
   * @param generator where the randomness comes from
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor random_(Generator generator) {
    long bound =
        switch (self().dtype()) {
          case BOOL -> 2;
          case UINT8 -> 1L << 8;
          case INT8 -> 1L << 7;
          case INT16 -> 1L << 15;
          case INT32 -> 1L << 31;
          case INT64 -> Long.MAX_VALUE;
          case FLOAT16 -> (1L << 11) + 1;
          case BFLOAT16 -> (1L << 8) + 1;
          case FLOAT32 -> (1L << 24) + 1;
          case FLOAT64 -> (1L << 53) + 1;
        };
    Tensor x = self();
    return overwrite("random_", x, () -> kernels().integers(x, 0, bound, generator));
  }

  /**
   * As {@link #random_(Generator)}, with the shared random numbers.
   *
   * @return this tensor
   * @throws dev.gatun.memory.InPlaceException when the write would spoil a gradient or the memory
   *     cannot be written
   */
  default Tensor random_() {
    return random_(Generator.shared());
  }
}
