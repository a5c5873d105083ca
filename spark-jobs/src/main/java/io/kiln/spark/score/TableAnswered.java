package io.kiln.spark.score;

import java.io.IOException;

/** The answers to a partition's rows, one after another. */
final class TableAnswered implements Answered {
  private final TableAnswers answers;
  private int at = -1;
  private int count;
  private long rows;

  TableAnswered(TableAnswers answers) {
    this.answers = answers;
  }

  @Override
  public boolean next() throws IOException {
    at++;
    if (at == count) {
      count = answers.next() ? answers.count() : 0;
      rows += count;
      at = 0;
    }
    return at < count;
  }

  /** Rows that were answered so far. */
  long rows() {
    return rows;
  }

  @Override
  public String id() throws IOException {
    return Long.toString(place());
  }

  @Override
  public long place() throws IOException {
    return answers.id(at);
  }

  @Override
  public int step() {
    return 0;
  }

  @Override
  public double[] numbers() {
    return answers.numbers();
  }

  @Override
  public int from() {
    return at * answers.each();
  }
}
