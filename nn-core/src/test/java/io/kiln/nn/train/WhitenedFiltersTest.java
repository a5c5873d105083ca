package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Layers;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.optim.ParameterUpdate;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WhitenedFiltersTest {
  private static final TensorData DATA = TensorData.random(64, Shape.of(3, 6, 5), 3, DType.FLOAT64);

  private static Layer convolution(int filters) {
    return Layers.of(
        Settings.of(
            "layer",
            Map.of("type", "conv2d", "filters", filters, "kernel", 2, "init", "whitening")));
  }

  private static Network network(int filters) {
    return Network.of(Model.of(Sequential.of(convolution(filters))), DATA.spec(), DType.FLOAT64, 1);
  }

  private static double[] filled(Network network, int shards, Collective workers) {
    try {
      WhitenedFilters.fill(network, DatasetShards.dealt(DATA, shards, 3), workers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return network.params().value("0.weight").toArray();
  }

  /** E[y yᵀ] of the filters' answers to all windows is 1 on the diagonal, 0 beside it. */
  @Test
  void answersAreUncorrelatedAndOfOneSize() {
    Network network = network(24);
    double[] before = network.params().value("0.weight").toArray();
    double[] w = filled(network, 4, Collective.alone());
    assertThat(w).isNotEqualTo(before);
    for (int i = 0; i < 144; i++) {
      assertThat(w[144 + i]).isEqualTo(-w[i]);
    }
    network.params().value("0.bias").fill(0);
    double[][] products = new double[12][12];
    int n = 0;
    for (int sample = 0; sample < DATA.size(); sample++) {
      Tensor y = network.apply(DATA.x().rows(sample, sample + 1));
      for (int place = 0; place < 20; place++, n++) {
        for (int i = 0; i < 12; i++) {
          for (int j = 0; j < 12; j++) {
            products[i][j] += y.get(i * 20 + place) * y.get(j * 20 + place);
          }
        }
      }
    }
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        assertThat(products[i][j] / n).isCloseTo(i == j ? 1 : 0, within(0.02));
      }
    }
  }

  @Test
  void theBitsAreThoseOfAnyNumberOfWorkers() throws Exception {
    double[] alone = filled(network(20), 4, Collective.alone());
    for (int workers : new int[] {2, 3, 4}) {
      for (double[] theirs : Workers.run(workers, w -> filled(network(20), 4, w))) {
        assertThat(theirs).containsExactly(alone);
      }
    }
  }

  /** At a rate of 0 nothing moves; the average must not remember what stood there before. */
  @Test
  void theRunningAverageBeginsWithTheFilters() throws IOException {
    Network network =
        Network.of(
            Model.of(Sequential.of(convolution(20), new Flatten(), Dense.of(3))),
            DATA.spec(),
            DType.FLOAT64,
            1);
    new Fit(
            network,
            new SoftmaxCrossEntropyLoss(),
            ParameterUpdate.Rule.of("sgd", 0).averageDecay(0.9),
            DATA,
            DATA,
            FitOptions.of(1, 32, 3).withShards(4),
            Collective.alone(),
            new FitListener() {})
        .run();
    assertThat(network.params().value("0.weight").toArray())
        .containsExactly(filled(network(20), 4, Collective.alone()), within(1e-12));
  }

  @Test
  void tooManyFiltersAndInnerLayersAreRefused() {
    assertThatThrownBy(() -> filled(network(25), 2, Collective.alone()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("0.weight: whitening makes 24 filters at most but 25 came; set filters: 24");
    assertThatThrownBy(
            () ->
                Network.of(
                    Model.of(Sequential.of(convolution(4), convolution(4))),
                    DATA.spec(),
                    DType.FLOAT64,
                    1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("use it in the first layer");
  }

  @Test
  void eigenvectorsGiveTheMatrixBack() {
    double[][] matrix = new double[9][9];
    for (int i = 0; i < 9; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = Math.sin(1 + i * 3.1 + j * j);
        matrix[j][i] = matrix[i][j];
      }
    }
    SymmetricEigen eigen = SymmetricEigen.of(matrix);
    for (int i = 0; i < 9; i++) {
      assertThat(i == 0 || eigen.values()[i] <= eigen.values()[i - 1]).isTrue();
      for (int j = 0; j < 9; j++) {
        double sum = 0;
        for (int k = 0; k < 9; k++) {
          sum += eigen.values()[k] * eigen.vectors()[k][i] * eigen.vectors()[k][j];
        }
        assertThat(sum).isCloseTo(matrix[i][j], within(1e-12));
      }
    }
  }
}
