package io.kiln.spark.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.LongAccumulator;

/** The answers to a partition's rows as rows of Spark's own; each is valid until the next. */
final class PredictedTable implements Iterator<InternalRow> {
  private final TableAnswers answers;
  private final PredictionRow row;
  private final LongAccumulator scored;
  private final LongAccumulator dropped;
  private int at;
  private int count;
  private boolean ended;

  PredictedTable(
      TableAnswers answers, PredictionRow row, LongAccumulator scored, LongAccumulator dropped) {
    this.answers = answers;
    this.row = row;
    this.scored = scored;
    this.dropped = dropped;
  }

  @Override
  public boolean hasNext() {
    if (at == count && !ended) {
      try {
        ended = !answers.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      at = 0;
      count = answers.count();
      scored.add(count);
      if (ended) {
        dropped.add(answers.dropped());
      }
    }
    return at < count;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("predictions: all rows are read");
    }
    try {
      int now = at++;
      return row.of(answers.id(now), 0, answers.numbers(), now * answers.each());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
