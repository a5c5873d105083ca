package io.kiln.spark.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

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
  private RecordConsumer out;

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
  public WriteContext init(Configuration configuration) {
    return new WriteContext(columns, extra);
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    this.out = consumer;
  }

  @Override
  public void write(Answered answer) {
    out.startMessage();
    int column = 0;
    start(column);
    try {
      id(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end(column++);
    if (predictions.steps()) {
      start(column);
      out.addInteger(answer.step() + 1);
      end(column++);
    }
    if (classifies) {
      category(answer, column);
    } else {
      for (int j = 0; j < width; j++) {
        start(column);
        out.addDouble(answer.numbers()[answer.from() + j]);
        end(column++);
      }
    }
    out.endMessage();
  }

  private void id(Answered answer) throws IOException {
    if (text) {
      out.addBinary(Binary.fromString(answer.id()));
    } else if (wide) {
      out.addLong(answer.place());
    } else {
      out.addInteger((int) answer.place());
    }
  }

  private void category(Answered answer, int first) {
    int column = first;
    double[] numbers = answer.numbers();
    int from = answer.from();
    int best = Answer.best(numbers, from, width);
    start(column);
    if (whole) {
      out.addInteger(wholeLabels[best]);
    } else {
      out.addBinary(labels[best]);
    }
    end(column++);
    int named = predictions.named();
    if (named > 0) {
      double[] own = Arrays.copyOfRange(numbers, from, from + width);
      int[] top = new Answer("", answer.step(), own).top(named);
      list(column++, named, k -> out.addBinary(Binary.fromString(predictions.name(top[k]))));
      list(column++, named, k -> out.addDouble(own[top[k]]));
    }
    if (predictions.allProbabilities()) {
      list(column, width, k -> out.addDouble(numbers[from + k]));
    }
  }

  private interface Cell {
    void add(int k);
  }

  /** A list of Parquet's: a group that is repeated, of one cell each. */
  private void list(int column, int count, Cell cell) {
    start(column);
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
    end(column);
  }

  private void start(int column) {
    out.startField(columns.getFieldName(column), column);
  }

  private void end(int column) {
    out.endField(columns.getFieldName(column), column);
  }
}
