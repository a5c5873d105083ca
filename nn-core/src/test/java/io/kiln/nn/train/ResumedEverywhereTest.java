package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.CheckpointStore;
import io.kiln.nn.io.Digests;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is trained by whatever rule, the weights are the same bits on 1, 2 and 3 workers, and
 * after a resume at every step on another number of workers.
 */
class ResumedEverywhereTest {
  private static final int SHARDS = 3;
  private static final int SAMPLES = 24;
  private static final int BATCH = 12;

  /** One fit: its weights, and its state after each step as it would be read from a checkpoint. */
  private record Trained(String weights, List<FitState> states) {}

  static List<Combination> some() {
    return Combination.some();
  }

  @ParameterizedTest
  @MethodSource("some")
  void everyLayerOptimizerAndScheduleIsResumedBitByBit(Combination combination) throws Exception {
    check(combination);
  }

  @Test
  void everyOptimizerAndScheduleIsAmongThoseThatAlwaysRun() {
    assertThat(types(Combination.some(), "type")).isEqualTo(types(Combination.all(), "type"));
    assertThat(types(Combination.some(), "schedule"))
        .isEqualTo(types(Combination.all(), "schedule"));
  }

  private static Set<String> types(List<Combination> combinations, String key) {
    return combinations.stream()
        .map(one -> String.valueOf(one.optimizer().get(key)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The nightly; see CONTRIBUTING. */
  @Test
  @Tag("slow")
  void everyCombinationIsResumedBitByBit() throws Exception {
    List<Combination> all = Combination.all();
    for (Combination one : all) {
      check(one);
    }
    System.out.println(all.size() + " combinations of layer, optimizer and schedule");
  }

  private static void check(Combination one) throws Exception {
    Trained whole = train(one, 1, null, true);
    for (int workers = 2; workers <= 3; workers++) {
      assertThat(train(one, workers, null, false).weights())
          .as("%s on %d workers", one, workers)
          .isEqualTo(whole.weights());
    }
    for (FitState state : whole.states()) {
      int workers = 1 + (int) (state.step() % 3);
      assertThat(train(one, workers, state, false).weights())
          .as("%s resumed at step %d on %d workers", one, state.step(), workers)
          .isEqualTo(whole.weights());
    }
  }

  private static TensorData data(Combination one) {
    TensorData random = TensorData.random(SAMPLES, one.sample(), 3, DType.FLOAT32);
    if (!one.ofWords()) {
      return random;
    }
    Tensor words = random.x();
    for (int i = 0; i < words.count(); i++) {
      words.set(i, Math.floorMod((int) words.get(i), 5));
    }
    return random;
  }

  private static Trained train(Combination one, int workers, @Nullable FitState from, boolean keep)
      throws Exception {
    List<Trained> results = Workers.run(workers, collective -> fit(one, collective, from, keep));
    for (Trained result : results) {
      assertThat(result.weights()).as("%s", one).isEqualTo(results.get(0).weights());
    }
    return results.get(0);
  }

  private static Trained fit(
      Combination one, Collective workers, @Nullable FitState from, boolean keep)
      throws IOException {
    TensorData data = data(one);
    Map<String, Object> dense = Map.of("type", "dense", "units", 3);
    Map<String, Object> model =
        Map.of("layers", List.of(one.layer(), Map.of("type", "flatten"), dense));
    // A resumed fit begins from other weights, which must not matter.
    Network network =
        Network.of(
            Models.from(Settings.of("model", model), data.spec()),
            data.spec(),
            DType.FLOAT32,
            from == null ? 1 : 2);
    ParameterUpdate.Rule rule =
        ParameterUpdate.Rule.from(Settings.of("optimizer", new LinkedHashMap<>(one.optimizer())));
    boolean fullBatch = rule.optimizer().traits().fullBatch();
    // Four steps in two epochs, or three of the whole set.
    FitOptions options =
        FitOptions.of(fullBatch ? 3 : 2, BATCH, 3)
            .withShards(SHARDS)
            .withCheckpoints(new FitOptions.Checkpoints(keep ? 1 : 0, 0));
    MemoryStorage memory = new MemoryStorage();
    CheckpointStore store = new CheckpointStore(memory, "c", 100);
    FitListener saves =
        new FitListener() {
          @Override
          public void onCheckpoint(FitState state) throws IOException {
            store.save(state.toCheckpoint(Map.of()));
          }
        };
    Fit fit =
        new Fit(network, new SoftmaxCrossEntropyLoss(), rule, data, data, options, workers, saves);
    fit.resumeIfAny(from);
    FitResult result = fit.run();
    assertThat(result.steps()).isEqualTo(fullBatch ? 3 : 4);
    List<FitState> states = new ArrayList<>();
    for (String path : store.paths()) {
      FitState state = FitState.of(CheckpointStore.read(memory, path));
      if (state.step() < result.steps()) {
        states.add(state);
      }
    }
    assertThat(states).hasSize(keep ? (int) result.steps() - 1 : 0);
    return new Trained(Digests.sha256(network.params().values()), states);
  }
}
