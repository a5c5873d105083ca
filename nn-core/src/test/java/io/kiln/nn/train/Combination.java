package io.kiln.nn.train;

import io.kiln.nn.config.Named;
import io.kiln.nn.config.Settings;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.optim.Optimizer;
import io.kiln.nn.optim.Schedule;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer, an optimizer and a schedule: every class that YAML can name, in settings under which it
 * has a state to be resumed where it can have one.
 *
 * @param layer settings of the layer
 * @param sample shape of a sample; of words if the layer is an embedding
 * @param optimizer settings of the optimizer, schedule included
 */
record Combination(Map<String, Object> layer, Shape sample, Map<String, Object> optimizer) {
  private static final Shape ROW = Shape.of(4);
  private static final Shape TIMES = Shape.of(3, 4);
  private static final Shape IMAGE = Shape.of(2, 5, 5);
  private static final Map<String, Object> DENSE = Map.of("type", "dense", "units", 4);
  private static final Map<String, Object> TANH = Map.of("type", "tanh");

  private record Place(Map<String, Object> settings, Shape sample) {}

  private static final Map<String, List<Place>> PLACES = places();

  private static final Map<String, Map<String, Object>> SCHEDULES =
      Map.of(
          "step", Map.of("every", 1, "decay", 0.5),
          "multi-step", Map.of("at", List.of(1), "decay", 0.5),
          "exponential", Map.of("decay", 0.8),
          "warmup", Map.of("steps", 3, "then", Map.of("type", "cosine")),
          "plateau", Map.of("patience", 0, "threshold", 0.9, "decay", 0.5));

  private static final Map<String, Map<String, Object>> OPTIMIZERS =
      Map.of(
          "sgd", Map.of("momentum", 0.9, "weight-decay", 0.01, "average-decay", 0.9),
          "adam", Map.of("clip-norm", 0.5, "average-decay", 0.5));

  private static Map<String, List<Place>> places() {
    Map<String, List<Place>> places = new LinkedHashMap<>();
    for (String type : Layers.names()) {
      places.put(type, List.of(new Place(Map.of(), ROW)));
    }
    put(places, "dense", ROW, Map.of("units", 5));
    put(places, "reshape", TIMES, Map.of("shape", List.of(2, -1)));
    put(places, "transpose", TIMES, Map.of());
    put(places, "slice", TIMES, Map.of("from", 1, "to", 3));
    put(places, "pad", IMAGE, Map.of("padding", 1));
    put(places, "group-norm", IMAGE, Map.of("groups", 2));
    put(places, "instance-norm", IMAGE, Map.of("affine", true));
    put(places, "batch-norm", IMAGE, Map.of(), Map.of("sync", true));
    put(places, "dropout", ROW, Map.of("rate", 0.3));
    put(
        places,
        "conv2d",
        IMAGE,
        Map.of("filters", 3, "kernel", 3, "padding", 1),
        Map.of("filters", 3, "kernel", 2, "init", "whitening"));
    Map<String, Object> convolution = Map.of("type", "conv2d", "filters", 2, "kernel", 3);
    put(places, "views", IMAGE, Map.of("shift", 1, "layers", List.of(convolution)));
    put(places, "conv-transpose2d", IMAGE, Map.of("filters", 2, "kernel", 3, "stride", 2));
    put(places, "max-pool2d", IMAGE, Map.of("kernel", 2));
    put(places, "avg-pool2d", IMAGE, Map.of("kernel", 2));
    put(places, "adaptive-avg-pool2d", IMAGE, Map.of("size", 2));
    put(places, "global-avg-pool", IMAGE, Map.of());
    put(places, "conv1d", TIMES, Map.of("filters", 2, "kernel", 2));
    put(places, "max-pool1d", TIMES, Map.of("kernel", 2));
    put(places, "avg-pool1d", TIMES, Map.of("kernel", 2));
    put(places, "local-response-norm", IMAGE, Map.of("size", 2));
    put(places, "embedding", TIMES, Map.of("rows", 5, "width", 3));
    put(places, "rnn", TIMES, Map.of("hidden", 3));
    put(places, "lstm", TIMES, Map.of("hidden", 3, "layers", 2));
    put(places, "gru", TIMES, Map.of("hidden", 3));
    put(places, "temporal-affine", TIMES, Map.of("units", 3));
    put(places, "multi-head-attention", TIMES, Map.of("heads", 2));
    put(places, "transformer-block", TIMES, Map.of("heads", 2, "width", 5, "dropout", 0.2));
    put(places, "sequential", ROW, Map.of("layers", List.of(DENSE, TANH)));
    put(places, "residual", ROW, Map.of("layers", List.of(DENSE, TANH)));
    List<Map<String, Object>> ways =
        List.of(Map.of("layers", List.of(DENSE)), Map.of("layers", List.of(TANH)));
    for (String type : List.of("add", "multiply", "concat")) {
      put(places, type, ROW, Map.of("branches", ways));
    }
    List<Map<String, Object>> pair =
        List.of(Map.of(), Map.of("layers", List.of(Map.of("type", "transpose"))));
    put(places, "matrix-multiply", TIMES, Map.of("branches", pair));
    put(places, "einsum", TIMES, Map.of("branches", pair, "formula", "nij,njk->nik"));
    return places;
  }

