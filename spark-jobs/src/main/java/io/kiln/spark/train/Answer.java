package io.kiln.spark.train;

import java.util.stream.IntStream;

/**
 * What a network answered to one sample, or to one step of it.
 *
 * @param sample number of the sample from 0
 * @param step number of the step from 0
 * @param numbers class probabilities, or the numbers of a regression
 */
record Answer(int sample, int step, double[] numbers) {
  /** The class of the greatest probability, the first of equal ones. */
  int best() {
    int best = 0;
    for (int j = 1; j < numbers.length; j++) {
      best = numbers[j] > numbers[best] ? j : best;
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
