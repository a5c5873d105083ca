package io.kiln.nn.train;

import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.CrossEntropyLoss;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.tensor.Tensor;

/**
 * A row of outputs as scores of classes, in double precision: log-odds ln(p / (1 − p)) and
 * probabilities p. Room for one row, filled again and again; one thread's.
 */
final class AnswerScores {
  private final boolean binary;
  private final boolean probabilities;
  private final double[] raw;
  private final double[] probability;
  private final double[] logOdds;

  AnswerScores(Network network, Loss loss) {
    Answers answers = Answers.of(network, loss);
    this.binary = answers.kind().isBinary();
    this.probabilities = loss instanceof CrossEntropyLoss;
    this.raw = new double[answers.classes()];
    this.probability = new double[answers.classes()];
    this.logOdds = new double[answers.classes()];
  }

  /** Reads a row of the outputs; see {@link Answers#probabilities} for what they stand for. */
  void read(Tensor output, int row) {
    int classes = raw.length;
    if (binary) {
      raw[0] = 0;
      raw[1] = output.get(row);
    } else {
      for (int j = 0; j < classes; j++) {
        double score = output.get(row * classes + j);
        raw[j] = probabilities ? Math.log(score) : score;
      }
    }
    double most = Double.NEGATIVE_INFINITY;
    for (double score : raw) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      probability[j] = Math.exp(raw[j] - most);
      sum += probability[j];
    }
    for (int j = 0; j < classes; j++) {
      probability[j] /= sum;
    }
  }

  /** Probability of a class. */
  double probability(int type) {
    return probability[type];
  }

  /** −ln p of a class; also where p is too small to be told from 0. */
  double surprise(int type) {
    double rest = 0;
    for (double score : raw) {
      rest += Math.exp(score - raw[type]);
    }
    return Math.log(rest);
  }

  /** Log-odds of all classes; the others are added one by one, so that sure answers differ. */
  double[] logOdds() {
    for (int j = 0; j < raw.length; j++) {
      double others = 0;
      double top = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < raw.length; i++) {
        top = i == j ? top : Math.max(top, raw[i]);
      }
      for (int i = 0; i < raw.length; i++) {
        others += i == j ? 0 : Math.exp(raw[i] - top);
      }
      logOdds[j] = raw.length == 1 ? 0 : raw[j] - top - Math.log(others);
    }
    return logOdds;
  }
}
