package io.kiln.nn.zoo;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Scope;
import io.kiln.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * A network for images that begins with a chain of layers features.0, features.1, …, whose outputs
 * say what is where in an image of any size: SqueezeNet, VGG.
 */
public interface FeatureModel extends NamedModel {
  /** The whole network; its first part is named {@code features}. */
  Sequential body();

  /** The chain {@code features}. */
  default Sequential features() {
    if (body().layers().get("features") instanceof Sequential chain) {
      return chain;
    }
    throw new IllegalStateException("features: the network does not begin with them");
  }

  /**
   * Records features alone, for inference, up to the last layer asked for; images may have another
   * size than the network was made for.
   *
   * <p>Neighbours are done in one pass as in the whole network, but never across a layer that is
   * asked for: its output is what the layer gives, not what a rectifier after it makes of that.
   *
   * @param network of a model of this kind
   * @param image {@code [n, 3, h, w]}
   * @param layers numbers of layers
   * @return their outputs {@code [n, c, h', w']}, in that order
   * @throws ConfigException if there is no such layer, or the image is too small for it
   */
  static List<Var> record(Network network, Tape tape, Var image, SortedSet<Integer> layers) {
    if (!(network.model() instanceof FeatureModel model)) {
      throw new ConfigException(
          "features: the network is a "
              + network.model().getClass().getSimpleName()
              + " but squeezenet1-1, vgg19 or a relative is needed");
    }
    Map<String, Layer> chain = model.features().layers();
    if (layers.isEmpty() || layers.first() < 0 || layers.last() >= chain.size()) {
      throw new ConfigException(
          "features: layers "
              + layers
              + " came but some of 0 to "
              + (chain.size() - 1)
              + " are needed");
    }
    List<Var> outputs = new ArrayList<>();
    network.record(
        tape,
        List.of(image),
        (scope, inputs) -> scope.apply("features", parts(chain, layers, outputs), inputs.get(0)));
    return outputs.stream().map(tape::plain).toList();
  }

  private static Layer parts(
      Map<String, Layer> chain, SortedSet<Integer> layers, List<Var> outputs) {
    return (Scope scope, Var x) -> {
      Map<String, Layer> part = new LinkedHashMap<>();
      Var y = x;
      int number = 0;
      for (Map.Entry<String, Layer> one : chain.entrySet()) {
        part.put(one.getKey(), one.getValue());
        if (layers.contains(number++)) {
          y = new Sequential(part).forward(scope, y);
          part.clear();
          outputs.add(y);
        }
      }
      return y;
    };
  }
}
