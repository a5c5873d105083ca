package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** One network of a {@link WordStepper}: its tape for a word, and the state it carries. */
final class SteppedNetwork {
  private final Network network;
  private final SequenceModel model;
  private final int rows;
  private final Tape tape;
  private final Tensor words;
  private final List<Tensor> state = new ArrayList<>();
  private final Tensor scores;
  private final Tensor moved;

  private SteppedNetwork(Network network, SequenceModel model, int rows) {
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

  /** Throws IllegalArgumentException if the network's model is not a {@link SequenceModel}. */
  static SteppedNetwork of(Network network, int rows) {
    if (!(network.model() instanceof SequenceModel model)) {
      throw new IllegalArgumentException(
          "stepper: the network is a "
              + network.model().getClass().getSimpleName()
              + " but one over words is needed, such as caption-rnn or char-rnn");
    }
    return new SteppedNetwork(network, model, rows);
  }

  int words() {
    return scores.shape().size(1);
  }

  void start(List<Tensor> context) {
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

  /** Scores [rows, words] after these words, overwritten by the next step. */
  Tensor scores(int[] next) {
    for (int row = 0; row < rows; row++) {
      words.set(row, next[row]);
    }
    tape.replay();
    return scores;
  }

  void reorder(int[] from) {
    int width = model.stateWidth();
    for (Tensor one : state) {
      for (int row = 0; row < rows; row++) {
        moved.rows(row, row + 1).copyFrom(one.slice(from[row] * width, Shape.of(1, width)));
      }
      one.copyFrom(moved);
    }
  }
}
