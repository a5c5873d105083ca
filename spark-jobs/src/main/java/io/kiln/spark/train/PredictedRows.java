package io.kiln.spark.train;

import io.kiln.nn.data.Samples;
import io.kiln.spark.model.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/** The rows of one task's samples, of which it holds a bounded part at a time. */
final class PredictedRows implements Iterator<Row> {
  private final Answering answering;
  private final Predictions predictions;
  private final ModelFolder.Loaded loaded;
  private final Samples samples;
  private final int most;
  private final int end;
  private final Deque<Row> ready = new ArrayDeque<>();
  private int at;

  /**
   * Rows of a part.
   *
   * @param parts into which the samples are cut
   * @param most samples at a time
   * @param number of the part
   */
  PredictedRows(
      Scoring scoring,
      Answering answering,
      Predictions predictions,
      int parts,
      int most,
      int number)
      throws IOException {
    this.answering = answering;
    this.predictions = predictions;
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
        answering.run(
            loaded, samples, at, to, answer -> ready.add(predictions.row(samples, answer)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      at = to;
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("predictions: all rows are read");
    }
    return ready.remove();
  }
}
