package io.kiln.nn.train;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.CrossEntropyLoss;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.MulticlassHingeLoss;
import io.kiln.nn.loss.TargetKind;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What one learns without looking at a sample: the most frequent class of the training set, or the
 * mean of its numbers. A network that is no better has learnt nothing.
 *
 * <p>The accuracy is that of always answering the most frequent class; the loss of a classifier is
 * that of answering with the frequencies of all classes (for hinge losses, with the most frequent
 * class by a margin of 1).
 */
public final class Baseline {
  /** The most classes whose loss is worked out: it takes classes² steps. */
  private static final int MOST_CLASSES = 10_000;

  private static final int CHUNK = 1024;

  private final SampleSpec spec;
  private final Loss loss;
  private final Answers answers;
  private final double[] outputs;
  private final String answer;

  private Baseline(SampleSpec spec, Loss loss, Answers answers, double[] means) {
    this.spec = spec;
    this.loss = loss;
    this.answers = answers;
    this.outputs = outputs(loss, means);
    this.answer = answer(means);
  }

  /** What the training set says of samples that nobody has looked at. */
  public static Baseline of(Network network, Loss loss, Dataset train) {
    Answers answers = Answers.of(network, loss);
    boolean indexed = answers.kind() == TargetKind.CLASSES;
    double[] sums =
        new double[indexed ? answers.classes() : Math.max(1, train.spec().target().count())];
    double rows = 0;
    Tensor target = Tensor.zeros(train.spec().target().batch(1), DType.FLOAT64);
    for (int i = 0; i < train.size(); i++) {
      train.readTarget(i, target, 0);
      for (int j = 0; indexed && j < target.count(); j++) {
        if (target.get(j) >= 0) {
          sums[(int) target.get(j)]++;
          rows++;
        }
      }
      for (int j = 0; !indexed && j < sums.length; j++) {
        boolean sign = answers.kind() == TargetKind.SIGNS;
        sums[j] += sign ? answers.truth(target, j) : target.get(j);
      }
      rows += indexed ? 0 : 1;
    }
    for (int j = 0; j < sums.length; j++) {
      sums[j] /= rows;
    }
    return new Baseline(train.spec(), loss, answers, sums);
  }

  /**
   * What the numbers of samples of each class say; null if the loss is none of one class a sample.
   *
   * @param counts samples of each class in the training set
   */
  public static @Nullable Baseline ofCounts(Network network, Loss loss, long[] counts) {
    Answers answers = Answers.of(network, loss);
    SampleSpec spec = network.spec();
    boolean binary = answers.kind().isBinary() && counts.length == 2;
    if (spec.target().rank() != 0
        || !(binary || (answers.kind() == TargetKind.CLASSES && counts.length > 0))) {
      return null;
    }
    double all = LongStream.of(counts).sum();
    double[] means =
        binary
            ? new double[] {counts[1] / all}
            : Arrays.copyOf(
                LongStream.of(counts).mapToDouble(n -> n / all).toArray(), answers.classes());
    return new Baseline(spec, loss, answers, means);
  }

  /**
   * What the mean of each number says, of a loss that is for numbers, or for a probability.
   *
   * @param means of the numbers of the training set, in its units
   * @return null if the loss is another
   */
  public static @Nullable Baseline ofMeans(SampleSpec spec, Loss loss, double[] means) {
    boolean numbers = loss.kind() == TargetKind.NUMBERS;
    if (!numbers && loss.kind() != TargetKind.PROBABILITIES) {
      return null;
    }
    double[] targets = new double[means.length];
    for (int j = 0; j < targets.length; j++) {
      targets[j] = spec.scale().target(j, means[j]);
    }
    return new Baseline(spec, loss, new Answers(loss.kind(), numbers ? 0 : 2), targets);
  }

  /**
   * How the answer does on some targets, for parts of a set whose results are added.
   *
   * @param target [n, …]
   * @param weights [n], or null
   */
  public Evaluation onTargets(Tensor target, @Nullable Tensor weights) {
    EvaluationSums sums = new EvaluationSums(answers, loss, spec.scale());
    Tensor output = repeated(target.shape().size(0));
    sums.add(sum(output, target, weights), output, target, weights);
    return sums.evaluation();
  }

