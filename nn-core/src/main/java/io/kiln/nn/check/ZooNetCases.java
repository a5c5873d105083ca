package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.GlobalAvgPool;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.MaxPool2d;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Fire;
import io.kiln.nn.zoo.PaddedShortcut;
import io.kiln.nn.zoo.Residual;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small whole networks of the zoo's parts in training, with respect to their input and all
 * parameters. The seed is one where no rectifier or maximum changes sides within the steps of the
 * differences.
 */
final class ZooNetCases {
  private static final long SEED = 64;
  private static final double SCALE = 4;

  private ZooNetCases() {}

  static List<OpCase> all() {
    Layer projection = Sequential.of(Conv2d.plain(4, 1, 2, 0), BatchNorm.of());
    Layer fire =
        Sequential.of(
            Conv2d.of(3, 3, 0),
            new Relu(),
            MaxPool2d.of(2, 2, 0),
            new Fire(2, 3),
            Conv2d.of(3, 1, 0),
            new Relu(),
            new GlobalAvgPool());
    return List.of(
        of("net/residual-padded", residual(new PaddedShortcut(4)), 2, 3, 4, 4)
            .gives(
                0.0792084094928,
                0.013421921822,
                -0.727664481897,
                -1.24226214497,
                -0.589797897738,
                -0.232623258339,
                -0.359230575591,
                -0.35014364772,
                -1.66406839822,
                -0.338425424885,
                -0.863152587719,
                -0.355727473194,
                -0.093752548403,
                0.0313172257312,
                0.0720973406401,
                -0.537650923314,
                -0.0216793573775,
                -3.52409273339,
                -0.171130568891),
        of("net/residual-projected", residual(projection), 2, 3, 4, 4)
            .gives(
                -0.601889934193,
                0.0213256638114,
                -1.49394749126,
                0.166242159189,
                -0.637772631081,
                0.410369773909,
                0.509658023829,
                0.350876561893,
                -0.571079995086,
                0.155765440085,
                -0.329921749384,
                -0.163184122554,
                0.0200270547929,
                -0.0128904115228,
                -0.106679726783,
                -0.128421070142,
                0.48663364847,
                0.281284973512,
                0.698636845577,
                0.48663364847,
                -2.65818427036,
                -0.171130568891),
        of("net/fire", fire, 2, 2, 6, 6)
            .gives(
                48.8938425765,
                12.0715595461,
                31.4269251979,
                0.871382055975,
                4.0479860084,
                -0.0549918446404,
                8.68768424556,
                -0.297101879671,
                9.9433114849,
                -0.284780920135,
                71.8460677633,
                0.125543454965));
  }

  /** A convolution to two channels, a block that keeps the shape, one that halves it, scores. */
  private static Sequential residual(Layer shortcut) {
    return Sequential.of(
        Conv2d.plain(2, 3, 1, 1),
        BatchNorm.of(),
        new Relu(),
        Residual.of(body(2, 1)),
        new Residual(body(4, 2), "shortcut", shortcut),
        new GlobalAvgPool(),
        Dense.of(3));
  }

  private static Sequential body(int filters, int stride) {
    Map<String, Layer> body = new LinkedHashMap<>();
    body.put("conv1", Conv2d.plain(filters, 3, stride, 1));
    body.put("bn1", BatchNorm.of());
    body.put("relu", new Relu());
    body.put("conv2", Conv2d.plain(filters, 3, 1, 1));
    body.put("bn2", BatchNorm.of());
    return new Sequential(body);
  }

  private static OpCase of(String name, Layer layer, int... sizes) {
    Tensor x = scaled(random(SEED, sizes));
    SampleSpec spec = SampleSpec.classification(x.shape().sample(), 3);
    Network network = Network.of(Model.of(layer), spec, DType.FLOAT64, SEED);
    List<String> trained = new ArrayList<>();
    List<String> running = new ArrayList<>();
    List<Tensor> leaves = new ArrayList<>(List.of(x));
    List<Tensor> constants = new ArrayList<>();
    for (Params.Entry entry : network.params().entries()) {
      Tensor value = network.params().value(entry.name()).copy();
      if (entry.role().isTrainable()) {
        trained.add(entry.name());
        leaves.add(value.shape().rank() > 1 ? scaled(value) : moved(value, SEED + leaves.size()));
      } else {
        running.add(entry.name());
        constants.add(value);
      }
    }
    OpCase.Graph graph =
        (vars, fixed) -> {
          Map<String, Var> byName = new HashMap<>();
          for (int i = 0; i < trained.size(); i++) {
            byName.put(trained.get(i), vars.get(i + 1));
          }
          for (int i = 0; i < running.size(); i++) {
            byName.put(running.get(i), fixed.get(i));
          }
          return network.record(vars.get(0).tape(), List.of(vars.get(0)), key -> byName.get(key));
        };
    return new OpCase(name, leaves, constants, graph, OpCase.NET_BOUND, List.of(), List.of());
  }

  /** Against greater numbers the differences' steps are shorter. */
  private static Tensor scaled(Tensor value) {
    for (int i = 0; i < value.count(); i++) {
      value.set(i, SCALE * value.get(i));
    }
    return value;
  }

  /** Gains and offsets do not stay the ones and zeros they begin with. */
  private static Tensor moved(Tensor value, long seed) {
    Tensor noise = random(seed, value.shape().sizes());
    for (int i = 0; i < value.count(); i++) {
      value.set(i, value.get(i) + 0.3 * noise.get(i));
    }
    return value;
  }
}
