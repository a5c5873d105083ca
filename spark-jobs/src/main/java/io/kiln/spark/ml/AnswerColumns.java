package io.kiln.spark.ml;

import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.model.OutputReading;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;

/**
 * The columns that a model appends to each row.
 *
 * @param kinds of the columns, in their order
 * @param thresholds of the classes, or none
 */
record AnswerColumns(ArrayList<Kind> kinds, ArrayList<Double> thresholds) implements Serializable {
  /** What a column has. */
  enum Kind {
    /** A vector of raw predictions. */
    RAW,
    /** A vector of probabilities. */
    PROBABILITY,
    /** A class, as a double. */
    CLASS,
    /** The only number of a regression. */
    NUMBER,
    /** All numbers of a regression, a vector. */
    NUMBERS
  }

  static AnswerColumns of(List<Kind> kinds, List<Double> thresholds) {
    return new AnswerColumns(new ArrayList<>(kinds), new ArrayList<>(thresholds));
  }

  /** The cells of one row, as Spark keeps them. */
  InternalRow cells(OutputReading reading, Tensor outputs, int row) {
    Object[] cells = new Object[kinds.size()];
    double[] raw = Scores.raw(reading, outputs, row);
    double[] probabilities = raw;
    if (!thresholds.isEmpty() || kinds.contains(Kind.PROBABILITY)) {
      probabilities = raw.clone();
      Scores.probabilities(reading.kind(), probabilities);
    }
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          switch (kinds.get(i)) {
            case RAW, NUMBERS -> vector(raw);
            case PROBABILITY -> vector(probabilities);
            case NUMBER -> raw[0];
            case CLASS -> (double) best(raw, probabilities);
          };
    }
    return new GenericInternalRow(cells);
  }

  private int best(double[] raw, double[] probabilities) {
    return thresholds.isEmpty() ? Scores.greatest(raw) : Scores.greatest(probabilities, thresholds);
  }

  /** A dense vector is (1, null, null, values). */
  private static InternalRow vector(double[] values) {
    return new GenericInternalRow(
        new Object[] {(byte) 1, null, null, UnsafeArrayData.fromPrimitiveArray(values)});
  }
}
