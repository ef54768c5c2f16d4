package dev.gatun.nn.data;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.kernels.random.Generator;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.Scope;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the examples of a dataset out in batches, epoch after epoch.
 *
 * {@snippet :
 * void train(Dataset dataset, Consumer<Batch> step) {
 *   var loader = DataLoader.of(dataset, 64).shuffle(1);
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     loader.epoch(epoch).forEach(step); // each batch is closed after its step
 *   }
 * }
 * }
 *
 * <p><b>Order.</b> Without shuffling, batches are neighbouring examples, and views of the dataset
 * where it allows. With it, each epoch has an order that depends on the seed and on the number of
 * the epoch alone: any epoch can be repeated.
 *
 * <p><b>Ownership.</b> A batch belongs to the innermost scope of the thread at the time {@link
 * Iterator#next} is called; to keep memory flat call it in a scope opened for the step, or close
 * the batch, or use {@link Epoch#forEach}, which does that.
 *
 * <p>Loaders are immutable, but for {@link #iterator()}, which counts epochs, and may be used by
 * one thread at a time.
 */
public final class DataLoader implements Iterable<Batch> {
  private final Dataset dataset;
  private final long batchSize;
  private final boolean shuffle;
  private final long seed;
  private final boolean dropLast;
  private int nextEpoch;

  private DataLoader(
      Dataset dataset, long batchSize, boolean shuffle, long seed, boolean dropLast) {
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.seed = seed;
    this.dropLast = dropLast;
  }

  /**
   * Makes a loader that goes through a dataset in order, and hands out the smaller batch that may
   * be left over at the end.
   *
   * @param dataset where the examples are; it must stay open while the loader is used
   * @param batchSize how many examples a batch has
   * @return the loader
   * @throws ArgumentException when the batch size is not positive
   */
  public static DataLoader of(Dataset dataset, long batchSize) {
    if (batchSize < 1) {
      throw new ArgumentException("data loader: a batch size of " + batchSize + ": at least 1");
    }
    return new DataLoader(dataset, batchSize, false, 0, false);
  }

  /**
   * Returns a loader that goes through the dataset in random order.
   *
   * @param seed any number
   * @return a new loader
   */
  public DataLoader shuffle(long seed) {
    return new DataLoader(dataset, batchSize, true, seed, dropLast);
  }

  /**
   * Returns a loader that leaves a last batch of fewer examples out, or does not.
   *
   * @param dropLast whether to leave it out
   * @return a new loader
   */
  public DataLoader dropLast(boolean dropLast) {
    return new DataLoader(dataset, batchSize, shuffle, seed, dropLast);
  }

  /**
   * Returns the dataset.
   *
   * @return where the examples are
   */
  public Dataset dataset() {
    return dataset;
  }

  /**
   * Returns how many examples a batch has.
   *
   * @return the number; the last batch of an epoch may have fewer
   */
  public long batchSize() {
    return batchSize;
  }

  /**
   * Returns how many batches an epoch has.
   *
   * @return the number
   */
  public long batchCount() {
    long size = dataset.size();
    return size / batchSize + (!dropLast && size % batchSize != 0 ? 1 : 0);
  }

  /**
   * Returns how many examples an epoch has.
   *
   * @return the number; that of the dataset, unless a last batch is left out
   */
  public long exampleCount() {
    return dropLast ? dataset.size() / batchSize * batchSize : dataset.size();
  }

  /**
   * Returns one epoch.
   *
   * @param number which one, from 0
   * @return its batches; each iteration gives the same ones
   * @throws ArgumentException when the number is negative
   */
  public Epoch epoch(int number) {
    if (number < 0) {
      throw new ArgumentException("data loader: epoch " + number + ": epochs count from 0");
    }
    return new Epoch(number);
  }

  /**
   * Starts the next epoch: the first call starts epoch 0, the second one epoch 1.
   *
   * @return its batches
   */
  @Override
  public Iterator<Batch> iterator() {
    return epoch(nextEpoch++).iterator();
  }

  /**
   * Goes through the next epoch. Each batch is closed when the action returns, with everything that
   * the action made and did not keep.
   *
   * @param action what is done with each batch
   */
  @Override
  public void forEach(Consumer<? super Batch> action) {
    epoch(nextEpoch++).forEach(action);
  }

  /** One time through the dataset. */
  public final class Epoch implements Iterable<Batch> {
    private final int number;

    private Epoch(int number) {
      this.number = number;
    }

    @Override
    public Iterator<Batch> iterator() {
      return new Batches(order());
    }

    /**
     * Goes through the epoch. Each batch is closed when the action returns, with everything that
     * the action made and did not keep.
     *
     * @param action what is done with each batch
     */
    @Override
    public void forEach(Consumer<? super Batch> action) {
      try (Batches batches = new Batches(order())) {
        while (batches.hasNext()) {
          try (var _ = Scope.open()) {
            action.accept(batches.next());
          }
        }
      }
    }

    /** Returns the order of the examples, outside every scope; null for their own order. */
    private @Nullable Tensor order() {
      if (!shuffle) {
        return null;
      }
      // Epochs are 2^32 blocks of the random stream apart: none reaches the next one's.
      Generator generator = new Generator(seed);
      generator.setState(new Generator.State(seed, (long) number << 32));
      try (var _ = Scope.suspend()) {
        return Gatun.randperm(dataset.size(), generator);
      }
    }
  }

  /** The batches of one epoch that are left. */
  private final class Batches implements Iterator<Batch>, AutoCloseable {
    private final @Nullable Tensor order;
    private final long examples = exampleCount();
    private long position;

    Batches(@Nullable Tensor order) {
      this.order = order;
    }

    @Override
    public boolean hasNext() {
      return position < examples;
    }

    @Override
    public Batch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("data loader: the epoch has no more batches");
      }
      long length = Math.min(batchSize, examples - position);
      Batch batch = make(position, length);
      position += length;
      if (position >= examples) {
        close();
      }
      return batch;
    }

    private Batch make(long start, long length) {
      if (order == null) {
        return dataset.range(start, length);
      }
      try (Tensor index = order.narrow(0, start, length)) {
        return dataset.batch(index);
      }
    }

    @Override
    public void close() {
      if (order != null) {
        order.close();
      }
    }
  }
}
