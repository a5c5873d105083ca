package io.kiln.nn.zoo;

import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Runs {@link SequenceModel}s word by word for some sequences at once, carrying the recurrent
 * state: one network, or several that score together.
 *
 * <p>Order of calls: {@link #start} for each new set of sequences, then {@link #scores} for each
 * word. Not thread-safe; a step allocates nothing.
 */
public final class WordStepper {
  private final List<SteppedNetwork> networks;
  private final int rows;
  private final Tensor mean;
  private final double[] logs;
  private int never = -1;

  private WordStepper(List<SteppedNetwork> networks, int rows) {
    this.networks = networks;
    this.rows = rows;
    this.mean = Tensor.zeros(Shape.of(rows, networks.get(0).words()), DType.FLOAT64);
    this.logs = new double[networks.get(0).words()];
  }

  /**
   * A stepper for that many sequences at once.
   *
   * @throws IllegalArgumentException if the network's model is not a {@link SequenceModel}
   */
  public static WordStepper of(Network network, int rows) {
    return of(List.of(network), rows);
  }

  /**
   * A stepper of networks over the same words that score together: log of the mean of their
   * probabilities.
   *
   * @throws IllegalArgumentException if there is none, one's model is not a {@link SequenceModel},
   *     or they do not score as many words
   */
  public static WordStepper of(List<Network> networks, int rows) {
    List<SteppedNetwork> all =
        networks.stream().map(network -> SteppedNetwork.of(network, rows)).toList();
    if (all.isEmpty() || all.stream().mapToInt(SteppedNetwork::words).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "stepper: networks of "
              + all.stream().map(SteppedNetwork::words).toList()
              + " words came but they must score the same words");
    }
    return new WordStepper(all, rows);
  }

  /**
   * A word that is never to come, such as the one that stands for all rare words.
   *
   * @param word its number, or −1 for none
   */
  public WordStepper never(int word) {
    if (word >= words()) {
      throw new IllegalArgumentException(
          "stepper: word " + word + " came but there are " + words() + " words");
    }
    never = word;
    return this;
  }

  /** Number of sequences. */
  public int rows() {
    return rows;
  }

  /** Number of words that are scored. */
  public int words() {
    return networks.get(0).words();
  }

  /**
   * Begins anew.
   *
   * @param context what the first state is made from, each [rows, …]; empty for a network of words
   *     alone
   */
  public void start(List<Tensor> context) {
    for (SteppedNetwork network : networks) {
      network.start(context);
    }
  }

  /**
   * One step.
   *
   * @param next the word of each sequence
   * @return scores [rows, words] of what comes after it, overwritten by the next step
   */
  public Tensor scores(int[] next) {
    if (next.length != rows) {
      throw new IllegalArgumentException(
          "stepper: " + next.length + " words came but there are " + rows + " sequences");
    }
    Tensor scores = networks.size() == 1 ? networks.get(0).scores(next) : together(next);
    for (int row = 0; row < rows && never >= 0; row++) {
      scores.set(row * words() + never, -Float.MAX_VALUE);
    }
    return scores;
  }

  /** Sequence i goes on from the state of sequence {@code from[i]}. */
  public void reorder(int[] from) {
    for (SteppedNetwork network : networks) {
      network.reorder(from);
    }
  }

  private Tensor together(int[] next) {
    mean.fill(0);
    for (SteppedNetwork network : networks) {
      Tensor scores = network.scores(next);
      for (int row = 0; row < rows; row++) {
        addProbabilities(scores, row);
      }
    }
    for (int i = 0; i < mean.count(); i++) {
      mean.set(i, Math.log(Math.max(mean.get(i) / networks.size(), Double.MIN_VALUE)));
    }
    return mean;
  }

  private void addProbabilities(Tensor scores, int row) {
    Decoding.logProbabilities(scores, row, logs);
    for (int word = 0; word < logs.length; word++) {
      int at = row * logs.length + word;
      mean.set(at, mean.get(at) + Math.exp(logs[word]));
    }
  }
}
