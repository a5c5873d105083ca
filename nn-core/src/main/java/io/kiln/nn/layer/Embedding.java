package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.Shape;
import java.util.Map;

/**
 * A learned row for each word: y = W[x].
 *
 * <p>Shapes: x {@code [n, …]} word numbers → y {@code [n, …, width]}; parameter {@code weight}
 * [rows, width], PyTorch's name and layout, by default normal with deviation 1 as there. A word
 * below 0 gives zeros.
 *
 * @param rows number of words
 * @param width numbers a word
 * @param init initial values
 */
public record Embedding(int rows, int width, Init init) implements Layer {
  /** With PyTorch's initial values. */
  public static Embedding of(int rows, int width) {
    return from(Settings.of("embedding", Map.of("rows", rows, "width", width)));
  }

  /** Reads {@code rows}, {@code width}, {@code init}. */
  public static Embedding from(Settings settings) {
    int rows = settings.atLeast(1, "rows", settings.integer("rows"));
    int width = settings.atLeast(1, "width", settings.integer("width"));
    Init init = Init.from(settings, "init", Init.normal(1));
    settings.finish();
    return new Embedding(rows, width, init);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return io.kiln.nn.op.sequence.Embedding.of(
        x, scope.weight("weight", Shape.of(rows, width), init));
  }
}
