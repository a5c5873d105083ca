package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a {@link SequenceModel} word by word for some sequences at once, carrying the recurrent
 * state.
 *
 * <p>Order of calls: {@link #start} for each new set of sequences, then {@link #scores} for each
 * word. Not thread-safe; allocates nothing in a step.
 */
public final class WordStepper {
  private final Network network;
  private final SequenceModel model;
  private final int rows;
  private final Tape tape;
  private final Tensor words;
  private final List<Tensor> state = new ArrayList<>();
  private final Tensor scores;
  private final Tensor moved;
  private int never = -1;

  private WordStepper(Network network, SequenceModel model, int rows) {
    this.network = network;
    this.model = model;
    this.rows = rows;
    this.tape = new Tape(network.dtype());
    this.words = Tensor.zeros(Shape.of(rows, 1), network.dtype());
    Shape shape = Shape.of(rows, model.stateWidth());
    List<Var> inputs = new ArrayList<>(List.of(tape.constant(words)));
    for (int i = 0; i < model.states(); i++) {
      Tensor one = Tensor.zeros(shape, network.dtype());
      state.add(one);
      inputs.add(tape.constant(one));
    }
    this.moved = Tensor.zeros(shape, network.dtype());
    Var y =
        network.record(
            tape, inputs, (scope, in) -> model.step(scope, in.get(0), in.subList(1, in.size())));
    tape.plan(y);
    tape.replay();
    this.scores = y.value().reshape(Shape.of(rows, y.shape().size(2)));
  }

  /**
   * A stepper for that many sequences at once.
   *
   * @throws IllegalArgumentException if the network's model is not a {@link SequenceModel}
   */
  public static WordStepper of(Network network, int rows) {
    if (!(network.model() instanceof SequenceModel model)) {
      throw new IllegalArgumentException(
          "stepper: the network is a "
              + network.model().getClass().getSimpleName()
              + " but one over words is needed, such as caption-rnn or char-rnn");
    }
    return new WordStepper(network, model, rows);
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
    return scores.shape().size(1);
  }

  /**
   * Begins anew.
   *
   * @param context what the first state is made from, each [rows, …]; empty for a network of words
   *     alone
   */
  public void start(List<Tensor> context) {
    int needed = network.spec().inputs().size() - 1;
    if (context.size() != needed) {
      throw new IllegalArgumentException(
          "stepper: "
              + context.size()
              + " inputs came before the words but the network needs "
              + needed);
    }
    for (Tensor one : state) {
      one.fill(0);
    }
    if (needed > 0) {
      Tape first = new Tape(network.dtype());
      List<Var> inputs = new ArrayList<>();
      for (Tensor one : context) {
        inputs.add(first.constant(one.to(network.dtype())));
      }
      Var h = network.record(first, inputs, model::start);
      first.forward();
      state.get(0).copyFrom(h.value());
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
    for (int row = 0; row < rows; row++) {
      words.set(row, next[row]);
    }
    tape.replay();
    for (int row = 0; row < rows && never >= 0; row++) {
      scores.set(row * words() + never, -Float.MAX_VALUE);
    }
    return scores;
  }

  /** Sequence i goes on from the state of sequence {@code from[i]}. */
  public void reorder(int[] from) {
    int width = model.stateWidth();
    for (Tensor one : state) {
      for (int row = 0; row < rows; row++) {
        moved.rows(row, row + 1).copyFrom(one.slice(from[row] * width, Shape.of(1, width)));
      }
      one.copyFrom(moved);
    }
  }
}
