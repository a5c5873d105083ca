package io.kiln.nn.train;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at weights and gradients of a network's layers once an epoch, and for rectifiers that never
 * answer anything but 0. One worker's, one thread's.
 *
 * <p>Order of calls: in an epoch {@link #gradient}, then {@link #epoch}.
 */
public final class LayerWatch {
  /** Bars of a histogram. */
  public static final int BARS = 30;

  /** Samples that must all leave a unit at 0 for it to count as dead. */
  private static final int SAMPLES = 256;

  private static final int MOST_LAYERS = 100;

  private final Network network;
  private final List<Params.Entry> watched;
  private final Map<String, Spread> gradients = new LinkedHashMap<>();
  private final Tape tape;
  private final Map<String, Var> rectified = new LinkedHashMap<>();

  /**
   * How numbers are spread.
   *
   * @param norm root of the sum of their squares
   * @param min the least
   * @param max the greatest
   * @param counts how many are in each of equal parts of the way from min to max
   */
  public record Spread(double norm, double min, double max, List<Long> counts) {
    /** Copies the list. */
    public Spread {
      counts = List.copyOf(counts);
    }

    /** The spread of some numbers times a factor. */
    static Spread of(Tensor numbers, double factor) {
      double squares = 0;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < numbers.count(); i++) {
        double value = factor * numbers.get(i);
        squares += value * value;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      long[] counts = new long[BARS];
      double bar = (max - min) / BARS;
      for (int i = 0; i < numbers.count(); i++) {
        double at = bar > 0 ? (factor * numbers.get(i) - min) / bar : 0;
        counts[Math.max(0, Math.min(BARS - 1, (int) at))]++;
      }
      List<Long> list = new ArrayList<>();
      for (long count : counts) {
        list.add(count);
      }
      return new Spread(Math.sqrt(squares), min, max, list);
    }
  }

  /**
   * The numbers of one layer's parameter.
   *
   * @param name of the parameter
   * @param weights after the epoch
   * @param gradient mean over the samples of the epoch's last step
   */
  public record Layer(String name, Spread weights, Spread gradient) {}

  /**
   * A rectifier.
   *
   * @param layer its name
   * @param dead share of its units (of its channels, for pictures) that are 0 for all samples
   *     looked at
   */
  public record Rectifier(String layer, double dead) {}

  /** What was seen at the end of an epoch. */
  public record Seen(int epoch, List<Layer> layers, List<Rectifier> rectifiers) {
    /** Copies the lists. */
    public Seen {
      layers = List.copyOf(layers);
      rectifiers = List.copyOf(rectifiers);
    }
  }

  /**
   * A watch.
   *
   * @param samples what rectifiers are looked at with: the first ones of a shard
   * @param shard an own one
   * @throws IOException if samples cannot be read
   */
  public LayerWatch(Network network, ShardedSamples samples, int shard) throws IOException {
    this.network = network;
    this.watched =
        network.params().entries().stream()
            .filter(entry -> entry.role() == Params.Role.WEIGHT)
            .limit(MOST_LAYERS)
            .toList();
    this.tape = new Tape(network.dtype(), new Workspace(network.dtype()));
    ShardedSamples read = SparseInput.readable(network, samples);
    int n = (int) Math.min(SAMPLES, read.size(shard));
    if (n == 0 || read.sparse()) {
      return;
    }
    Batch batch = read.batch(n, network.dtype());
    try (ShardReader reader = read.open(shard, ShardedSamples.PLAIN, 0)) {
      reader.fill(batch, n);
    }
    Var output = network.record(tape, SparseInput.leaves(tape, batch), List.of("")).get("");
    List<Var> kept = new ArrayList<>();
    for (var op : List.copyOf(tape.ops())) {
      if (op instanceof io.kiln.nn.autograd.Rectifier && output != null) {
        Var plain = tape.plain(op.output());
        kept.add(plain);
        String name = op.scope().isEmpty() ? op.name() : op.scope();
        int more = 2;
        String free = name;
        while (rectified.containsKey(free)) {
          free = name + "#" + more++;
        }
        rectified.put(free, plain);
      }
    }
    if (output != null && !kept.isEmpty()) {
      tape.plan(output, kept.toArray(Var[]::new));
    }
  }

  /** See {@link FitListener#onGradient}. */
  public void gradient(Tensor sum, double weight) {
    for (Params.Entry entry : watched) {
      Tensor own = sum.slice(entry.offset(), Shape.of(entry.shape().count()));
      gradients.put(entry.name(), Spread.of(own, 1 / weight));
    }
  }

  /** What is to be seen now, after {@link #gradient}. */
  public Seen epoch(int epoch) {
    List<Layer> layers = new ArrayList<>();
    for (Params.Entry entry : watched) {
      Spread gradient = gradients.get(entry.name());
      if (gradient != null) {
        Tensor value = network.params().value(entry.name());
        layers.add(new Layer(entry.name(), Spread.of(value, 1), gradient));
      }
    }
    List<Rectifier> rectifiers = new ArrayList<>();
    if (!rectified.isEmpty()) {
      tape.replay();
      rectified.forEach(
          (name, var) -> rectifiers.add(new Rectifier(name, dead(var.value(), var.shape()))));
    }
    return new Seen(epoch, layers, rectifiers);
  }

  /** Share of units, or of channels of pictures [n, channels, h, w], that are always 0. */
  static double dead(Tensor output, Shape shape) {
    int n = shape.size(0);
    int each = output.count() / n;
    int area = shape.rank() == 4 ? shape.size(2) * shape.size(3) : 1;
    int units = each / area;
    int dead = 0;
    for (int unit = 0; unit < units; unit++) {
      boolean alive = false;
      for (int sample = 0; sample < n && !alive; sample++) {
        int at = sample * each + unit * area;
        for (int i = 0; i < area && !alive; i++) {
          alive = output.get(at + i) > 0;
        }
      }
      dead += alive ? 0 : 1;
    }
    return (double) dead / units;
  }
}
