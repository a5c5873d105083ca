package io.kiln.nn.train;

import io.kiln.nn.data.TargetScale;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Adds up batches of outputs and targets to an {@link Evaluation}. */
final class EvaluationSums {
  private final Answers answers;
  private final Loss loss;
  private final double unit;
  private final TargetScale scale;
  private final long[][] confusion;
  private long answered;
  private long right;
  private double lossSum;
  private double weight;
  private long count;
  private double squares;
  private double absolutes;
  private double mean;
  private double spread;

  /**
   * Nothing yet.
   *
   * @param loss for its weights
   * @param scale what targets stand for
   */
  EvaluationSums(Answers answers, Loss loss, TargetScale scale) {
    int rows = Evaluation.rows(answers.classes());
    this.answers = answers;
    this.loss = loss;
    this.unit = loss.unit(scale.deviation());
    this.scale = scale;
    this.confusion = new long[rows][rows];
  }

  /** Adds a batch: what the loss summed up, outputs, targets, what samples weigh or null. */
  void add(double sum, Tensor output, Tensor target, @Nullable Tensor weights) {
    lossSum += sum * unit;
    weight += loss.weight(target, weights);
    if (answers.classes() == 0) {
      for (int i = 0; i < target.count(); i++) {
        number(i, output.get(i), target.get(i));
      }
      return;
    }
    for (int row = 0; row < answers.rows(target); row++) {
      int truth = answers.truth(target, row);
      if (truth >= 0) {
        int answer = answers.answer(output, row);
        answered++;
        right += answer == truth ? 1 : 0;
        if (confusion.length > 0) {
          confusion[truth][answer]++;
        }
      }
    }
  }

  /** Adds a batch of class indices that all get the same answer, without its loss. */
  void always(int answer, Tensor target) {
    weight += loss.weight(target);
    for (int row = 0; row < target.count(); row++) {
      int truth = answers.truth(target, row);
      answered += truth >= 0 ? 1 : 0;
      right += truth == answer ? 1 : 0;
    }
  }

  /** Adds samples of a class that all get the same answer, without their loss. */
  void always(int answer, int truth, long samples) {
    weight += samples * loss.weight(Tensor.of(DType.FLOAT64, Shape.of(1), truth));
    answered += samples;
    right += truth == answer ? samples : 0;
  }

  /** Adds to the summed loss. */
  void loss(double sum) {
    lossSum += sum * unit;
  }

  private void number(int place, double output, double target) {
    double error = scale.deviation() * (output - target);
    squares += error * error;
    absolutes += Math.abs(error);
    double number = scale.number(place, target);
    double before = number - mean;
    mean += before / ++count;
    spread += before * (number - mean);
  }

  Evaluation evaluation() {
    NumberErrors errors = new NumberErrors(count, squares, absolutes, mean, spread);
    return new Evaluation(lossSum, weight, errors, answered, right, confusion);
  }
}
