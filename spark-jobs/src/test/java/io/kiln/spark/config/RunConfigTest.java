package io.kiln.spark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Yaml;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import io.kiln.spark.config.ClusterConfig.Reproducible;
import io.kiln.spark.config.ClusterConfig.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunConfigTest {
  private static final String CONTRACT =
      """
      name: mnist-mlp
      data:    {format: mnist, path: mnist, validation: 5000, normalize: true}
      model:   {type: mlp, hidden: [256]}
      loss:    softmax-cross-entropy
      optimizer: {type: sgd, learning-rate: 0.1, schedule: {type: exponential, decay: 0.95}}
      train:   {epochs: 5, batch-size: 64, seed: 7, checkpoint-every: 100 steps, early-stopping: {patience: 3}}
      cluster: {workers: 2, sync: allreduce, reproducible: any-workers, peer-timeout: 500 ms}
      sweep:   {space: {model.hidden: [[32],[64]], optimizer.learning-rate: [0.1, 0.03]}}
      """;

  private static RunConfig read(String... assignments) {
    return RunConfig.of(Overlay.with(Yaml.sections("test", CONTRACT), List.of(assignments)));
  }

  private static Map<String, Axis> space(RunConfig config) {
    return Objects.requireNonNull(config.sweep()).space();
  }

  @Test
  void theSectionsAreRead() {
    RunConfig config = read();

    assertThat(config.name()).isEqualTo("mnist-mlp");
    assertThat(config.loss()).isEqualTo(Map.of("type", "softmax-cross-entropy"));
    assertThat(config.modelSettings().integers("hidden", List.of())).containsExactly(256);
    assertThat(config.train())
        .isEqualTo(
            new TrainConfig(
                5,
                64,
                7,
                DType.FLOAT32,
                new Interval(100, Interval.Unit.STEP),
                3,
                false,
                new EarlyStopping(3, "validation.accuracy", 0)));
    assertThat(config.cluster().workers()).isEqualTo(new Workers(2, 2));
    assertThat(config.cluster().sync()).isEqualTo(Sync.ALLREDUCE);
    assertThat(config.cluster().reproducible()).isEqualTo(Reproducible.ANY_WORKERS);
    assertThat(config.cluster().peerTimeout()).isEqualTo(0.5);

    assertThat(space(config))
        .containsEntry("model.hidden", new Axis.Values(List.of(List.of(32), List.of(64))))
        .containsEntry("optimizer.learning-rate", new Axis.Values(List.of(0.1, 0.03)));
  }

  @Test
  void theResolvedFormIsReadAsTheSameConfiguration() {
    RunConfig config = read();

    RunConfig again = RunConfig.of(config.resolved());
    assertThat(again.resolved()).isEqualTo(config.resolved());
    assertThat(again.hash()).isEqualTo(config.hash());
    assertThat(RunConfig.of(again.resolved())).isEqualTo(again);
    assertThat(config.resolved().toString()).contains("keep-checkpoints=3");
  }

  /** They decide the weights: a number that stands in the report, whatever the machine. */
  @ParameterizedTest
  @CsvSource({
    "256, 1, 8",
    "128, 1, 4",
    "128, 2, 4",
    "127, 1, 2",
    "64, 2, 2",
    "32, 1, 1",
    "16, 1, 1",
    "1, 1, 1",
    "1000, 1, 8",
    "8, 2, 2",
    "128, 12, 12"
  })
  void virtualShardsFollowFromTheBatchAndAreResolved(int batch, int workers, int shards) {
    for (String reproducible : List.of("none", "fixed-workers")) {
      for (String threads : List.of("auto", "1", "16")) {
        RunConfig config =
            read(
                "train.batch-size=" + batch,
                "cluster.workers=" + workers,
                "cluster.threads=" + threads,
                "cluster.reproducible=" + reproducible);
        assertThat(config.shards()).isEqualTo(shards);
        assertThat(config.resolved().get("cluster"))
            .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
            .containsEntry("virtual-shards", shards);
        assertThat(RunConfig.of(config.resolved()).shards()).isEqualTo(shards);
      }
    }
    // Where any number of workers gives the same weights, that number decides nothing.
    assertThat(read("train.batch-size=" + batch, "cluster.workers=" + workers).shards())
        .isEqualTo(8);
    assertThat(read("cluster.virtual-shards=3", "train.batch-size=" + batch).shards()).isEqualTo(3);
    assertThat(read("cluster.virtual-shards=auto").shards()).isEqualTo(8);
  }

  @Test
  void aTrialAloneTrainsToTheWeightsOfTheWholeRun() {
    String fixed = "cluster.reproducible=fixed-workers";
    RunConfig trial = read(fixed, "cluster.workers=12").with(Map.of("train.batch-size", 16));
    assertThat(trial.shards()).isEqualTo(12); // of its own batch, not of the sweep's
    assertThat(trial.alone().shards()).isEqualTo(12);
    assertThat(trial.alone().cluster().workers()).isEqualTo(new Workers(1, 1));
    assertThat(trial.alone().hash()).isEqualTo(trial.hash());
    assertThat(read(fixed).with(Map.of("train.batch-size", 16)).shards()).isEqualTo(2);
    assertThat(read("cluster.virtual-shards=5").with(Map.of("train.batch-size", 16)).shards())
        .isEqualTo(5);
  }

  @Test
  void threadsWithoutWorkAreSaid() {
    assertThat(read().notes(2)).isEmpty();
    assertThat(read().notes(16))
        .containsExactly(
            "32 threads (cluster.workers × cluster.threads) came but cluster.virtual-shards is 8,"
                + " so 24 of them have nothing to do; a greater number uses them, and gives other"
                + " weights");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.epoch=1|train.epoch: there is no such key; did you mean train.epochs?",
        "epochs=1|epochs: there is no such key; did you mean train.epochs?",
        "learning-rate=1|learning-rate: there is no such key; did you mean"
            + " optimizer.learning-rate?",
        "train.workers=1|train.workers: there is no such key; did you mean cluster.workers?",
        "trian.epochs=1|trian: there is no such key; did you mean train?",
        "train.early-stopping.patient=1"
            + "|train.early-stopping.patient: there is no such key; did you mean"
            + " train.early-stopping.patience?",
        "train.batch-size=-4|train.batch-size: -4 came but it must be 1 or more",
        "train.batch-size=many|train.batch-size: 'many' came but a number is needed",
        "train.batch-size=1.5|train.batch-size: '1.5' came but a whole number is needed",
        "train.epochs=0|train.epochs: 0 came but it must be 1 or more",
        "train.precision=float16"
            + "|train.precision: 'float16' is not known; use one of float32, float64",
        "train.checkpoint-every=often"
            + "|train.checkpoint-every: 'often' came but e.g. '1 epoch', '100 steps', '10 min' or"
            + " 'none' is needed",
        "train.checkpoint-every=0.5 epochs"
            + "|train.checkpoint-every: '0.5 epochs' came but e.g. '1 epoch', '100 steps', '10 min'"
            + " or 'none' is needed",
        "train.checkpoint-every=999999999 min"
            + "|train.checkpoint-every: '999999999 min' came but e.g. '1 epoch', '100 steps', '10"
            + " min' or 'none' is needed",
        "train=5|train: '5' came but a section (key: value) is needed",
        "cluster.virtual-shards=0|cluster.virtual-shards: 0 came but it must be 1 or more",
        "cluster.virtual-shards=many"
            + "|cluster.virtual-shards: 'many' came but a number is needed",
        "cluster.sync=gossip"
            + "|cluster.sync: 'gossip' is not known; use one of allreduce, local-sgd,"
            + " spark-aggregate",
        "cluster.peer-timeout=-1 s"
            + "|cluster.peer-timeout: '-1 s' came but a time such as '30 s' or '5 min' is needed",
        "name=a/b|name: 'a/b' came but letters, digits, '.', '-' and '_' are needed",
        "sweep.strategy=guess"
            + "|sweep.strategy: 'guess' is not known; use one of grid, random, asha, tpe",
        "sweep.space={}"
            + "|sweep.space: there is nothing to try; give keys and their values, e.g."
            + " optimizer.learning-rate: [0.1, 0.03]",
      })
  void aMistakeIsOneLine(String assignment, String message) {
    assertThatThrownBy(() -> read(assignment))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void rangesAreForStrategiesThatDraw() {
    String range = "sweep.space.optimizer.learning-rate={min: 1e-4, max: 1, scale: log}";

    assertThatThrownBy(() -> read(range)).hasMessageContaining("a grid needs a list of values");
    assertThat(space(read("sweep.strategy=random", range)))
        .containsEntry("optimizer.learning-rate", new Axis.Range(1e-4, 1, true, false));
  }

  @Test
  void aTrialIsTheConfigurationWithItsValues() {
    RunConfig trial = read().with(Map.of("model.hidden", List.of(32), "train.epochs", 2));

    assertThat(trial.model()).containsEntry("hidden", List.of(32));
    assertThat(trial.train().epochs()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "1 epoch,1 epoch",
    "2,2 epochs",
    "100 steps,100 steps",
    "5 min,300 seconds",
    "1 h,3600 seconds"
  })
  void intervalsAreWrittenAsTheyAreRead(String text, String written) {
    Interval interval = Interval.parse("x", text);

    assertThat(interval).hasToString(written);
    assertThat(Interval.parse("x", written)).isEqualTo(interval);
    assertThat(Interval.parse("x", "none").never()).isTrue();
  }

  @Test
  void theHashDependsOnWhatDecidesTheWeights() {
    String hash = read().hash();

    assertThat(hash).matches("[0-9a-f]{64}");
    for (String same :
        List.of(
            "name=other",
            "cluster.workers=4",
            "cluster.threads=3",
            "cluster.virtual-shards=8",
            "train.epochs=50",
            "train.resume=changed",
            "train.early-stopping=",
            "data.path=/elsewhere",
            "optimizer.learning-rate=1e-1")) {
      assertThat(read(same).hash()).as(same).isEqualTo(hash);
    }
    for (String other :
        List.of(
            "train.seed=8",
            "train.batch-size=65",
            "model.hidden=[257]",
            "optimizer.learning-rate=0.2",
            "cluster.reproducible=fixed-workers",
            "cluster.virtual-shards=4",
            "data.validation=1")) {
      assertThat(read(other).hash()).as(other).isNotEqualTo(hash);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: cosine}|true",
        "{type: one-cycle}|true",
        "{type: polynomial}|true",
        "{type: warmup, steps: 1000000, then: {type: cosine}}|true",
        "{type: warmup, epochs: 3}|false",
        "{type: exponential, decay: 0.9}|false",
        "{type: plateau}|false",
        "{type: multi-step, at: [3]}|false"
      })
  void epochsAreHashedWhereTheScheduleGoesByThem(String schedule, boolean decides) {
    RunConfig five = read("optimizer.schedule=" + schedule);
    RunConfig ten = read("optimizer.schedule=" + schedule, "train.epochs=10");

    assertThat(ten.hash().equals(five.hash())).isEqualTo(!decides);
    assertThat(ConfigHash.changes(ConfigHash.text(five), ten))
        .isEqualTo(decides ? List.of("train.epochs: 5, now 10") : List.of());
  }

  @Test
  void changesAreNamedByTheirKeys() {
    assertThat(
            ConfigHash.changes(
                ConfigHash.text(read()),
                read(
                    "train.seed=8",
                    "model.hidden=[64, 32]",
                    "optimizer.momentum=0.5",
                    "cluster.workers=1")))
        .containsExactly(
            "model.hidden: [256], now [64,32]",
            "optimizer.momentum: absent, now 0.5",
            "train.seed: 7, now 8");
  }

  @Test
  void canonicalJsonIsStable() {
    assertThat(ConfigHash.canonical(Map.of("b", 1.0, "a", List.of(0.5, "x", true))))
        .isEqualTo("{\"a\":[0.5,\"x\",true],\"b\":1}");
  }

  @Test
  void aFileWithoutANameIsNamedAfterItself(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("my net.yaml"), "train: {epochs: 1}");

    RunConfig config =
        RunConfig.load(new LocalStorage(), file.toString(), List.of("train.epochs=2"));

    assertThat(config.name()).isEqualTo("my-net");
    assertThat(config.train().epochs()).isEqualTo(2);
  }
}
