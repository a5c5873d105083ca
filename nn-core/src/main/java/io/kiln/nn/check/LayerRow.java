package io.kiln.nn.check;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes rows of layers, losses and networks, each from the settings that YAML would give.
 *
 * <p>Leaves are the input and then the parameters in the order they are declared, parameter k with
 * the numbers of wave 100 + k; constants are what the samples hold besides (words, targets), then
 * the running statistics as they begin.
 */
final class LayerRow {
  /** Wave of a layer's first parameter. */
  static final int FIRST_PARAMETER = 100;

  private LayerRow() {}

  /** A layer on an input that it is differentiated by. */
  static OpCase layer(String type, Map<String, ?> settings, Tensor x) {
    return layer(type, "", settings, x);
  }

  /** Another variant of a layer. */
  static OpCase layer(String type, String variant, Map<String, ?> settings, Tensor x) {
    Network network = network(type, settings, x.shape().sample().sizes());
    return net(
        "layer/" + type + variant, network, FIRST_PARAMETER, List.of(x), List.of(), (vars, y) -> y);
  }

  /** A layer on words. */
  static OpCase onWords(String type, Map<String, ?> settings, Tensor words) {
    Network network = network(type, settings, words.shape().sample().sizes());
    return net(
        "layer/" + type, network, FIRST_PARAMETER, List.of(), List.of(words), (vars, y) -> y);
  }

  /** A loss, divided by what the trainer divides by, of an output. */
  static OpCase loss(
      String type, String variant, Map<String, ?> settings, Tensor x, Tensor target) {
    Loss loss = Losses.of(Settings.of("loss", withType(type, settings)));
    return OpCase.with(
        "loss/" + type + variant, target, (v, c) -> mean(loss, v.get(0), c.get(0), target), x);
  }

  /** A loss of samples that do not count the same, divided by what they weigh together. */
  static OpCase weighted(
      String type, Map<String, ?> settings, Tensor x, Tensor target, Tensor weights) {
    Loss loss = Losses.of(Settings.of("loss", withType(type, settings)));
    return OpCase.of(
        "loss/" + type + "/sample-weights",
        List.of(target, weights),
        (v, c) ->
            Multiply.of(loss.sum(v.get(0), c.get(0), c.get(1)), 1 / loss.weight(target, weights)),
        x);
  }

  /**
   * The mean loss of a network: its last constant but running statistics are the targets.
   *
   * @param first wave of the first parameter
   */
  static OpCase net(
      String name,
      Network network,
      int first,
      Loss loss,
      List<Tensor> x,
      List<Tensor> words,
      Tensor target) {
    List<Tensor> constants = new ArrayList<>(words);
    constants.add(target);
    return net(
            "net/" + name,
            network,
            first,
            x,
            constants,
            (fixed, y) -> mean(loss, y, fixed.get(words.size()), target))
        .asNet();
  }

  private static Var mean(Loss loss, Var output, Var target, Tensor targets) {
    return Multiply.of(loss.sum(output, target), 1 / loss.weight(targets));
  }

  /** What is made of constants and the network's output. */
  private interface End {
    Var of(List<Var> constants, Var y);
  }

  private static OpCase net(
      String name, Network network, int first, List<Tensor> x, List<Tensor> fixed, End end) {
    List<Tensor> leaves = new ArrayList<>(x);
    List<Tensor> constants = new ArrayList<>(fixed);
    Map<String, Integer> places = new HashMap<>();
    for (Params.Entry entry : network.params().entries()) {
      boolean buffer = entry.role() == Params.Role.BUFFER;
      List<Tensor> where = buffer ? constants : leaves;
      places.put(entry.name(), where.size());
      where.add(
          buffer
              ? network.params().value(entry.name())
              : Waves.wave(first + leaves.size() - x.size(), entry.shape().sizes()));
    }
    int inputs = network.spec().inputs().size();
    return OpCase.of(
        name,
        constants,
        (vars, others) -> {
          List<Var> given = new ArrayList<>(vars.subList(0, x.size()));
          given.addAll(others.subList(0, inputs - x.size()));
          Map<String, Var> parameters = new HashMap<>();
          for (Params.Entry entry : network.params().entries()) {
            List<Var> where = entry.role() == Params.Role.BUFFER ? others : vars;
            parameters.put(entry.name(), where.get(places.getOrDefault(entry.name(), 0)));
          }
          Var any = vars.get(0);
          return end.of(
              others, network.record(any.tape(), given, key -> parameters.getOrDefault(key, any)));
        },
        leaves.toArray(new Tensor[0]));
  }

  /** A network of one layer for samples of that shape; throws what a user would read. */
  static Network network(String type, Map<String, ?> settings, int... sample) {
    Layer layer = Layers.of(Settings.of("layer", withType(type, settings)));
    SampleSpec spec = new SampleSpec(List.of(Shape.of(sample)), Shape.of(), 0, List.of());
    return Network.of(Model.of(layer), spec, DType.FLOAT64, 1);
  }

  /** A network made only to be refused. */
  static Runnable attempt(String type, Map<String, ?> settings, int... sample) {
    return () -> network(type, settings, sample);
  }

  /** A loss made only to be refused. */
  static Runnable attemptLoss(String type, Map<String, ?> settings) {
    return () -> Losses.of(Settings.of("loss", withType(type, settings)));
  }

  private static Map<String, Object> withType(String type, Map<String, ?> settings) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.put("type", type);
    return all;
  }
}
