package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static Loss loss(String name) {
    return Losses.of(Settings.of("loss", Map.of("type", name)));
  }

  private static Network dense(int inputs, int classes) {
    SampleSpec spec = SampleSpec.classification(Shape.of(inputs), classes);
    return Network.of(Model.of(Sequential.of(Dense.of(classes))), spec, DType.FLOAT32, 3);
  }

  @Test
  void confusionOfAThousandClassesOnThreeShardsAWorkerIsThatOfOneWorker() throws Exception {
    Network network = dense(4, 1000);
    TensorData data = TensorData.random(700, Shape.of(4), 1000, DType.FLOAT32);
    Loss loss = loss("softmax-cross-entropy");
    Evaluation alone = new Evaluator(network, loss).evaluate(data, 6, Collective.alone());
    assertThat(alone.answered()).isEqualTo(700);
    long counted = 0;
    for (long[] row : alone.confusion()) {
      for (long count : row) {
        counted += count;
      }
    }
    assertThat(counted).isEqualTo(700);
    List<Evaluation> two =
        Workers.run(2, workers -> new Evaluator(network, loss).evaluate(data, 6, workers));
    for (Evaluation one : two) {
      assertThat(one.lossSum()).isEqualTo(alone.lossSum());
      assertThat(one.right()).isEqualTo(alone.right());
      assertThat(one.confusion()).isDeepEqualTo(alone.confusion());
    }
  }

  @Test
  void smallNetworksAreEvaluatedInWholeBatches() {
    assertThat(EvaluationBatch.of(dense(784, 10), loss("softmax-cross-entropy"), false))
        .isEqualTo(256);
  }

  @Test
  void aModelOfTenThousandWordsStaysInItsMemory() {
    int words = 10_000;
    SampleSpec spec = new SampleSpec(List.of(Shape.of(64)), Shape.of(64), words, List.of());
    Network network =
        Network.of(
            Models.from(Settings.of("model", Map.of("type", "char-rnn", "hidden", 32)), spec),
            spec,
            DType.FLOAT32,
            1);
    Loss loss = loss("temporal-softmax");
    int batch = EvaluationBatch.of(network, loss, false);
    assertThat(EvaluationBatch.bytes(network, loss, EvaluationBatch.MOST_SAMPLES, false))
        .isGreaterThan(1_300_000_000L);
    assertThat(batch).isBetween(1, 32);
    assertThat(EvaluationBatch.bytes(network, loss, batch, false)).isLessThan(110_000_000L);
    assertThat(EvaluationBatch.bytes(network, loss, 2 * batch, false)).isGreaterThan(110_000_000L);
  }

  /** A set that is cut elsewhere gives the same answers, and the same loss but for its rounding. */
  @Test
  void answersDoNotDependOnHowTheSetIsCut() {
    Network network = dense(6, 5);
    TensorData data = TensorData.random(300, Shape.of(6), 5, DType.FLOAT32);
    Loss loss = loss("softmax-cross-entropy");
    Evaluation whole = new Evaluator(network, loss).evaluate(data, 0, 300);
    for (int size : new int[] {1, 7, 64}) {
      Evaluation sum = Evaluation.none(5);
      Evaluator evaluator = new Evaluator(network, loss);
      for (int from = 0; from < 300; from += size) {
        sum = sum.plus(evaluator.evaluate(data, from, Math.min(300, from + size)));
      }
      assertThat(sum.confusion()).isDeepEqualTo(whole.confusion());
      assertThat(sum.right()).isEqualTo(whole.right());
      assertThat(sum.lossSum()).isCloseTo(whole.lossSum(), within(1e-6 * whole.lossSum()));
    }
  }
}
