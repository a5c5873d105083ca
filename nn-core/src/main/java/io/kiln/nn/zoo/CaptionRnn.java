package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Dropout;
import io.kiln.nn.layer.RecurrentStack;
import io.kiln.nn.layer.Scope;
import java.util.List;

/**
 * Image captions: the image's features give the first state of a recurrent network over words
 * (Vinyals et al. 2015, "Show and tell"; the network of Stanford's CS231n).
 *
 * <p>Shapes: features {@code [n, d]}, words {@code [n, t]} → scores {@code [n, t, words]}.
 * Parameters: project.weight, project.bias, embed.weight, rnn.weight_ih_l0, …, score.weight,
 * score.bias.
 *
 * @param net words, recurrent layers and scores
 * @param featureDropout share of an image's features that is dropped in training
 */
public record CaptionRnn(WordNet net, double featureDropout) implements SequenceModel {
  /**
   * Reads {@code cell: rnn|lstm|gru}, {@code hidden} (512), {@code embedding} (256), {@code depth}
   * (layers, 1), {@code truncate}, {@code dropout} (0) of words and states, {@code feature-dropout}
   * (0) of the image's features, {@code gate-order} of an lstm (ifgo; CS231n's is ifog).
   */
  public static CaptionRnn from(Settings settings, SampleSpec spec) {
    if (spec.inputs().size() != 2 || spec.classes() < 1) {
      throw new ConfigException(
          settings.where()
              + ": caption-rnn needs samples of image features and words with words as classes,"
              + " but a sample is "
              + spec.inputs()
              + " with "
              + spec.classes()
              + " classes; use a data set with captions");
    }
    WordNet net = WordNet.from(settings, spec.classes(), "rnn");
    double featureDropout = settings.within(0, 0.99, "feature-dropout", 0);
    settings.finish();
    return new CaptionRnn(net, featureDropout);
  }

  @Override
  public Var forward(Scope scope, List<Var> inputs) {
    Var first = start(scope, inputs.subList(0, 1));
    return net.scores(scope, inputs.get(1), RecurrentStack.Start.at(first));
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
    Dropout drop = new Dropout(featureDropout, false);
    Var features = scope.apply("feature-dropout", drop, context.get(0));
    return scope.apply("project", Dense.of(net.stack().hidden()), features);
  }

  @Override
  public Var step(Scope scope, Var words, List<Var> state) {
    return net.scores(scope, words, RecurrentStack.Start.carried(state, net.stack().layers()));
  }
}
