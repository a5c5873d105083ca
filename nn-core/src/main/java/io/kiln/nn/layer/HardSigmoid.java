package io.kiln.nn.layer;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.op.arithmetic.Unary;

/**
 * y = min(max(slope·x + ½, 0), 1), any shape: Courbariaux, Bengio and David 2015.
 *
 * @param slope 1/6 as in PyTorch and Keras 3; earlier Keras and ONNX have 0.2
 */
public record HardSigmoid(double slope) implements Layer {
  /** Reads {@code slope} (1/6). */
  public static HardSigmoid from(Settings settings) {
    double slope = settings.within(0, Double.POSITIVE_INFINITY, "slope", 1.0 / 6);
    settings.finish();
    return new HardSigmoid(slope);
  }

  @Override
  public Var forward(Scope scope, Var x) {
    return Unary.hardSigmoid(x, slope, 0.5);
  }
}
