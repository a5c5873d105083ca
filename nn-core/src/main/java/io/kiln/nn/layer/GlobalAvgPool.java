package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.image.AdaptiveAvgPool2d;

/** The mean of each plane: x {@code [n, c, h, w]} → y {@code [n, c]}. */
public record GlobalAvgPool() implements Layer {
  /** Has no settings. */
  public static GlobalAvgPool from(Settings settings) {
    settings.finish();
    return new GlobalAvgPool();
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return AdaptiveAvgPool2d.global(x);
  }
}
