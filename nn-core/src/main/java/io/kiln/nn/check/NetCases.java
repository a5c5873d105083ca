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
 * Small whole networks in training, with respect to their input and all parameters. The seed is one
 * where no rectifier or maximum changes sides within the steps of the differences.
 */
final class NetCases {
  private static final long SEED = 64;
  private static final double SCALE = 4;

  private NetCases() {}

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
        of("residual-net/padded", residual(new PaddedShortcut(4)), 2, 3, 4, 4),
        of("residual-net/projected", residual(projection), 2, 3, 4, 4),
        of("fire-net", fire, 2, 2, 6, 6));
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
    return new OpCase(name, leaves, constants, graph, OpCase.NET_BOUND);
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
