package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Init;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.op.shape.Concat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fire module: few 1×1 filters, then 1×1 and 3×3 filters side by side (Iandola et al. 2016,
 * "SqueezeNet").
 *
 * <p>Shapes: x {@code [n, c, h, w]} → y {@code [n, 2·expand, h, w]}; parameters squeeze, expand1x1
 * and expand3x3, each with weight and bias.
 *
 * @param squeeze filters of the first layer
 * @param expand filters of each of the two others
 */
public record Fire(int squeeze, int expand) implements Layer {
  @Override
  public Var forward(Scope scope, Var x) {
    Var narrow = rectified("squeeze", squeeze, 1).forward(scope, x);
    return Concat.of(
        1,
        List.of(
            rectified("expand1x1", expand, 1).forward(scope, narrow),
            rectified("expand3x3", expand, 3).forward(scope, narrow)));
  }

  private static Sequential rectified(String name, int filters, int kernel) {
    Conv2d convolution = Parts.biased(filters, kernel, 1, kernel / 2, Init.heUniform());
    Map<String, Layer> layers = new LinkedHashMap<>();
    layers.put(name, convolution);
    layers.put(name + "_activation", new Relu());
    return new Sequential(layers);
  }
}
