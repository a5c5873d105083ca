package io.kiln.nn.data;

import io.kiln.nn.io.FormatException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.BitSet;
import java.util.List;

/**
 * Samples that are rows of a table, in memory as doubles and encoded when they are read: what is
 * standardised in double is rounded afterwards, and not at all in float64.
 *
 * <p>Shapes: input [features], target [] (a class index, or a number for regression).
 */
final class TabularDataset implements Shareable {
  private final SampleSpec spec;
  private final Table table;
  private final int[][] codes;
  private final int[] widths;
  private final double[] fill;
  private final double[] mean;
  private final double[] deviation;
  private final double[] targets;

  private TabularDataset(TableEncoding encoding, Table table, int[][] codes, double[] targets) {
    int classes = encoding.classNames().size();
    this.spec =
        new SampleSpec(
            List.of(Shape.of(encoding.width())),
            Shape.of(),
            classes,
            encoding.classNames(),
            encoding.scale());
    this.table = table;
    this.codes = codes;
    this.targets = targets;
    this.fill = array(encoding.fill());
    this.mean = array(encoding.normalization().mean());
    this.deviation = array(encoding.normalization().deviation());
    this.widths = new int[encoding.columns().size()];
    for (int i = 0; i < widths.length; i++) {
      List<String> texts = encoding.categories().get(encoding.columns().get(i));
      widths[i] = texts == null ? -1 : texts.size();
    }
  }

  /**
   * All rows of a table.
   *
   * @param codes for each column of texts, the place of each of the table's own codes
   * @param targets a class index or number a row
   * @throws FormatException if a number is beyond float32 once it is encoded
   */
  static TabularDataset of(TableEncoding encoding, Table table, int[][] codes, double[] targets)
      throws FormatException {
    TabularDataset data = new TabularDataset(encoding, table, codes, targets);
    double[] row = new double[encoding.width()];
    for (int i = 0; i < table.rows(); i++) {
      data.encode(i, row, 0);
      for (double x : row) {
        if (!Float.isFinite((float) x)) {
          throw new FormatException(
              table.path(),
              -1,
              "row "
                  + table.place(i)
                  + " (from 1, without the header) has a number that encodes to "
                  + x
                  + ", which is beyond float32; correct it, scale its column or drop it");
        }
      }
    }
    return data;
  }

  private TabularDataset(TabularDataset whole, Table table) {
    this.spec = whole.spec;
    this.table = table;
    this.codes = whole.codes;
    this.widths = whole.widths;
    this.fill = whole.fill;
    this.mean = whole.mean;
    this.deviation = whole.deviation;
    this.targets = whole.targets;
  }

  @Override
  public long bytes() {
    return table.bytes();
  }

  @Override
  public Dataset share(BitSet samples) {
    return new TabularDataset(this, table.share(samples));
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(x -> x).toArray();
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
    int to = x.offset() + row * mean.length;
    if (x.dtype() == DType.FLOAT32) {
      encode(index, x.floats(), to);
    } else {
      encode(index, x.doubles(), to);
    }
    readTarget(index, batch.target(), row);
  }

  @Override
  public void readTarget(int index, Tensor all, int row) {
    all.set(row, targets[index]);
  }

  private void encode(int index, double[] out, int to) {
    int at = 0;
    for (int column = 0; column < widths.length; column++) {
      double value = table.feature(index, column);
      if (widths[column] < 0) {
        double x = Double.isNaN(value) ? fill[column] : value;
        out[to + at] = (x - mean[at]) / deviation[at];
        at++;
      } else {
        int place = Double.isNaN(value) ? -1 : codes[column][(int) value];
        for (int i = 0; i < widths[column]; i++, at++) {
          out[to + at] = ((i == place ? 1 : 0) - mean[at]) / deviation[at];
        }
      }
    }
  }

  private void encode(int index, float[] out, int to) {
    int at = 0;
    for (int column = 0; column < widths.length; column++) {
      double value = table.feature(index, column);
      if (widths[column] < 0) {
        double x = Double.isNaN(value) ? fill[column] : value;
        out[to + at] = (float) ((x - mean[at]) / deviation[at]);
        at++;
      } else {
        int place = Double.isNaN(value) ? -1 : codes[column][(int) value];
        for (int i = 0; i < widths[column]; i++, at++) {
          out[to + at] = (float) (((i == place ? 1 : 0) - mean[at]) / deviation[at]);
        }
      }
    }
  }
}
