package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.RecurrentStack;
import io.kiln.nn.layer.Scope;
import java.util.List;

/**
 * Text, character by character: a recurrent network that scores the next character after each.
 *
 * <p>Shapes: x {@code [n, t]} character numbers → scores {@code [n, t, characters]}. Parameters:
 * embed.weight (unless characters are one-hot), rnn.weight_ih_l0, …, score.weight, score.bias.
 *
 * @param net characters, recurrent layers and scores
 */
public record CharRnn(WordNet net) implements SequenceModel {
  /**
   * Reads {@code cell: lstm|gru|rnn}, {@code hidden} (512), {@code embedding} (256; 0: one-hot),
   * {@code depth} (layers, 1), {@code truncate}, {@code dropout} (0) of characters and states.
   */
  public static CharRnn from(Settings settings, SampleSpec spec) {
    if (spec.inputs().size() != 1 || spec.classes() < 1) {
      throw new ConfigException(
          settings.where()
              + ": char-rnn needs samples of characters with characters as classes, but a sample is "
              + spec.inputs()
              + " with "
              + spec.classes()
              + " classes; use a data set of text");
    }
    WordNet net = WordNet.from(settings, spec.classes(), "lstm");
    settings.finish();
    return new CharRnn(net);
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    return net.scores(scope, inputs.get(0), RecurrentStack.Start.zeros());
  }

  @Override
  public int states() {
    return net.stack().states();
  }

  @Override
  public int stateWidth() {
    return net.stack().hidden();
  }

  @Override
  public Var start(Scope scope, List<Var> context) {
    throw new IllegalArgumentException("char-rnn: it begins with zeros; there is no other input");
  }

  @Override
  public Var step(Scope scope, Var words, List<Var> state) {
    return net.scores(scope, words, RecurrentStack.Start.carried(state, net.stack().layers()));
  }
}
