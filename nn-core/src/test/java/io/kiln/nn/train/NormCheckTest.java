package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.Shards;
import io.kiln.nn.layer.BatchNorm;
import io.kiln.nn.layer.Conv2d;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.InstanceNorm;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.LayerNorm;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormCheckTest {
  private static final SampleSpec SPEC = SampleSpec.classification(Shape.of(1, 6, 6), 3);

  private static Network network(Layer... layers) {
    return Network.of(Model.of(Sequential.of(List.of(layers))), SPEC, DType.FLOAT32, 1);
  }

  private static Network dense(boolean sync) {
    return network(
        new Flatten(), Dense.of(8), BatchNorm.of().withSync(sync), new Relu(), Dense.of(3));
  }

  private static void check(Network network, String optimizer, int samples, int batch, int shards) {
    ParameterUpdate.Rule rule =
        ParameterUpdate.Rule.from(Settings.of("optimizer", Map.of("type", optimizer)));
    FitOptions options = FitOptions.of(1, batch, 1).withShards(shards);
    long[] sizes = new long[shards];
    for (int v = 0; v < shards; v++) {
      sizes[v] = Shards.of(samples, shards, batch).size(v);
    }
    Fit.check(network, rule, sizes, options);
  }

  @Test
  void oneSampleAShardIsRefusedWithWhatToChange() {
    assertThatThrownBy(() -> check(dense(false), "sgd", 1000, 8, 8))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "layer 2: batch-norm gets one sample a shard to normalize by (8 samples a step, 8"
                + " shards) but at least 2 are needed to learn anything; use train.batch-size: 17"
                + " or more, or cluster.virtual-shards: 4 or less, or sync: true in the layer");
  }

  @ParameterizedTest
  @CsvSource({"1000, 17, 8", "1000, 8, 4", "1000, 2, 1", "10, 128, 5"})
  void whatWasProposedIsTaken(int samples, int batch, int shards) {
    assertThatCode(() -> check(dense(false), "sgd", samples, batch, shards))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(dense(true), "sgd", samples, batch, 8)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"1000, 16, 8", "1000, 12, 8", "1000, 4, 8", "10, 128, 8", "1000, 1, 1", "21, 4, 2"})
  void someStepsOfOneSampleAreTooMany(int samples, int batch, int shards) {
    assertThatThrownBy(() -> check(dense(false), "sgd", samples, batch, shards))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void theWholeBatchOfOneSampleIsRefusedToo() {
    assertThatThrownBy(() -> check(dense(true), "sgd", 1000, 1, 4))
        .hasMessage(
            "layer 2: batch-norm gets one sample to normalize by (1 sample a step) but at least 2"
                + " are needed to learn anything; use train.batch-size: 2 or more");
    assertThatThrownBy(() -> check(dense(true), "sgd", 1, 1, 4))
        .hasMessageEndingWith("use a group-norm or layer-norm instead");
  }

  @Test
  void pixelsAreSamplesToo() {
    Network image = network(Conv2d.plain(4, 3, 1, 1), BatchNorm.of(), new Flatten(), Dense.of(3));
    assertThatCode(() -> check(image, "sgd", 1000, 8, 8)).doesNotThrowAnyException();
  }

  @Test
  void frozenStatisticsNeedNoSamples() {
    Network frozen =
        Network.of(
            Model.of(Sequential.of(new Flatten(), Dense.of(8), BatchNorm.of(), Dense.of(3))),
            SPEC,
            DType.FLOAT32,
            1,
            new Network.Selection(name -> false, name -> true, name -> false));
    assertThatCode(() -> check(frozen, "sgd", 1000, 8, 8)).doesNotThrowAnyException();
  }

  @Test
  void optimizersOfTheWholeSetHaveItAll() {
    assertThatCode(() -> check(dense(false), "gradient-descent", 1000, 8, 8))
        .doesNotThrowAnyException();
  }

  @Test
  void normsOfOneNumberAreRefused() {
    assertThatThrownBy(
            () -> network(Conv2d.plain(4, 6, 1, 0), new InstanceNorm(1e-5, false), new Flatten()))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "layer 1: group-norm: x is [1, 4, 1, 1] and each of 4 groups has one number, which"
                + " would always become 0; normalize more at once");
    assertThatThrownBy(
            () -> network(new Flatten(), Dense.of(1), new LayerNorm(1, 1e-5, true), Dense.of(3)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "layer 2: layer-norm: x is [1, 1] and its last axes have one number, which would"
                + " always become 0; normalize more at once");
  }
}
