package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DataSources;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.Splits;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.zoo.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads and workers share sums, updates and evaluation; the numbers do not show how many. */
class SharedStepTest {
  private static final int SHARDS = 8;
  private static Splits data;

  @BeforeAll
  static void drawDigits() throws IOException {
    Settings settings =
        Settings.of("data", Map.of("format", "synthetic", "train", 90, "validation", 40));
    data = DataSources.load(settings, new LocalStorage(), "");
  }

  private static ParameterUpdate.Rule rule(String words) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String word : words.split(" ")) {
      String[] pair = word.split("=");
      map.put(pair[0], pair[0].equals("type") ? pair[1] : (Object) Double.valueOf(pair[1]));
    }
    return ParameterUpdate.Rule.from(Settings.of("optimizer", map));
  }

  private record Outcome(double[] values, List<Double> losses) {
    static Outcome of(ParameterUpdate.Rule rule, int threads, Collective workers)
        throws IOException {
      SampleSpec spec = data.train().spec();
      Settings model =
          Settings.of("model", Map.of("type", "mlp", "hidden", List.of(24), "outputs", 10));
      Network network = Network.of(Models.from(model, spec), spec, DType.FLOAT32, 1);
      FitOptions options = FitOptions.of(2, 30, 1).withShards(SHARDS).withThreads(threads);
      Fit fit =
          new Fit(
              network,
              new SoftmaxCrossEntropyLoss(),
              rule,
              data.train(),
              data.validation(),
              options,
              workers,
              new FitListener() {});
      List<Double> losses = new ArrayList<>();
      for (EpochRecord row : fit.run().history()) {
        losses.add(row.trainLoss());
        losses.add(row.validationLoss());
      }
      return new Outcome(network.params().values().toArray(), losses);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type=sgd learning-rate=0.1 momentum=0.9 weight-decay=0.01",
        "type=adam learning-rate=0.01 l1-decay=0.001",
        "type=adam-w learning-rate=0.01 average-decay=0.9",
        "type=lamb learning-rate=0.01 average-decay=0.9",
        "type=lars learning-rate=0.1 weight-decay=0.01",
        "type=sgd learning-rate=0.1 clip-norm=0.5",
        "type=sgd learning-rate=0.1 clip-norm-each=0.1 clip-value=0.02",
        "type=lbfgs-steps learning-rate=0.1 clip-norm=1 l1-decay=0.001"
      })
  void bitsAreTheSameOnAnyNumberOfThreadsAndWorkers(String words) throws Exception {
    Outcome expected = Outcome.of(rule(words), 1, Collective.alone());
    for (int threads : new int[] {2, 3}) {
      Outcome got = Outcome.of(rule(words), threads, Collective.alone());
      assertThat(got.values()).as("%d threads", threads).isEqualTo(expected.values());
      assertThat(got.losses()).as("%d threads", threads).isEqualTo(expected.losses());
    }
    for (int size : new int[] {2, 3, 4}) {
      int threads = 1 + size % 2;
      for (Outcome got : Workers.run(size, workers -> Outcome.of(rule(words), threads, workers))) {
        assertThat(got.values()).as("%d workers", size).isEqualTo(expected.values());
        assertThat(got.losses()).as("%d workers", size).isEqualTo(expected.losses());
      }
    }
  }
}
