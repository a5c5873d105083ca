package io.kiln.nn.train;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/** Samples that are the rows of a tensor, with class indices. */
record TensorData(SampleSpec spec, Tensor x, int[] labels) implements Dataset {
  /** Normally distributed samples around 3 with random classes. */
  static TensorData random(int n, Shape sample, int classes, DType dtype) {
    Tensor x = Tensor.zeros(sample.batch(n), dtype);
    CounterRng rng = CounterRng.of(5);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, 3 + 2 * rng.normal(i));
    }
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = rng.fork(1).integer(i, classes);
    }
    return new TensorData(SampleSpec.classification(sample, classes), x, labels);
  }

  /** The first n. */
  TensorData first(int n) {
    return new TensorData(spec, x.rows(0, n), java.util.Arrays.copyOf(labels, n));
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public void read(int index, Batch batch, int row) {
    int width = x.count() / labels.length;
    for (int i = 0; i < width; i++) {
      batch.input(0).set(row * width + i, x.get(index * width + i));
    }
    batch.target().set(row, labels[index]);
  }
}
