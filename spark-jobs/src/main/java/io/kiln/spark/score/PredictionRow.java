package io.kiln.spark.score;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** Writes answers as a row of Spark's own, always the same one. One thread's. */
public final class PredictionRow {
  private final Predictions predictions;
  private final SpecificInternalRow row;
  private final DataType id;
  private final boolean classifies;
  private final boolean whole;
  private final int[] wholeLabels;
  private final UTF8String[] labels;
  private final int width;

  /** A row with the columns of {@link Predictions#schema}. */
  public PredictionRow(Predictions predictions, DataType id) {
    this.predictions = predictions;
    this.row = new SpecificInternalRow(predictions.schema(id));
    this.id = id;
    this.classifies = predictions.reading().classifies();
    this.width = predictions.reading().width();
    this.whole = predictions.whole();
    int classes = classifies ? width : 0;
    this.wholeLabels = new int[classes];
    this.labels = new UTF8String[classes];
    for (int j = 0; j < classes; j++) {
      labels[j] = UTF8String.fromString(predictions.label(j));
      wholeLabels[j] = whole ? Integer.parseInt(predictions.label(j)) : 0;
    }
  }

  /** The row of an answer; valid until the next. */
  public InternalRow of(Answer answer) {
    if (id.equals(DataTypes.StringType)) {
      row.update(0, UTF8String.fromString(answer.id()));
    } else {
      place(Long.parseLong(answer.id()));
    }
    return numbers(answer.step(), answer.numbers(), 0);
  }

  /**
   * The row of an answer whose id is a number; valid until the next.
   *
   * @param numbers of which {@code width} from {@code from} on are the answer's
   */
  InternalRow of(long place, int step, double[] numbers, int from) {
    place(place);
    return numbers(step, numbers, from);
  }

  private void place(long place) {
    if (id.equals(DataTypes.LongType)) {
      row.setLong(0, place);
    } else {
      row.setInt(0, (int) place);
    }
  }

  private InternalRow numbers(int step, double[] numbers, int from) {
    int at = 1;
    if (predictions.steps()) {
      row.setInt(at++, step + 1);
    }
    if (!classifies) {
      for (int j = 0; j < width; j++) {
        row.setDouble(at++, numbers[from + j]);
      }
      return row;
    }
    int best = Answer.best(numbers, from, width);
    if (whole) {
      row.setInt(at++, wholeLabels[best]);
    } else {
      row.update(at++, labels[best]);
    }
    int named = predictions.named();
    if (named > 0) {
      double[] own = Arrays.copyOfRange(numbers, from, from + width);
      int[] top = new Answer("", step, own).top(named);
      Object[] names = new Object[named];
      double[] probabilities = new double[named];
      for (int k = 0; k < named; k++) {
        names[k] = UTF8String.fromString(predictions.name(top[k]));
        probabilities[k] = own[top[k]];
      }
      row.update(at++, new GenericArrayData(names));
      row.update(at++, UnsafeArrayData.fromPrimitiveArray(probabilities));
    }
    if (predictions.allProbabilities()) {
      row.update(
          at, UnsafeArrayData.fromPrimitiveArray(Arrays.copyOfRange(numbers, from, from + width)));
    }
    return row;
  }
}
