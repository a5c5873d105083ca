package io.kiln.spark.train;

import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Samples;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.train.Evaluator;
import io.kiln.spark.model.OutputReading;
import io.kiln.spark.score.Answer;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * Runs a network over samples and reads its answers, a batch at a time.
 *
 * @param model where it lies, for errors
 * @param reading how outputs are read
 */
record Answering(String model, OutputReading reading) implements Serializable {
  /**
   * The answers to samples from (inclusive) to (exclusive); steps whose target is ignored have
   * none.
   *
   * @throws FormatException if an answer is no number
   */
  void run(ModelFolder.Loaded loaded, Samples samples, int from, int to, Consumer<Answer> answers)
      throws IOException {
    Network network = loaded.network();
    boolean sparse = reading.steps() > 1 && samples.labelled();
    Batch one = Batch.of(samples.data().spec(), 1, network.dtype());
    int each = reading.steps() * reading.width();
    try {
      new Evaluator(network, loaded.loss())
          .outputs(
              samples.data(),
              from,
              to,
              (output, first) -> {
                double[] numbers = reading.read(output);
                for (int i = 0; i < numbers.length / each; i++) {
                  if (sparse) {
                    samples.data().read(first + i, one, 0);
                  }
                  for (int step = 0; step < reading.steps(); step++) {
                    if (!sparse || one.target().get(step) >= 0) {
                      double[] own = new double[reading.width()];
                      System.arraycopy(numbers, i * each + step * own.length, own, 0, own.length);
                      answers.accept(checked(new Answer(id(samples, first + i), step, own)));
                    }
                  }
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause() == null ? new IOException(e) : e.getCause();
    }
  }

  /** What a sample is called. */
  private static String id(Samples samples, int sample) {
    return samples.ids().isEmpty() ? String.valueOf(sample + 1) : samples.ids().get(sample);
  }

  private Answer checked(Answer answer) {
    for (double number : answer.numbers()) {
      if (!Double.isFinite(number)) {
        throw new UncheckedIOException(
            new FormatException(
                model,
                -1,
                "the network answers "
                    + number
                    + " to sample "
                    + answer.id()
                    + "; the sample lies far outside of what it was trained on, or its weights are"
                    + " too great: look at both"));
      }
    }
    return answer;
  }
}
