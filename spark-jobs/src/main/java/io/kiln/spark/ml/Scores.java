package io.kiln.spark.ml;

import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.model.OutputReading;
import java.util.List;

/** Outputs of a network as Spark ML's raw predictions, probabilities and predictions. */
final class Scores {
  private Scores() {}

  /** The numbers of one row of outputs [n, …]. */
  static double[] numbers(Tensor outputs, int row) {
    int each = outputs.count() / outputs.shape().size(0);
    double[] numbers = new double[each];
    for (int i = 0; i < each; i++) {
      numbers[i] = outputs.get(row * each + i);
    }
    return numbers;
  }

  /**
   * Raw predictions of one row, one a class: the network's scores; of one score s for yes or no
   * (−s, s).
   */
  static double[] raw(OutputReading reading, Tensor outputs, int row) {
    double[] numbers = numbers(outputs, row);
    return reading.kind() == OutputReading.Kind.BINARY
        ? new double[] {-numbers[0], numbers[0]}
        : numbers;
  }

  /** Turns raw predictions into the probabilities of the classes, in place. */
  static void probabilities(OutputReading.Kind kind, double[] raw) {
    switch (kind) {
      case PROBABILITIES, NUMBERS -> {}
      case BINARY -> {
        double yes = 1 / (1 + Math.exp(-raw[1]));
        raw[0] = 1 - yes;
        raw[1] = yes;
      }
      case SCORES -> softmax(raw);
    }
  }

  private static void softmax(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - most);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Place of the greatest number; the first of equal ones. */
  static int greatest(double[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      if (numbers[i] > numbers[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The class with the greatest p / t; one with the threshold 0 wins unless its p is 0. */
  static int greatest(double[] probabilities, List<Double> thresholds) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double scaled = probabilities[i] / thresholds.get(i);
      if (scaled > most) {
        most = scaled;
        best = i;
      }
    }
    return best;
  }
}