  /** How the answer does on samples of which so many are of each class. */
  public Evaluation onCounts(long[] counts) {
    EvaluationSums sums = new EvaluationSums(answers, loss, spec.scale());
    int answer = answers.kind().isBinary() ? (outputs[0] > 0 ? 1 : 0) : greatest(outputs);
    for (int c = 0; c < counts.length; c++) {
      sums.always(answer, c, counts[c]);
    }
    sums.loss(indexedSum(counts));
    return sums.evaluation();
  }

  /** The answer it always gives, in words. */
  public String answer() {
    return answer;
  }

  private String answer(double[] means) {
    if (answers.classes() == 0) {
      return means.length == 1
          ? String.format(Locale.ROOT, "the mean %.6g", spec.scale().number(means[0]))
          : "the means";
    }
    if (answers.kind().isBinary() && means.length > 1) {
      return "what is more frequent";
    }
    int best = answers.kind().isBinary() ? (means[0] > 0.5 ? 1 : 0) : greatest(means);
    return "the most frequent class " + ClassNames.of(spec, best);
  }

  private static int greatest(double[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      best = numbers[i] > numbers[best] ? i : best;
    }
    return best;
  }

  /** The outputs that say so. */
  private static double[] outputs(Loss loss, double[] means) {
    double[] outputs = means.clone();
    double least = 1e-6; // a class that is never met has no logarithm
    switch (loss.kind()) {
      case NUMBERS -> {
        // the means themselves
      }
      case SIGNS -> {
        for (int j = 0; j < outputs.length; j++) {
          outputs[j] = means[j] > 0.5 ? 1 : -1;
        }
      }
      case PROBABILITIES -> {
        for (int j = 0; j < outputs.length; j++) {
          double yes = Math.max(least, Math.min(1 - least, means[j]));
          outputs[j] = Math.log(yes / (1 - yes));
        }
      }
      case CLASSES, DISTRIBUTIONS -> {
        int best = greatest(means);
        for (int j = 0; j < outputs.length; j++) {
          outputs[j] =
              loss instanceof CrossEntropyLoss
                  ? Math.max(least, means[j])
                  : loss instanceof MulticlassHingeLoss
                      ? (j == best ? 1 : 0)
                      : Math.log(Math.max(least, means[j]));
        }
      }
    }
    return outputs;
  }

  /** How the answer does on some data. */
  public Evaluation on(Dataset data) {
    EvaluationSums sums = new EvaluationSums(answers, loss, spec.scale());
    boolean indexed = answers.kind() == TargetKind.CLASSES;
    long[] counts = new long[indexed ? answers.classes() : 0];
    for (int from = 0; from < data.size(); from += CHUNK) {
      int n = Math.min(CHUNK, data.size() - from);
      Tensor target = Tensor.zeros(spec.target().batch(n), DType.FLOAT64);
      for (int row = 0; row < n; row++) {
        data.readTarget(from + row, target, row);
      }
      if (indexed) {
        for (int i = 0; i < target.count(); i++) {
          if (target.get(i) >= 0) {
            counts[(int) target.get(i)]++;
          }
        }
        sums.always(greatest(outputs), target);
      } else {
        Tensor output = repeated(n);
        sums.add(sum(output, target), output, target, null);
      }
    }
    if (indexed) {
      sums.loss(indexedSum(counts));
    }
    return sums.evaluation();
  }

  /** The loss of a class depends on the class alone. */
  private double indexedSum(long[] counts) {
    if (counts.length > MOST_CLASSES) {
      return Double.NaN;
    }
    boolean sequence = spec.target().rank() > 0;
    Shape one = sequence ? Shape.of(1, 1) : Shape.of(1);
    Tensor output =
        repeated(1)
            .reshape(sequence ? Shape.of(1, 1, outputs.length) : Shape.of(1, outputs.length));
    double sum = 0;
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        sum += counts[c] * sum(output, Tensor.of(DType.FLOAT64, one, c));
      }
    }
    return sum;
  }

  private Tensor repeated(int n) {
    Tensor output = Tensor.zeros(Shape.of(n, outputs.length), DType.FLOAT64);
    for (int i = 0; i < output.count(); i++) {
      output.set(i, outputs[i % outputs.length]);
    }
    return output;
  }

  private double sum(Tensor output, Tensor target) {
    return sum(output, target, null);
  }

  private double sum(Tensor output, Tensor target, @Nullable Tensor weights) {
    Tape tape = new Tape(DType.FLOAT64);
    Var sum =
        loss.sum(
            tape.constant(output),
            tape.constant(target),
            weights == null ? null : tape.constant(weights));
    tape.forward();
    return sum.value().get(0);
  }
}
