package io.kiln.spark.score;

import io.kiln.nn.data.Batch;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.SparseInput;
import io.kiln.spark.shards.BadRowException;
import io.kiln.spark.shards.RowCounts;
import io.kiln.spark.shards.RowForm;
import io.kiln.spark.shards.SampleRows;
import java.io.IOException;
import java.util.Arrays;

/**
 * The answers to the rows of a partition, a batch at a time. Call {@link #next} until it is false;
 * what it found holds until the next call. One thread's.
 */
final class TableAnswers {
  private static final int MOST_ROWS = 512;

  private final String model;
  private final SampleRows rows;
  private final RowCounts.Walk walk;
  private final int partition;
  private final Pass pass;
  private final Batch batch;
  private double[] numbers = new double[0];
  private int count;

  TableAnswers(GivenModel model, RowForm form, RowCounts counts, SampleRows rows, int partition)
      throws IOException {
    ModelFolder.Loaded loaded = model.loaded();
    this.model = model.path();
    this.rows = rows;
    this.walk = counts.walk(partition, form.name());
    this.partition = partition;
    boolean sparse = form.sparse() && SparseInput.reads(loaded.network());
    this.pass = new Pass(loaded, form.scale(), MOST_ROWS, sparse);
    this.batch = pass.batch();
  }

  /**
   * Answers the next rows.
   *
   * @return whether there were any
   * @throws BadRowException if a row cannot be a sample, or its answer is no number
   */
  boolean next() throws IOException {
    count = rows.fill(batch);
    if (count == 0) {
      walk.end(rows.read());
      return false;
    }
    numbers = pass.answers(count);
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(numbers[i])) {
        throw new BadRowException(
            partition,
            rows.offset(i / each()),
            "the network "
                + model
                + " answers "
                + numbers[i]
                + "; the row lies far outside of what it was trained on, or its weights are too"
                + " great: look at both");
      }
    }
    return true;
  }

  /** Rows of this batch. */
  int count() {
    return count;
  }

  /** Numbers of an answer. */
  int each() {
    return pass.reading().steps() * pass.reading().width();
  }

  /** Answers of all rows, one after another. */
  double[] numbers() {
    return numbers;
  }

  /** The answer to one row; asked in rising order. */
  Answer answer(int row) throws IOException {
    return new Answer(
        Long.toString(id(row)), 0, Arrays.copyOfRange(numbers, row * each(), (row + 1) * each()));
  }

  /** A row's place in what was given, from 1; asked in rising order. */
  long id(int row) throws IOException {
    return walk.place(rows.offset(row)) + 1;
  }

  /** The piece of the table that the row last asked for is of. */
  int rank() {
    return walk.rank();
  }

  /** Rows with missing cells that were left out so far. */
  long dropped() {
    return rows.dropped();
  }
}
