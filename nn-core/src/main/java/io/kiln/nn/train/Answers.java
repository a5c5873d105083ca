package io.kiln.nn.train;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.CrossEntropyLoss;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.TargetKind;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;

/**
 * What a network answers, read from its outputs, and what it should have answered, read from the
 * targets. Training and evaluation count with the same: accuracy = right / answered.
 *
 * @param kind what the loss takes targets for
 * @param classes how many answers there are to choose from; 2 for yes or no, 0 for numbers
 */
public record Answers(TargetKind kind, int classes) {
  /** The answers of a network that was trained with a loss. */
  public static Answers of(Network network, Loss loss) {
    TargetKind kind = loss.kind();
    Shape output = network.output();
    int classes =
        switch (kind) {
          case CLASSES, DISTRIBUTIONS -> output.rank() == 0 ? 1 : output.size(-1);
          case PROBABILITIES, SIGNS -> 2;
          case NUMBERS -> 0;
        };
    return new Answers(kind, classes);
  }

  /** The class with the highest score in a row of a [rows, classes] matrix; the first if equal. */
  public static int best(Tensor scores, int row, int classes) {
    int best = 0;
    int at = row * classes;
    double most = scores.get(at);
    for (int j = 1; j < classes; j++) {
      double score = scores.get(at + j);
      if (score > most) {
        most = score;
        best = j;
      }
    }
    return best;
  }

  /** How many answers there are to some targets, those that are ignored included. */
  int rows(Tensor target) {
    return classes == 0
        ? 0
        : kind == TargetKind.DISTRIBUTIONS ? target.count() / classes : target.count();
  }

  /** The answer in a row of outputs. */
  int answer(Tensor output, int row) {
    return kind.isBinary() ? (output.get(row) > 0 ? 1 : 0) : best(output, row, classes);
  }

  /** The right answer of a row of targets; below 0 if the row is ignored. */
  int truth(Tensor target, int row) {
    return switch (kind) {
      case DISTRIBUTIONS -> best(target, row, classes);
      case PROBABILITIES -> target.get(row) > 0.5 ? 1 : 0;
      case SIGNS -> target.get(row) > 0 ? 1 : 0;
      case CLASSES, NUMBERS -> (int) target.get(row);
    };
  }

  /** How many targets are answered: all but those that are ignored. */
  int answered(Tensor target) {
    int answered = 0;
    for (int row = 0; row < rows(target); row++) {
      answered += truth(target, row) >= 0 ? 1 : 0;
    }
    return answered;
  }

  /** How many targets are answered rightly. */
  int right(Tensor output, Tensor target) {
    int right = 0;
    for (int row = 0; row < rows(target); row++) {
      right += isRight(output, row, truth(target, row)) ? 1 : 0;
    }
    return right;
  }

  /** Whether the answer in a row is the right one; looks no further than needed. */
  private boolean isRight(Tensor output, int row, int truth) {
    boolean scores = truth >= 0 && !kind.isBinary() && output.dtype() == DType.FLOAT32;
    float score = scores ? output.floats()[output.offset() + row * classes + truth] : Float.NaN;
    if (Float.isNaN(score)) {
      return answer(output, row) == truth;
    }
    float[] all = output.floats();
    int at = output.offset() + row * classes;
    for (int j = 0; j < truth; j++) {
      if (all[at + j] >= score) {
        return false;
      }
    }
    for (int j = truth + 1; j < classes; j++) {
      if (all[at + j] > score) {
        return false;
      }
    }
    return !Float.isNaN(all[at]);
  }

  /**
   * Probabilities of the classes, from outputs [n, …]: shape [rows, classes]. A single score s
   * stands for 1 − σ(s) and σ(s); outputs that are probabilities already are copied; of other
   * scores the softmax is taken.
   *
   * @throws IllegalArgumentException if the network does not choose among classes
   */
  public static Tensor probabilities(Network network, Loss loss, Tensor output) {
    Answers answers = of(network, loss);
    if (answers.classes == 0) {
      throw new IllegalArgumentException(
          "probabilities: the network was trained on numbers but classes are needed");
    }
    if (answers.kind.isBinary()) {
      Tensor both = Tensor.zeros(Shape.of(output.count(), 2), output.dtype());
      for (int row = 0; row < output.count(); row++) {
        double yes = 1 / (1 + Math.exp(-output.get(row)));
        both.set(2 * row, 1 - yes);
        both.set(2 * row + 1, yes);
      }
      return both;
    }
    int rows = output.count() / answers.classes;
    Tensor scores = output.copy().reshape(Shape.of(rows, answers.classes));
    if (!(loss instanceof CrossEntropyLoss)) {
      Kernels.of(scores.dtype()).softmax().softmax(scores, rows, answers.classes, scores);
    }
    return scores;
  }

  /** Whether a loss compares answers of classes with such samples. */
  public static boolean classify(SampleSpec spec, Loss loss) {
    return spec.classes() > 0 || loss.kind() != TargetKind.NUMBERS;
  }
}
