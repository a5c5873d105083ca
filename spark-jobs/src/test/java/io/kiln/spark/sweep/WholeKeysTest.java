package io.kiln.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.spark.config.Axis;
import io.kiln.spark.config.RunConfig;
import io.kiln.spark.fit.WholeData;
import io.kiln.spark.search.Space;
import io.kiln.spark.store.HadoopStorage;
import io.kiln.spark.train.TrainRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WholeKeysTest {
  private static final HadoopStorage STORAGE = new HadoopStorage();

  private static Space space(Map<String, Object> space) throws IOException {
    RunConfig config =
        RunConfig.of(
            Map.of(
                "data",
                Map.of("format", "synthetic", "train", 300, "validation", 100, "test", 50),
                "model",
                Map.of(
                    "layers",
                    List.of(
                        Map.of("type", "flatten"),
                        Map.of("type", "dense", "units", 12),
                        Map.of("type", "dropout", "rate", 0.1),
                        Map.of("type", "dense", "units", 10))),
                "sweep",
                Map.of("strategy", "random", "trials", 400, "space", space)));
    TrainRun.Prepared prepared =
        new TrainRun.Prepared(config, WholeData.of(config.data(), ".", STORAGE), ".", 1, 1);
    return WholeKeys.of(config, Objects.requireNonNull(config.sweep()), prepared, STORAGE);
  }

  private static Set<String> whole(Map<String, Axis> axes) {
    Set<String> whole = new TreeSet<>();
    axes.forEach(
        (key, axis) -> {
          if (axis instanceof Axis.Range range && range.whole()) {
            whole.add(key);
          } else if (axis instanceof Axis.Choices some) {
            some.choices().forEach(choice -> whole.addAll(whole(choice.space())));
          }
        });
    return whole;
  }

  @Test
  void aRangeIsOfWholeNumbersWhereTheKeyIsOne() throws IOException {
    Space space =
        space(
            Map.of(
                "model.layers.1.units", Map.of("min", 4, "max", 40, "scale", "log"),
                "train.batch-size", Map.of("min", 16, "max", 128),
                "train.epochs", Map.of("min", 1.5, "max", 2.5),
                "data.validation", Map.of("min", 50, "max", 150),
                "optimizer.learning-rate", Map.of("min", 1, "max", 2),
                "optimizer.momentum", Map.of("min", 0, "max", 0.9),
                "model.layers.2.rate", Map.of("min", 0, "max", 0.5)));
    assertThat(whole(space.axes()))
        .containsExactlyInAnyOrder(
            "model.layers.1.units", "train.batch-size", "train.epochs", "data.validation");
  }

  /** A key of one schedule is asked for where that one is chosen. */
  @Test
  void aChoicesOwnKeysAreAskedForWhereItIsTaken() throws IOException {
    Space space =
        space(
            Map.of(
                "optimizer.schedule.type",
                Map.of(
                    "choices",
                    Map.of(
                        "cosine", Map.of("optimizer.momentum", Map.of("min", 0, "max", 0.9)),
                        "step", Map.of("optimizer.schedule.every", Map.of("min", 2, "max", 20))))));
    assertThat(whole(space.axes())).containsExactly("optimizer.schedule.every");
  }
}
