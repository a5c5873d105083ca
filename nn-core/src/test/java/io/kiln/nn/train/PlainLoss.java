package io.kiln.nn.train;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A loss with options drawn at random, and the same worked out the long way from its definition.
 *
 * @param kind one of {@link #KINDS}
 * @param settings of the loss
 * @param width outputs a row
 * @param steps rows a sample; 0 if a sample is a row
 * @param scale of the targets of a regression
 */
record PlainLoss(
    String kind, Map<String, Object> settings, int width, int steps, TargetScale scale) {
  static final List<String> KINDS =
      List.of(
          "indices",
          "shares",
          "cross-entropy",
          "cross-entropy-shares",
          "hinge",
          "temporal",
          "bce",
          "bce-shares",
          "binary-hinge",
          "binary-hinge-signs",
          "mse",
          "mae",
          "huber",
          "smooth-l1");

  private static final int INPUTS = 3;

  /** What a set comes to. */
  record Sums(
      double lossSum,
      double weight,
      double accuracy,
      long[][] confusion,
      double rmse,
      double mae,
      double r2) {
    double loss() {
      return lossSum / weight;
    }
  }

  /** Samples whose targets are these rows. */
  private record Rows(SampleSpec spec, double[][] x, double[][] target) implements Dataset {
    @Override
    public int size() {
      return x.length;
    }

    @Override
    public void read(int index, Batch batch, int row) {
      for (int i = 0; i < x[index].length; i++) {
        batch.input(0).set(row * x[index].length + i, x[index][i]);
      }
      for (int i = 0; i < target[index].length; i++) {
        batch.target().set(row * target[index].length + i, target[index][i]);
      }
    }
  }

  static PlainLoss weighted(double... weights) {
    List<Double> all = new ArrayList<>();
    for (double weight : weights) {
      all.add(weight);
    }
    Map<String, Object> settings =
        new LinkedHashMap<>(Map.of("type", "softmax-cross-entropy", "class-weights", all));
    return new PlainLoss("indices", settings, weights.length, 0, TargetScale.NONE);
  }

  static PlainLoss random(String kind, Random random) {
    Map<String, Object> settings = new LinkedHashMap<>();
    int width = 2 + random.nextInt(4);
    int steps = 0;
    TargetScale scale = TargetScale.NONE;
    switch (kind) {
      case "indices", "shares", "cross-entropy", "cross-entropy-shares" -> {
        settings.put("type", kind.startsWith("cross") ? "cross-entropy" : "softmax-cross-entropy");
        if (kind.endsWith("shares")) {
          settings.put("targets", "probabilities");
        }
        if (random.nextBoolean()) {
          settings.put("label-smoothing", random.nextDouble());
        }
        if (random.nextBoolean()) {
          settings.put("class-weights", random.doubles(width, 0.05, 4).boxed().toList());
        }
        steps = random.nextBoolean() && kind.equals("indices") ? 1 + random.nextInt(4) : 0;
      }
      case "hinge" -> {
        settings.put("type", "multiclass-hinge");
        settings.put("margin", random.nextDouble() * 2);
      }
      case "temporal" -> {
        settings.put("type", "temporal-softmax");
        settings.put("divide-by", random.nextBoolean() ? "words" : "sequences");
        steps = 1 + random.nextInt(5);
      }
      case "bce", "bce-shares" -> {
        settings.put("type", "bce");
        settings.put("positive-weight", random.nextDouble() * 3);
        width = kind.equals("bce") ? 1 : width;
      }
      case "binary-hinge", "binary-hinge-signs" -> {
        settings.put("type", "binary-hinge");
        settings.put("margin", random.nextDouble() * 2);
        width = kind.equals("binary-hinge") ? 1 : width;
      }
      default -> {
        settings.put("type", kind);
        if (kind.equals("mse")) {
          settings.put("half", random.nextBoolean());
          settings.put("mean-over", random.nextBoolean() ? "outputs" : "samples");
        }
        if (kind.equals("huber")) {
          settings.put("delta", 0.5 + random.nextDouble());
        }
        if (kind.equals("smooth-l1")) {
          settings.put("beta", 0.5 + random.nextDouble());
        }
        width = 1 + random.nextInt(3);
        scale =
            random.nextBoolean()
                ? new TargetScale(20 * random.nextGaussian(), 0.1 + 5 * random.nextDouble())
                : TargetScale.NONE;
      }
    }
    return new PlainLoss(kind, settings, width, steps, scale);
  }

  Loss loss() {
    return Losses.of(Settings.of("loss", settings));
  }

  private boolean indexed() {
    return switch (kind) {
      case "indices", "cross-entropy", "hinge", "temporal" -> true;
      default -> false;
    };
  }

  private boolean number() {
    return List.of("mse", "mae", "huber", "smooth-l1").contains(kind);
  }

  private boolean binary() {
    return kind.startsWith("b");
  }

  private boolean shares() {
    return kind.equals("shares") || kind.equals("cross-entropy-shares");
  }

  Dataset data(int n, Random random) {
    int rows = Math.max(1, steps);
    Shape input = steps == 0 ? Shape.of(INPUTS) : Shape.of(steps, INPUTS);
    boolean single = indexed() || (binary() && width == 1);
    Shape target =
        steps > 0
            ? Shape.of(steps)
            : single || (number() && width == 1) ? Shape.of() : Shape.of(width);
    int classes = indexed() ? width : single ? 2 : 0;
    double[][] x = new double[n][];
    double[][] targets = new double[n][];
    for (int i = 0; i < n; i++) {
      x[i] = random.doubles((long) rows * INPUTS, -2, 2).toArray();
      targets[i] = new double[single ? rows : width];
      for (int j = 0; j < targets[i].length; j++) {
        targets[i][j] = target(random, classes);
      }
      if (indexed() && steps > 1 && random.nextBoolean()) {
        targets[i][steps - 1] = -1; // a place that does not count
      }
      if (shares()) {
        double sum = java.util.Arrays.stream(targets[i]).sum();
        for (int j = 0; j < width; j++) {
          targets[i][j] /= sum;
        }
      }
    }
    return new Rows(new SampleSpec(List.of(input), target, classes, List.of(), scale), x, targets);
  }

  private double target(Random random, int classes) {
    if (classes > 0) {
      return random.nextInt(classes);
    }
    return switch (kind) {
      case "bce-shares", "shares", "cross-entropy-shares" -> random.nextDouble();
      case "binary-hinge-signs" -> random.nextBoolean() ? 1 : -1;
      default -> random.nextGaussian();
    };
  }

  Network network(Dataset data, long seed) {
    List<Layer> layers = new ArrayList<>();
    layers.add(layer("type", steps > 0 ? "temporal-affine" : "dense", "units", width));
    if (kind.startsWith("cross-entropy")) {
      layers.add(layer("type", "softmax"));
    }
    return Network.of(Model.of(Sequential.of(layers)), data.spec(), DType.FLOAT64, seed);
  }

  private static Layer layer(Object... settings) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put((String) settings[i], settings[i + 1]);
    }
    return Layers.of(Settings.of("layer", map));
  }

  /** A network of the same layers and values. */
  static Network copy(Network network) {
    Network copy = Network.of(network.model(), network.spec(), DType.FLOAT64, 0);
    copy.params().values().copyFrom(network.params().values());
    return copy;
  }

  /** Steps that move nothing. */
  static ParameterUpdate.Rule standing() {
    Map<String, Object> settings = Map.of("type", "sgd", "learning-rate", 0);
    return ParameterUpdate.Rule.from(Settings.of("optimizer", settings));
  }

  /** Outputs of all samples as the network gives them. */
  Tensor outputs(Network network, Dataset data) {
    int rows = Math.max(1, steps);
    Tensor all = Tensor.zeros(network.output().batch(data.size()), DType.FLOAT64);
    double[][] outputs = rows(network, data);
    for (int i = 0; i < data.size() * rows; i++) {
      for (int j = 0; j < width; j++) {
        all.set(i * width + j, outputs[i][j]);
      }
    }
    return all;
  }

  Tensor targets(Dataset data) {
    Tensor all = Tensor.zeros(data.spec().target().batch(data.size()), DType.FLOAT64);
    for (int i = 0; i < data.size(); i++) {
      data.readTarget(i, all, i);
    }
    return all;
  }

  /** y = x·Wᵀ + b of each row, and its softmax where the network ends so. */
  private double[][] rows(Network network, Dataset data) {
    double[] values = network.params().values().toArray();
    double[][] x = ((Rows) data).x;
    int each = Math.max(1, steps);
    double[][] outputs = new double[data.size() * each][width];
    for (int row = 0; row < outputs.length; row++) {
      double sum = 0;
      for (int j = 0; j < width; j++) {
        double y = values[width * INPUTS + j];
        for (int k = 0; k < INPUTS; k++) {
          y += values[j * INPUTS + k] * x[row / each][row % each * INPUTS + k];
        }
        outputs[row][j] = kind.startsWith("cross-entropy") ? Math.exp(y) : y;
        sum += outputs[row][j];
      }
      for (int j = 0; kind.startsWith("cross-entropy") && j < width; j++) {
        outputs[row][j] /= sum;
      }
    }
    return outputs;
  }

  Sums sums(Network network, Dataset data) {
    Tensor ones = Tensor.zeros(Shape.of(data.size()), DType.FLOAT64);
    ones.fill(1);
    return sums(network, data, ones);
  }

  Sums sums(Network network, Dataset data, Tensor weights) {
    double[][] outputs = rows(network, data);
    double[][] targets = ((Rows) data).target;
    int each = Math.max(1, steps);
    double lossSum = 0;
    double weight = 0;
    long answered = 0;
    long right = 0;
    int classes = number() ? 0 : binary() ? 2 : width;
    long[][] confusion = new long[classes][classes];
    List<double[]> numbers = new ArrayList<>();
    for (int row = 0; row < outputs.length; row++) {
      double w = weights.get(row / each);
      double[] x = outputs[row];
      double[] t = indexed() ? new double[] {targets[row / each][row % each]} : targets[row];
      if (indexed() && t[0] < 0) {
        continue;
      }
      lossSum += w * loss(x, t);
      weight += w * divisor(t);
      if (binary()) {
        for (int j = 0; j < width; j++) {
          int truth = t[j] > (kind.startsWith("bce") ? 0.5 : 0) ? 1 : 0;
          int answer = x[j] > 0 ? 1 : 0;
          confusion[truth][answer]++;
          right += truth == answer ? 1 : 0;
          answered++;
        }
      } else if (!number()) {
        int truth = indexed() ? (int) t[0] : greatest(t);
        int answer = greatest(x);
        confusion[truth][answer]++;
        right += truth == answer ? 1 : 0;
        answered++;
      }
      for (int j = 0; number() && j < width; j++) {
        numbers.add(new double[] {scale.number(x[j]), scale.number(t[j])});
      }
    }
    if ("sequences".equals(settings.get("divide-by"))) {
      weight = 0;
      for (int i = 0; i < weights.count(); i++) {
        weight += weights.get(i);
      }
    }
    double mean = numbers.stream().mapToDouble(pair -> pair[1]).average().orElse(Double.NaN);
    double squares = numbers.stream().mapToDouble(p -> (p[0] - p[1]) * (p[0] - p[1])).sum();
    double spread = numbers.stream().mapToDouble(p -> (p[1] - mean) * (p[1] - mean)).sum();
    double absolutes = numbers.stream().mapToDouble(p -> Math.abs(p[0] - p[1])).sum();
    return new Sums(
        lossSum,
        weight,
        (double) right / answered,
        confusion,
        Math.sqrt(squares / numbers.size()),
        absolutes / numbers.size(),
        spread > 0 ? 1 - squares / spread : Double.NaN);
  }

  private static int greatest(double[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      best = numbers[i] > numbers[best] ? i : best;
    }
    return best;
  }

  private double option(String key, double usual) {
    return settings.get(key) instanceof Number number ? number.doubleValue() : usual;
  }

  private double weightOf(int c) {
    return settings.get("class-weights") instanceof List<?> all
        ? ((Number) all.get(c)).doubleValue()
        : 1;
  }

  /** What a row adds to that by which the sum is divided. */
  private double divisor(double[] t) {
    if (indexed()) {
      return weightOf((int) t[0]);
    }
    return shares() || "samples".equals(settings.get("mean-over")) ? 1 : t.length;
  }

  /** The loss of a row, in the units of the data. */
  private double loss(double[] x, double[] t) {
    double sum = 0;
    if (kind.equals("hinge")) {
      for (int j = 0; j < x.length; j++) {
        double reach = x[j] - x[(int) t[0]] + option("margin", 1);
        sum += j == (int) t[0] ? 0 : Math.max(0, reach);
      }
      return sum;
    }
    if (indexed() || shares()) {
      double logs = 0;
      for (double score : x) {
        logs += Math.exp(score);
      }
      double smooth = option("label-smoothing", 0);
      for (int c = 0; c < x.length; c++) {
        double share = shares() ? t[c] : c == (int) t[0] ? 1 : 0;
        double mixed = (1 - smooth) * share + smooth / x.length;
        double log = kind.startsWith("cross-entropy") ? Math.log(x[c]) : x[c] - Math.log(logs);
        sum -= weightOf(c) * mixed * log;
      }
      return sum;
    }
    for (int j = 0; j < x.length; j++) {
      double s = scale.deviation() * (x[j] - t[j]);
      double d = Math.abs(s);
      double bend = scale.deviation() * option("delta", option("beta", 1));
      sum +=
          switch (kind) {
            case "bce", "bce-shares" ->
                option("positive-weight", 1) * t[j] * Math.log1p(Math.exp(-x[j]))
                    + (1 - t[j]) * Math.log1p(Math.exp(x[j]));
            case "binary-hinge", "binary-hinge-signs" ->
                Math.max(0, option("margin", 1) - (t[j] > 0 ? x[j] : -x[j]));
            case "mse" -> Boolean.TRUE.equals(settings.get("half")) ? s * s / 2 : s * s;
            case "mae" -> d;
            case "huber" -> d <= bend ? d * d / 2 : bend * (d - bend / 2);
            default -> d <= bend ? d * d / (2 * bend) : d - bend / 2;
          };
    }
    return sum;
  }
}
