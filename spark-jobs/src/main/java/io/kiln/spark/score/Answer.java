package io.kiln.spark.score;

import java.util.stream.IntStream;

/**
 * What a network answered to one sample, or to one step of it.
 *
 * @param id what the sample is called
 * @param step number of the step from 0
 * @param numbers class probabilities, or the numbers of a regression
 */
public record Answer(String id, int step, double[] numbers) {
  /** The class of the greatest probability, the first of equal ones. */
  public int best() {
    return best(numbers, 0, numbers.length);
  }

  /** The same of some numbers among others. */
  static int best(double[] numbers, int from, int width) {
    int best = 0;
    for (int j = 1; j < width; j++) {
      best = numbers[from + j] > numbers[from + best] ? j : best;
    }
    return best;
  }

  /** Classes of the greatest probabilities, the greatest first; equal ones by number. */
  int[] top(int k) {
    return IntStream.range(0, numbers.length)
        .boxed()
        .sorted((a, b) -> Double.compare(numbers[b], numbers[a]))
        .limit(k)
        .mapToInt(j -> j)
        .toArray();
  }
}
