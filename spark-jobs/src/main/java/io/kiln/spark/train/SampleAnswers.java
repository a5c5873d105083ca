package io.kiln.spark.train;

import io.kiln.nn.data.Samples;
import io.kiln.nn.model.ModelFolder;
import io.kiln.spark.score.Answer;
import io.kiln.spark.score.Answered;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The answers to one task's samples, of which it holds a bounded part at a time. */
final class SampleAnswers implements Answered {
  private final Answering answering;
  private final ModelFolder.Loaded loaded;
  private final Samples samples;
  private final int most;
  private final int end;
  private final Deque<Answer> ready = new ArrayDeque<>();
  private @Nullable Answer now;
  private int at;

  /**
   * Answers of a part.
   *
   * @param parts into which the samples are cut
   * @param most samples at a time
   * @param number of the part
   */
  SampleAnswers(Scoring scoring, Answering answering, int parts, int most, int number)
      throws IOException {
    this.answering = answering;
    this.loaded = scoring.load();
    this.samples = scoring.samples();
    this.most = most;
    this.at = (int) ((long) number * samples.data().size() / parts);
    this.end = (int) ((number + 1L) * samples.data().size() / parts);
  }

  @Override
  public boolean next() throws IOException {
    while (ready.isEmpty() && at < end) {
      int to = (int) Math.min(end, (long) at + most);
      answering.run(loaded, samples, at, to, ready::add);
      at = to;
    }
    now = ready.poll();
    return now != null;
  }

  private Answer now() {
    if (now == null) {
      throw new NoSuchElementException("predictions: all are read");
    }
    return now;
  }

  @Override
  public String id() {
    return now().id();
  }

  @Override
  public int step() {
    return now().step();
  }

  @Override
  public double[] numbers() {
    return now().numbers();
  }

  @Override
  public int from() {
    return 0;
  }
}
