package io.kiln.spark.model;

import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.loss.BinaryCrossEntropyLoss;
import io.kiln.nn.loss.BinaryHingeLoss;
import io.kiln.nn.loss.CrossEntropyLoss;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.Tensor;
import java.io.Serializable;

/**
 * How the outputs of a network are read as answers: a sequence has one a step, all else one.
 *
 * @param kind what an answer is
 * @param steps answers of a sample
 * @param width probabilities or numbers of an answer
 */
public record OutputReading(Kind kind, int steps, int width) implements Serializable {
  /** What an answer is, and how it stands in the outputs. */
  public enum Kind {
    /** A class, of a score each. */
    SCORES,
    /** A class, of a probability each. */
    PROBABILITIES,
    /** Yes or no, of one score. */
    BINARY,
    /** Numbers. */
    NUMBERS
  }

  /** The reading of a network that was trained with a loss. */
  public static OutputReading of(ModelFolder.Loaded loaded) {
    SampleSpec spec = loaded.network().spec();
    Loss loss = loaded.loss();
    int steps = Math.max(1, spec.target().count());
    int outputs = loaded.network().output().count();
    boolean binary = loss instanceof BinaryCrossEntropyLoss || loss instanceof BinaryHingeLoss;
    if (binary && outputs == steps) {
      return new OutputReading(Kind.BINARY, steps, 2);
    }
    if (spec.classes() > 0 && outputs == (long) steps * spec.classes()) {
      Kind kind = loss instanceof CrossEntropyLoss ? Kind.PROBABILITIES : Kind.SCORES;
      return new OutputReading(kind, steps, spec.classes());
    }
    return new OutputReading(Kind.NUMBERS, 1, outputs);
  }

  /** Whether answers are classes. */
  public boolean classifies() {
    return kind != Kind.NUMBERS;
  }

  /**
   * The numbers of a batch: width for each step of each sample.
   *
   * @param output of the network; numbers of a regression in the units of the data
   */
  public double[] read(Tensor output) {
    Tensor scores = output.copy();
    if (kind == Kind.SCORES) {
      Kernels.of(scores.dtype()).softmax().softmax(scores, scores.count() / width, width, scores);
    }
    if (kind != Kind.BINARY) {
      return scores.toArray();
    }
    double[] both = new double[2 * scores.count()];
    for (int i = 0; i < scores.count(); i++) {
      double yes = 1 / (1 + Math.exp(-scores.get(i)));
      both[2 * i] = 1 - yes;
      both[2 * i + 1] = yes;
    }
    return both;
  }
}
