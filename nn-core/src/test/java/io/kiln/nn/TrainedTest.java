package io.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.data.ArrayDataset;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.layer.Tanh;
import io.kiln.nn.loss.HuberLoss;
import io.kiln.nn.optim.Lbfgs;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.NetworkLoss;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedTest {
  private static final Layer LAYERS = Sequential.of(Dense.of(6), new Tanh(), Dense.of(2));

  @TempDir Path folder;

  private static Data points() {
    float[] x = new float[120];
    float[] y = new float[60];
    for (int i = 0; i < 60; i++) {
      x[2 * i] = (float) Math.sin(i * 1.7);
      x[2 * i + 1] = (float) Math.cos(i * 2.3);
      y[i] = x[2 * i] > x[2 * i + 1] ? 1 : 0;
    }
    return Data.of(ArrayDataset.classification(2, x, y, 2, List.of("below", "above")));
  }

  @Test
  void whatWasBuiltInJavaIsReadAgainWithItsLayers() throws Exception {
    Trained net = Kiln.trainer(LAYERS).optimizer("adam", 0.05).epochs(30).fit(points());
    assertThat(net.evaluate(points().train()).accuracy()).isGreaterThan(0.9);
    net.save(folder.resolve("net"));
    Trained again = Kiln.load(folder.resolve("net"), LAYERS);
    assertThat(again.predict(points().train())).isDeepEqualTo(net.predict(points().train()));
    assertThat(again.network().spec().classNames()).containsExactly("below", "above");
    assertThatThrownBy(() -> Kiln.load(folder.resolve("net")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it was built of layers in Java");
    assertThatThrownBy(() -> Kiln.load(folder.resolve("net"), Dense.of(2)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void whatYamlDescribesIsReadWithout() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Trained net =
        Kiln.trainer("{type: mlp, hidden: [5]}")
            .loss("{type: softmax-cross-entropy, label-smoothing: 0.1}")
            .optimizer("{type: sgd, learning-rate: 0.1, momentum: 0.9}")
            .epochs(2)
            .threads(2)
            .print(new PrintStream(printed, true, StandardCharsets.UTF_8))
            .fit(points());
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .matches("epoch  1  loss [0-9.]+  accuracy [0-9.]+ %\\Repoch  2 .*\\R");
    net.save(folder.resolve("mlp"));
    Trained again = Kiln.load(folder.resolve("mlp"));
    assertThat(again.loss()).isEqualTo(net.loss());
    Tensor x = Tensor.of(DType.FLOAT64, Shape.of(1, 2), 0.3, -0.2);
    assertThat(again.predict(x).toArray()).containsExactly(net.predict(x).toArray());
    again.save(folder.resolve("copy"));
    assertThat(Kiln.load(folder.resolve("copy")).predict(x).toArray())
        .containsExactly(net.predict(x).toArray());
    assertThatThrownBy(() -> Kiln.trainer("{type: mlp, hiden: [5]}").fit(points()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean model.hidden?");
  }

  @Test
  void aLossThatYamlCannotNameIsNotSaved() throws Exception {
    Data numbers = Data.of(ArrayDataset.regression(1, new float[] {0, 1}, new float[] {1, 3}));
    Trained net = Kiln.trainer(Dense.of(1)).loss(new HuberLoss(0.125)).epochs(1).fit(numbers);
    assertThatThrownBy(() -> net.save(folder.resolve("huber")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give it to the trainer as YAML");
  }

  @Test
  void aWholeSetIsMinimisedByLbfgs() throws Exception {
    Trained net = Kiln.trainer(LAYERS).epochs(0).fit(points());
    NetworkLoss loss = new NetworkLoss(net.network(), net.loss(), points().train());
    Tensor w = net.network().params().trainable();
    Tensor gradient = Tensor.zeros(w.shape(), w.dtype());
    double before = loss.at(w, gradient);
    assertThat(before).isCloseTo(net.evaluate(points().train()).loss(), within());
    double along = 0;
    for (double g : gradient.toArray()) {
      along += g * g;
    }
    double far = 1e-3 / Math.sqrt(along);
    Tensor moved = w.copy();
    for (int i = 0; i < w.count(); i++) {
      moved.set(i, w.get(i) - far * gradient.get(i));
    }
    Tensor start = w.copy();
    Tensor unused = Tensor.zeros(w.shape(), w.dtype());
    assertThat(before - loss.at(moved, unused))
        .isCloseTo(far * along, org.assertj.core.api.Assertions.withinPercentage(2));
    assertThat(Lbfgs.of(60).minimize(loss, start).loss()).isLessThan(before / 5);
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.api.Assertions.within(1e-5);
  }
}
