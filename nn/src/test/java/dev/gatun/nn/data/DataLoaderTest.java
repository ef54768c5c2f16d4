package dev.gatun.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.autograd.Gatun;
import dev.gatun.autograd.Tensor;
import dev.gatun.memory.ArgumentException;
import dev.gatun.memory.IndexRangeException;
import dev.gatun.memory.MemoryPool;
import dev.gatun.memory.Scope;
import dev.gatun.memory.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DataLoaderTest {
  private Scope scope;
  private TensorDataset dataset;

  @BeforeEach
  void open() {
    scope = Scope.open();
    Tensor inputs = Gatun.arange(20.0).reshape(10, 2);
    dataset = TensorDataset.of(inputs, Gatun.arange(10));
  }

  @AfterEach
  void close() {
    dataset.close();
    scope.close();
  }

  private static List<Long> targets(Iterable<Batch> batches) {
    List<Long> targets = new ArrayList<>();
    for (Batch batch : batches) {
      double[] inputs = batch.inputs().toDoubleArray();
      long[] numbers = batch.targets().toLongArray();
      for (int i = 0; i < numbers.length; i++) {
        assertEquals(2 * numbers[i], inputs[2 * i]);
        assertEquals(2 * numbers[i] + 1, inputs[2 * i + 1]);
        targets.add(numbers[i]);
      }
    }
    return targets;
  }

  @Test
  void inOrderBatchesAreViews() {
    DataLoader loader = DataLoader.of(dataset, 4);
    assertEquals(3, loader.batchCount());
    assertEquals(10, loader.exampleCount());
    Iterator<Batch> batches = loader.iterator();
    Batch first = batches.next();
    assertSame(dataset.inputs().storage(), first.inputs().storage());
    assertEquals(4, first.size());
    batches.next();
    assertEquals(2, batches.next().size());
    assertFalse(batches.hasNext());
    assertThrows(NoSuchElementException.class, batches::next);
  }

  @Test
  void theLastBatchMayBeDropped() {
    DataLoader loader = DataLoader.of(dataset, 4).dropLast(true);
    assertEquals(2, loader.batchCount());
    assertEquals(8, loader.exampleCount());
    assertEquals(8, targets(loader).size());
    assertEquals(0, targets(DataLoader.of(dataset, 11).dropLast(true)).size());
  }

  @Test
  void shuffledEpochsAreCompleteAndRepeatable() {
    DataLoader loader = DataLoader.of(dataset, 3).shuffle(7);
    List<Long> zero = targets(loader.epoch(0));
    List<Long> one = targets(loader.epoch(1));
    assertEquals(10, new TreeSet<>(zero).size());
    assertNotEquals(zero, one);
    assertEquals(zero, targets(loader.epoch(0)));
    assertEquals(one, targets(DataLoader.of(dataset, 5).shuffle(7).epoch(1)));
    assertEquals(zero, targets(loader));
    assertEquals(one, targets(loader));
    assertNotEquals(zero, targets(DataLoader.of(dataset, 3).shuffle(8).epoch(0)));
    Batch batch = loader.epoch(0).iterator().next();
    assertNotSame(dataset.inputs().storage(), batch.inputs().storage());
  }

  @Test
  void forEachLeavesNothingBehind() {
    DataLoader loader = DataLoader.of(dataset, 3).shuffle(7);
    long before = MemoryPool.shared().inUseBytes();
    List<Batch> seen = new ArrayList<>();
    loader.forEach(batch -> {
      batch.inputs().mul(2);
      seen.add(batch);
    });
    assertEquals(4, seen.size());
    assertTrue(seen.stream().allMatch(batch -> batch.inputs().isClosed()));
    assertEquals(before, MemoryPool.shared().inUseBytes());
  }

  @Test
  void badArgumentsAreRefused() {
    assertThrows(ArgumentException.class, () -> DataLoader.of(dataset, 0));
    DataLoader loader = DataLoader.of(dataset, 1);
    assertThrows(ArgumentException.class, () -> loader.epoch(-1));
    assertThrows(IndexRangeException.class, () -> dataset.range(8, 3));
    assertThrows(IndexRangeException.class, () -> dataset.batch(Gatun.tensor(10L)));
    Tensor three = Gatun.zeros(3, 1);
    Tensor four = Gatun.zeros(4);
    Tensor scalar = Gatun.scalar(1.0);
    assertThrows(ShapeException.class, () -> TensorDataset.of(three, four));
    assertThrows(ShapeException.class, () -> TensorDataset.of(scalar, four));
  }

  @Test
  void datasetsOutliveTheTensorsTheyShare() {
    TensorDataset shared;
    try (Scope inner = Scope.open()) {
      Tensor x = Gatun.arange(4);
      shared = TensorDataset.of(x, x);
      x.fill_(3);
      assertEquals(1, inner.size());
    }
    assertArrayEquals(new long[] {3, 3}, shared.range(1, 2).inputs().toLongArray());
    shared.close();
  }

  @Test
  void randomPartsAreDisjointAndComplete() {
    List<Subset> parts = Split.random(dataset, 3, 0.8, 0.2);
    assertEquals(8, parts.get(0).size());
    assertEquals(2, parts.get(1).size());
    TreeSet<Long> all = new TreeSet<>(targets(DataLoader.of(parts.get(0), 3)));
    all.addAll(targets(DataLoader.of(parts.get(1), 3).shuffle(1)));
    assertEquals(10, all.size());
    List<Subset> again = Split.random(dataset, 3, 0.8, 0.2);
    assertArrayEquals(parts.get(1).index().toLongArray(), again.get(1).index().toLongArray());
    assertEquals(5, Split.random(dataset, 3, 0.5).getFirst().size());
    assertThrows(ArgumentException.class, () -> Split.random(dataset, 3, 0.8, 0.3));
    assertThrows(ArgumentException.class, () -> Split.random(dataset, 3, 1.1, -0.1));
    assertThrows(IndexRangeException.class, () -> Subset.of(dataset, 10));
    assertThrows(IndexRangeException.class, () -> parts.get(1).range(1, 2));
  }

  @Test
  void stratifiedPartsHaveTheSharesOfTheWhole() {
    int count = 400;
    long[] labels = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 4 == 0 ? 1 : i % 40 == 1 ? 2 : 0;
    }
    Tensor classes = Gatun.tensor(labels);
    TensorDataset labelled = TensorDataset.of(Gatun.arange(count), classes);
    List<Subset> parts = Split.stratified(labelled, classes, 5, 0.75, 0.25);
    assertEquals(300, parts.get(0).size());
    assertEquals(100, parts.get(1).size());
    long[] test = parts.get(1).range(0, 100).targets().toLongArray();
    long ones = Arrays.stream(test).filter(label -> label == 1).count();
    long twos = Arrays.stream(test).filter(label -> label == 2).count();
    assertEquals(25, ones, 1);
    assertEquals(2.5, twos, 1);
    TreeSet<Long> all = new TreeSet<>();
    for (Subset part : parts) {
      for (long example : part.index().toLongArray()) {
        all.add(example);
      }
    }
    assertEquals(count, all.size());
    assertThrows(ShapeException.class, () -> Split.stratified(labelled, Gatun.arange(3), 5, 0.5));
  }

  @Test
  void rangesOfOtherDatasetsAreGathered() {
    Dataset squares =
        new Dataset() {
          @Override
          public long size() {
            return 6;
          }

          @Override
          public Batch batch(Tensor index) {
            return new Batch(index.mul(index), index.add(0L));
          }
        };
    Batch batch = squares.range(2, 3);
    assertArrayEquals(new long[] {4, 9, 16}, batch.inputs().toLongArray());
    assertArrayEquals(new long[] {2, 3, 4}, batch.targets().toLongArray());
    assertThrows(IndexRangeException.class, () -> squares.range(4, 3));
  }
}
