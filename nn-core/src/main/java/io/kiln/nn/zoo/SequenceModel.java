package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Scope;
import java.util.List;

/**
 * A recurrent network that gives scores for the next word after each word, and can go on word by
 * word.
 *
 * <p>Its last input is words {@code [n, t]}, the inputs before it are what the first state is made
 * from; the output is scores {@code [n, t, words]}.
 */
public interface SequenceModel extends NamedModel {
  /** How many tensors the recurrent state is. */
  int states();

  /** Numbers in a row of each tensor of the state. */
  int stateWidth();

  /**
   * Records the first tensor of the state {@code [n, stateWidth]} from the inputs before the words;
   * called only if there are any. The other tensors begin with zeros.
   */
  Var start(Scope scope, List<Var> context);

  /**
   * Records one step: scores {@code [n, 1, words]} after words {@code [n, 1]}; the state's tensors
   * are replaced by the next when it runs.
   */
  Var step(Scope scope, Var words, List<Var> state);
}
