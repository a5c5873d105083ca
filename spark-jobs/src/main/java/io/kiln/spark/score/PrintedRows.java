package io.kiln.spark.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The answers to a partition's rows as lines for people, the text of a batch at a time. */
final class PrintedRows implements Iterator<byte[]> {
  private final Predictions predictions;
  private final TableAnswers answers;
  private boolean ready;
  private boolean ended;

  PrintedRows(Predictions predictions, TableAnswers answers) {
    this.predictions = predictions;
    this.answers = answers;
  }

  @Override
  public boolean hasNext() {
    if (!ready && !ended) {
      try {
        ready = answers.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      ended = !ready;
    }
    return ready;
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException("predictions: all rows are read");
    }
    ready = false;
    StringBuilder lines = new StringBuilder();
    try {
      for (int i = 0; i < answers.count(); i++) {
        predictions.printed(answers.answer(i), lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }
}
