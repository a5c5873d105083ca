package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.Dropout;
import io.kiln.nn.layer.Embedding;
import io.kiln.nn.layer.Gru;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Lstm;
import io.kiln.nn.layer.RecurrentStack;
import io.kiln.nn.layer.Rnn;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.TemporalAffine;
import io.kiln.nn.op.arithmetic.OneHot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What captioning and text networks share: words to numbers ({@code embed}), recurrent layers
 * ({@code rnn}), scores over the words ({@code score}).
 *
 * @param words number of words
 * @param embed word numbers {@code [n, t]} → {@code [n, t, d]}
 * @param stack the recurrent layers
 * @param dropout share that is dropped in training of what comes to the first recurrent layer, goes
 *     from one to the next and leaves the last, but nothing from step to step (Zaremba, Sutskever,
 *     Vinyals 2014, "Recurrent neural network regularization")
 */
public record WordNet(int words, Layer embed, RecurrentStack stack, double dropout) {
  /**
   * Reads {@code embedding} (width; 0: one-hot words), {@code cell: rnn|lstm|gru}, {@code hidden},
   * {@code depth} (layers), {@code truncate}, {@code dropout} (0), and of an lstm {@code
   * gate-order: ifgo|ifog}.
   */
  static WordNet from(Settings settings, int words, String defaultCell) {
    int width = settings.atLeast(0, "embedding", 256);
    String cell = settings.choice("cell", defaultCell, "rnn", "lstm", "gru");
    double dropout = settings.within(0, 0.99, "dropout", 0);
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("hidden", settings.atLeast(1, "hidden", 512));
    int depth = settings.atLeast(1, "depth", 1);
    inner.put("layers", depth);
    inner.put("dropout", depth > 1 ? dropout : 0);
    inner.put("truncate", settings.atLeast(0, "truncate", 0));
    if (cell.equals("lstm") && settings.has("gate-order")) {
      inner.put("gate-order", settings.text("gate-order"));
    }
    Settings section = Settings.of(settings.where(), inner);
    RecurrentStack stack =
        switch (cell) {
          case "lstm" -> Lstm.from(section).stack();
          case "gru" -> Gru.from(section).stack();
          default -> Rnn.from(section).stack();
        };
    Layer embed = width == 0 ? (scope, x) -> OneHot.of(x, words) : Embedding.of(words, width);
    return new WordNet(words, embed, stack, dropout);
  }

  Var scores(Scope scope, Var input, RecurrentStack.Start start) {
    Dropout drop = new Dropout(dropout, false);
    Var x = scope.apply("embed-dropout", drop, scope.apply("embed", embed, input));
    Var h = scope.apply("rnn", (inner, y) -> stack.forward(inner, y, start), x);
    return scope.apply("score", TemporalAffine.of(words), scope.apply("rnn-dropout", drop, h));
  }
}
