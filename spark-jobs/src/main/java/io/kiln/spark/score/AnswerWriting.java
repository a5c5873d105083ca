package io.kiln.spark.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * How an answer becomes a row of Parquet, with the columns of {@link Predictions#schema}. Spark's
 * own way there copies every row and asks for each cell through four objects, which takes a network
 * of some thousand products longer than its answer does.
 */
final class AnswerWriting extends WriteSupport<Answered> {
  private final Predictions predictions;
  private final MessageType columns;
  private final Map<String, String> extra;
  private final boolean text;
  private final boolean wide;
  private final boolean classifies;
  private final boolean whole;
  private final int width;
  private final int[] wholeLabels;
  private final Binary[] labels;
  private @Nullable RecordConsumer consumer;

  /**
   * Rows of answers.
   *
   * @param columns the same as {@link Predictions#schema}, in Parquet's words
   * @param extra what the file says of itself beside its rows
   * @param id the type of ids
   */
  AnswerWriting(
      Predictions predictions, MessageType columns, Map<String, String> extra, DataType id) {
    this.predictions = predictions;
    this.columns = columns;
    this.extra = extra;
    this.text = id.equals(DataTypes.StringType);
    this.wide = id.equals(DataTypes.LongType);
    this.classifies = predictions.reading().classifies();
    this.width = predictions.reading().width();
    this.whole = predictions.whole();
    int classes = classifies ? width : 0;
    this.wholeLabels = new int[classes];
    this.labels = new Binary[classes];
    for (int j = 0; j < classes; j++) {
      labels[j] = Binary.fromString(predictions.label(j));
      wholeLabels[j] = whole ? Integer.parseInt(predictions.label(j)) : 0;
    }
  }

  @Override
  @SuppressWarnings("deprecation") // it is abstract all the same
  public WriteContext init(Configuration configuration) {
    return new WriteContext(columns, extra);
  }

  @Override
  public void prepareForWrite(RecordConsumer records) {
    this.consumer = records;
  }

  @Override
  public void write(Answered answer) {
    RecordConsumer out = Objects.requireNonNull(consumer);
    out.startMessage();
    int column = 0;
    start(out, column);
    try {
      id(out, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end(out, column++);
    if (predictions.steps()) {
      start(out, column);
      out.addInteger(answer.step() + 1);
      end(out, column++);
    }
    if (classifies) {
      category(out, answer, column);
    } else {
      for (int j = 0; j < width; j++) {
        start(out, column);
        out.addDouble(answer.numbers()[answer.from() + j]);
        end(out, column++);
      }
    }
    out.endMessage();
  }

  private void id(RecordConsumer out, Answered answer) throws IOException {
    if (text) {
      out.addBinary(Binary.fromString(answer.id()));
    } else if (wide) {
      out.addLong(answer.place());
    } else {
      out.addInteger((int) answer.place());
    }
  }

  private void category(RecordConsumer out, Answered answer, int first) {
    int column = first;
    double[] numbers = answer.numbers();
    int from = answer.from();
    int best = Answer.best(numbers, from, width);
    start(out, column);
    if (whole) {
      out.addInteger(wholeLabels[best]);
    } else {
      out.addBinary(labels[best]);
    }
    end(out, column++);
    int named = predictions.named();
    if (named > 0) {
      double[] own = Arrays.copyOfRange(numbers, from, from + width);
      int[] top = new Answer("", answer.step(), own).top(named);
      list(out, column++, named, k -> out.addBinary(Binary.fromString(predictions.name(top[k]))));
      list(out, column++, named, k -> out.addDouble(own[top[k]]));
    }
    if (predictions.allProbabilities()) {
      list(out, column, width, k -> out.addDouble(numbers[from + k]));
    }
  }

  private interface Cell {
    void add(int k);
  }

  /** A list of Parquet's: a group that is repeated, of one cell each. */
  private void list(RecordConsumer out, int column, int count, Cell cell) {
    start(out, column);
    out.startGroup();
    out.startField("list", 0);
    for (int k = 0; k < count; k++) {
      out.startGroup();
      out.startField("element", 0);
      cell.add(k);
      out.endField("element", 0);
      out.endGroup();
    }
    out.endField("list", 0);
    out.endGroup();
    end(out, column);
  }

  private void start(RecordConsumer out, int column) {
    out.startField(columns.getFieldName(column), column);
  }

  private void end(RecordConsumer out, int column) {
    out.endField(columns.getFieldName(column), column);
  }
}
