package io.kiln.nn.data;

import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Samples that are rows of numbers, in arrays of a program.
 *
 * <p>Shapes: input [features], target [] (a class index, or a number for regression).
 */
public final class ArrayDataset implements Dataset {
  private final SampleSpec spec;
  private final float[] features;
  private final float[] targets;
  private final int columns;

  private ArrayDataset(SampleSpec spec, float[] features, float[] targets) {
    this.spec = spec;
    this.features = features;
    this.targets = targets;
    this.columns = spec.inputs().get(0).count();
    if ((long) columns * targets.length != features.length) {
      throw new IllegalArgumentException(
          "table: "
              + features.length
              + " features and "
              + targets.length
              + " targets came but a row has "
              + columns
              + " features");
    }
  }

  /** Rows of a classification; the arrays are shared, classes are 0 … classes − 1. */
  public static ArrayDataset classification(
      int columns, float[] features, float[] targets, int classes, List<String> classNames) {
    for (float target : targets) {
      if (!(target >= 0 && target < classes && target == Math.rint(target))) {
        throw new IllegalArgumentException(
            "table: class " + target + " came but classes are 0 to " + (classes - 1));
      }
    }
    SampleSpec spec = new SampleSpec(List.of(Shape.of(columns)), Shape.of(), classes, classNames);
    return new ArrayDataset(spec, features, targets);
  }

  /** Rows of a regression; the arrays are shared. */
  public static ArrayDataset regression(int columns, float[] features, float[] targets) {
    return regression(columns, features, targets, TargetScale.NONE);
  }

  /** Rows of a regression whose targets are scaled already; the arrays are shared. */
  public static ArrayDataset regression(
      int columns, float[] features, float[] targets, TargetScale scale) {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(columns)), Shape.of(), 0, List.of(), scale);
    return new ArrayDataset(spec, features, targets);
  }

  @Override
  public int size() {
    return targets.length;
  }

  @Override
  public SampleSpec spec() {
    return spec;
  }

  @Override
  public void read(int index, Batch batch, int row) {
    Tensor x = batch.input(0);
    int from = index * columns;
    int to = x.offset() + row * columns;
    if (x.dtype() == DType.FLOAT32) {
      System.arraycopy(features, from, x.floats(), to, columns);
    } else {
      double[] out = x.doubles();
      for (int i = 0; i < columns; i++) {
        out[to + i] = features[from + i];
      }
    }
    readTarget(index, batch.target(), row);
  }

  @Override
  public void readTarget(int index, Tensor all, int row) {
    all.set(row, targets[index]);
  }
}
