package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;

/**
 * A residual connection, y = shortcut(x) + f(x): He et al. 2016, "Deep residual learning for image
 * recognition".
 *
 * <p>Shapes: x {@code [n, …]} → what both ways give, of one shape. Parameters: {@code
 * body.0.weight}, …, and {@code shortcut.0.weight}, … if the shortcut has layers.
 *
 * @param body f
 * @param shortcut usually without layers; one that changes the shape where f does
 */
public record Residual(Sequential body, Sequential shortcut) implements Layer {
  /** These layers around which the input is carried as it is. */
  public static Residual of(Layer... body) {
    return new Residual(Sequential.of(body), Sequential.of());
  }

  /** Reads {@code layers}, {@code shortcut} (a list of layers, empty). */
  public static Residual from(Settings settings) {
    Sequential shortcut = Sequential.read(settings, "shortcut");
    Sequential body = Sequential.read(settings, "layers");
    if (body.layers().isEmpty()) {
      throw new ConfigException(
          settings.path("layers")
              + ": it is missing; give the layers that the shortcut goes around");
    }
    settings.finish();
    return new Residual(body, shortcut);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    Var y = scope.apply("body", body, x);
    Var past = shortcut.layers().isEmpty() ? x : scope.apply("shortcut", shortcut, x);
    if (!y.shape().equals(past.shape())) {
      throw new IllegalArgumentException(
          "residual: the layers give "
              + y.shape()
              + " but the shortcut "
              + past.shape()
              + "; let the layers keep the shape, or give the shortcut a layer that changes it too");
    }
    return io.kiln.nn.op.arithmetic.Add.of(past, y);
  }
}
