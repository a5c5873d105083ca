package io.kiln.spark.train;

import io.kiln.nn.data.Samples;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.score.Answer;
import io.kiln.spark.score.PredictionRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The rows of one task's samples, of which it holds a bounded part at a time; each is valid until
 * the next.
 */
final class PredictedRows implements Iterator<InternalRow> {
  private final Answering answering;
  private final PredictionRow row;
  private final ModelFolder.Loaded loaded;
  private final Samples samples;
  private final int most;
  private final int end;
  private final Deque<Answer> ready = new ArrayDeque<>();
  private int at;

  /**
   * Rows of a part.
   *
   * @param parts into which the samples are cut
   * @param most samples at a time
   * @param number of the part
   */
  PredictedRows(
      Scoring scoring, Answering answering, PredictionRow row, int parts, int most, int number)
      throws IOException {
    this.answering = answering;
    this.row = row;
    this.loaded = scoring.load();
    this.samples = scoring.samples();
    this.most = most;
    this.at = (int) ((long) number * samples.data().size() / parts);
    this.end = (int) ((number + 1L) * samples.data().size() / parts);
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && at < end) {
      int to = (int) Math.min(end, (long) at + most);
      try {
        answering.run(loaded, samples, at, to, ready::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      at = to;
    }
    return !ready.isEmpty();
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("predictions: all rows are read");
    }
    return row.of(ready.remove());
  }
}
