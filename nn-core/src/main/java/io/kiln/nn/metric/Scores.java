package io.kiln.nn.metric;

import io.kiln.nn.tensor.Tensor;

/** Reads classes from rows of scores. Shapes: scores [n, k], k ≥ 2, or [n, 1] for two classes. */
public final class Scores {
  private Scores() {}

  /**
   * The class of the largest score of a row, the first of equal ones; NaN is never largest. A
   * single score stands for class 1 against 0: it is 1 if the score is positive.
   */
  public static int best(Tensor scores, int row) {
    int classes = scores.shape().size(-1);
    int from = row * classes;
    if (classes == 1) {
      return scores.get(from) > 0 ? 1 : 0;
    }
    int best = 0;
    for (int i = 1; i < classes; i++) {
      double score = scores.get(from + i);
      if (score > scores.get(from + best) || Double.isNaN(scores.get(from + best))) {
        best = i;
      }
    }
    return best;
  }

  /**
   * How many classes come before one in a row, sorted by falling score and, among equals, rising
   * class: 0 for the best. A NaN comes last.
   */
  public static int rank(Tensor scores, int row, int wanted) {
    int classes = scores.shape().size(-1);
    if (classes == 1) {
      return best(scores, row) == wanted ? 0 : 1;
    }
    double own = scores.get(row * classes + wanted);
    if (Double.isNaN(own)) {
      return classes - 1;
    }
    int rank = 0;
    for (int i = 0; i < classes; i++) {
      double score = scores.get(row * classes + i);
      if (score > own || (score == own && i < wanted)) {
        rank++;
      }
    }
    return rank;
  }
}
