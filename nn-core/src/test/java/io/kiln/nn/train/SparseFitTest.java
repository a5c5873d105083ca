package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.DenseSamples;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.data.ShardReader;
import io.kiln.nn.data.ShardedSamples;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Dropout;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sparse samples go through a fit as they are, and give what dense ones give. */
class SparseFitTest {
  private static final int SHARDS = 4;

  /** Rows of up to 20 values at random columns; the class says whether column 7 is there. */
  private record Rows(int columns, int perShard) implements ShardedSamples {
    @Override
    public SampleSpec spec() {
      return SampleSpec.classification(Shape.of(columns), 2);
    }

    @Override
    public int shards() {
      return SHARDS;
    }

    @Override
    public long size(int shard) {
      return perShard;
    }

    @Override
    public boolean weighted() {
      return true;
    }

    @Override
    public boolean sparse() {
      return true;
    }

    @Override
    public ShardReader open(int shard, int epoch, long position) {
      return new ShardReader() {
        private int at = (int) position;

        @Override
        public void fill(Batch batch, int n) {
          for (int row = 0; row < n; row++) {
            write(batch, row, CounterRng.of(shard, at++));
          }
        }

        @Override
        public void close() {}
      };
    }

    private void write(Batch batch, int row, CounterRng rng) {
      SparseRows sparse = Objects.requireNonNull(batch.sparse());
      int count = rng.integer(0, 20);
      int at = sparse.begin(row, count);
      int column = 0;
      boolean seven = false;
      for (int i = 0; i < count; i++) {
        column += 1 + rng.integer(i + 1, columns / 20 - 1);
        sparse.indices()[at + i] = column;
        sparse.values()[at + i] = (float) rng.normal(100 + i);
        seven |= column == 7;
      }
      batch.target().set(row, seven ? 1 : 0);
      Objects.requireNonNull(batch.weights()).set(row, 0.5 + rng.uniform(50));
    }
  }

  private static Loss loss() {
    return Losses.of(Settings.of("loss", Map.of("type", "softmax-cross-entropy")));
  }

  private static Network network(ShardedSamples samples, DType dtype, Layer... layers) {
    return Network.of(Model.of(Sequential.of(layers)), samples.spec(), dtype, 1);
  }

  private static Tensor trained(ShardedSamples samples, DType dtype, int threads)
      throws IOException {
    Network network = network(samples, dtype, Dense.of(8), new Relu(), Dense.of(2));
    ParameterUpdate.Rule rule =
        ParameterUpdate.Rule.from(
            Settings.of("optimizer", Map.of("type", "adam", "learning-rate", 0.01)));
    FitOptions options = FitOptions.of(3, 20, 1).withShards(SHARDS).withThreads(threads);
    new Fit(
            network,
            loss(),
            rule,
            samples,
            samples,
            options,
            Collective.alone(),
            new FitListener() {})
        .run();
    return network.params().values();
  }

  @Test
  void sparseSamplesTrainLikeDenseOnes() throws IOException {
    ShardedSamples rows = new Rows(400, 50);
    Tensor sparse = trained(rows, DType.FLOAT64, 1);
    Tensor dense = trained(DenseSamples.of(rows), DType.FLOAT64, 1);
    for (int i = 0; i < sparse.count(); i++) {
      assertThat(sparse.get(i)).isCloseTo(dense.get(i), within(1e-10));
    }
    Network network = network(rows, DType.FLOAT64, Dense.of(8), new Relu(), Dense.of(2));
    network.params().values().copyFrom(sparse);
    Evaluator evaluator = new Evaluator(network, loss());
    Evaluation here = evaluator.evaluate(rows, Collective.alone());
    Evaluation there = evaluator.evaluate(DenseSamples.of(rows), Collective.alone());
    assertThat(here.loss()).isCloseTo(there.loss(), within(1e-12));
    assertThat(here.confusion()).isDeepEqualTo(there.confusion());
  }

  @Test
  void theBitsAreTheSameForAnyThreads() throws IOException {
    ShardedSamples rows = new Rows(400, 50);
    float[] one = trained(rows, DType.FLOAT32, 1).floats();
    assertThat(trained(rows, DType.FLOAT32, 3).floats()).isEqualTo(one);
    assertThat(trained(rows, DType.FLOAT32, 1).floats()).isEqualTo(one);
  }

  @Test
  void aFirstLayerThatIsNotDenseGetsItsZerosIfTheyAreFew() throws IOException {
    ShardedSamples narrow = new Rows(400, 10);
    Network network = network(narrow, DType.FLOAT32, new Dropout(0.5, false), Dense.of(2));
    assertThat(SparseInput.readable(network, narrow).sparse()).isFalse();
    SparseInput.check(network);
    Network dense = network(narrow, DType.FLOAT32, Dense.of(2));
    assertThat(SparseInput.readable(dense, narrow)).isSameAs(narrow);
    Network wide =
        network(new Rows(1 << 17, 10), DType.FLOAT32, new Dropout(0.5, false), Dense.of(2));
    assertThatThrownBy(() -> SparseInput.check(wide))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "layer 0: dropout: its input is sparse rows of 131072 numbers but only a dense layer"
                + " reads these; begin with a dense layer, or hash the features to 65536 numbers at"
                + " most");
  }
}