  @SafeVarargs
  private static void put(
      Map<String, List<Place>> places, String type, Shape sample, Map<String, Object>... settings) {
    if (!places.containsKey(type)) {
      throw new IllegalArgumentException("there is no layer " + type);
    }
    List<Place> all = new ArrayList<>();
    for (Map<String, Object> one : settings) {
      all.add(new Place(one, sample));
    }
    places.put(type, all);
  }

  private static Map<String, Object> typed(String type, Map<String, Object> settings) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("type", type);
    all.putAll(settings);
    return all;
  }

  private static List<Map<String, Object>> optimizers() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String type : new Named<>(Optimizer.class, "optimizer", Settings.class).names()) {
      all.add(typed(type, OPTIMIZERS.getOrDefault(type, Map.of())));
    }
    return all;
  }

  private static List<Map<String, Object>> schedules() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String type : new Named<>(Schedule.class, "schedule", Settings.class).names()) {
      all.add(typed(type, SCHEDULES.getOrDefault(type, Map.of())));
    }
    return all;
  }

  private static Map<String, Object> scheduled(
      Map<String, Object> optimizer, Map<String, Object> schedule) {
    Map<String, Object> all = new LinkedHashMap<>(optimizer);
    all.put("schedule", schedule);
    return all;
  }

  /** Every layer with every optimizer under every schedule. */
  static List<Combination> all() {
    List<Combination> all = new ArrayList<>();
    PLACES.forEach(
        (type, places) -> {
          for (Place place : places) {
            for (Map<String, Object> optimizer : optimizers()) {
              for (Map<String, Object> schedule : schedules()) {
                all.add(
                    new Combination(
                        typed(type, place.settings), place.sample, scheduled(optimizer, schedule)));
              }
            }
          }
        });
    return all;
  }

  /** Every layer, every optimizer and every schedule, each at least once. */
  static List<Combination> some() {
    List<Combination> some = new ArrayList<>();
    List<Map<String, Object>> optimizers = optimizers();
    List<Map<String, Object>> schedules = schedules();
    PLACES.forEach(
        (type, places) -> {
          for (Place place : places) {
            int i = some.size();
            some.add(
                new Combination(
                    typed(type, place.settings),
                    place.sample,
                    scheduled(
                        optimizers.get(i % optimizers.size()),
                        schedules.get(i % schedules.size()))));
          }
        });
    return some;
  }

  /** Whether a sample is words. */
  boolean ofWords() {
    return "embedding".equals(layer.get("type"));
  }
}
