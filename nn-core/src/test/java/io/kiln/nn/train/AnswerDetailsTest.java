package io.kiln.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.collective.Collective;
import io.kiln.nn.collective.Workers;
import io.kiln.nn.config.Settings;
import io.kiln.nn.data.DatasetShards;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Model;
import io.kiln.nn.layer.Network;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.loss.Loss;
import io.kiln.nn.loss.Losses;
import io.kiln.nn.metric.Calibration;
import io.kiln.nn.metric.ScoreBins;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnswerDetailsTest {
  private static final int SAMPLES = 700;

  private static Loss loss(String name) {
    return Losses.of(Settings.of("loss", Map.of("type", name)));
  }

  private static Network dense(SampleSpec spec, int units) {
    return Network.of(Model.of(Sequential.of(Dense.of(units))), spec, DType.FLOAT32, 3);
  }

  private static Evaluators.Inspection inspect(
      Network network, Loss loss, TensorData data, Collective workers, int threads)
      throws Exception {
    return Evaluators.inspect(network, loss, DatasetShards.ranges(data, 6), workers, threads);
  }

  @Test
  void anyNumberOfWorkersAndThreadsSeesTheSameBytes() throws Exception {
    Network network = dense(SampleSpec.classification(Shape.of(5), 4), 4);
    TensorData data = TensorData.random(SAMPLES, Shape.of(5), 4, DType.FLOAT32);
    Loss loss = loss("softmax-cross-entropy");
    Evaluators.Inspection alone = inspect(network, loss, data, Collective.alone(), 1);
    assertThat(alone.details().worst()).hasSize(AnswerDetails.WORST);
    assertThat(alone.details().drawn()).as("rows of a table").isEmpty();
    for (int count = 1; count <= 3; count++) {
      int threads = count;
      for (Evaluators.Inspection one :
          Workers.run(count, workers -> inspect(network, loss, data, workers, threads))) {
        assertThat(one.details().toBytes()).isEqualTo(alone.details().toBytes());
        assertThat(one.evaluation().lossSum()).isEqualTo(alone.evaluation().lossSum());
      }
    }
    AnswerDetails again = AnswerDetails.of(alone.details().toBytes());
    assertThat(again.toBytes()).isEqualTo(alone.details().toBytes());
  }

  @Test
  void ofPicturesSomeAreDrawnByLotTheSameOnAnyNumberOfWorkers() throws Exception {
    SampleSpec spec = SampleSpec.classification(Shape.of(1, 8, 8), 3);
    Network network =
        Network.of(Model.of(Sequential.of(new Flatten(), Dense.of(3))), spec, DType.FLOAT32, 3);
    TensorData data = TensorData.random(SAMPLES, Shape.of(1, 8, 8), 3, DType.FLOAT32);
    Loss loss = loss("softmax-cross-entropy");
    AnswerDetails alone = inspect(network, loss, data, Collective.alone(), 1).details();
    List<ShownAnswer> drawn = alone.drawn();
    assertThat(drawn).hasSize(AnswerDetails.DRAWN);
    assertThat(drawn).extracting(ShownAnswer::sample).isSorted().doesNotHaveDuplicates();
    assertThat(drawn).anyMatch(one -> one.truth() == one.answer());
    assertThat(drawn).anyMatch(one -> one.truth() != one.answer());
    for (ShownAnswer one : drawn) {
      assertThat(one.truth()).isEqualTo(data.labels()[(int) one.sample()]);
      assertThat(one.input().height()).isEqualTo(8);
      assertThat(one.probability()).isBetween(1.0 / 3, 1.0);
    }
    for (Evaluators.Inspection one :
        Workers.run(3, workers -> inspect(network, loss, data, workers, 2))) {
      assertThat(one.details().toBytes()).isEqualTo(alone.toBytes());
    }
    assertThat(AnswerDetails.of(alone.toBytes()).drawn()).hasSize(AnswerDetails.DRAWN);
  }

  @Test
  void allSamplesAreCountedAndTheWorstAreTheWorst() throws Exception {
    Network network = dense(SampleSpec.classification(Shape.of(5), 4), 4);
    TensorData data = TensorData.random(SAMPLES, Shape.of(5), 4, DType.FLOAT32);
    Loss loss = loss("softmax-cross-entropy");
    Evaluators.Inspection seen = inspect(network, loss, data, Collective.alone(), 2);
    ScoreBins scores = Objects.requireNonNull(seen.details().scores());
    Calibration calibration = Objects.requireNonNull(seen.details().calibration());
    double answers = 0;
    double right = 0;
    for (int bin = 0; bin < Calibration.BINS; bin++) {
      answers += calibration.count(bin);
      double count = calibration.count(bin);
      right += count == 0 ? 0 : calibration.accuracy(bin) * count;
    }
    assertThat(answers).isEqualTo(SAMPLES);
    double answeredRight = seen.evaluation().right();
    assertThat(right).isCloseTo(answeredRight, within(1e-6));
    assertThat(scores.micro().positives()).isEqualTo(SAMPLES);
    assertThat(scores.micro().negatives()).isEqualTo(3 * SAMPLES);

    ShownAnswer worst = seen.details().worst().get(0);
    double most = 0;
    Tensor all = Tensor.zeros(Shape.of(SAMPLES, 4), DType.FLOAT64);
    new Evaluator(network, loss)
        .outputs(
            data,
            0,
            SAMPLES,
            (output, first) -> {
              for (int i = 0; i < output.count(); i++) {
                all.set(first * 4 + i, output.get(i));
              }
            });
    for (int row = 0; row < SAMPLES; row++) {
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        sum += Math.exp(all.get(4 * row + j));
      }
      double surprise = Math.log(sum) - all.get(4 * row + data.labels()[row]);
      boolean wrong = Answers.best(all, row, 4) != data.labels()[row];
      most = wrong ? Math.max(most, surprise) : most;
    }
    assertThat(worst.badness()).isCloseTo(most, within(1e-6));
    assertThat(worst.truth()).isEqualTo(data.labels()[(int) worst.sample()]);
    assertThat(worst.input().values()).hasSize(5);
  }

  @Test
  void pairsOfARegressionAreTheSameOnAnyNumberOfWorkers() throws Exception {
    SampleSpec spec = SampleSpec.regression(Shape.of(3), 1);
    Network network = dense(spec, 1);
    TensorData random = TensorData.random(3000, Shape.of(3), 50, DType.FLOAT32);
    TensorData data = new TensorData(spec, random.x(), random.labels());
    Loss loss = loss("mse");
    AnswerDetails alone = inspect(network, loss, data, Collective.alone(), 1).details();
    assertThat(alone.pairs()).hasSize(AnswerDetails.PAIRS);
    assertThat(alone.scores()).isNull();
    for (AnswerDetails.NumberPair pair : alone.pairs()) {
      assertThat(pair.truth()).isEqualTo(data.labels()[(int) pair.place()]);
    }
    for (Evaluators.Inspection one :
        Workers.run(3, workers -> inspect(network, loss, data, workers, 1))) {
      assertThat(one.details().toBytes()).isEqualTo(alone.toBytes());
    }
  }

  @Test
  void aPictureIsShownSmallAndStretched() {
    Tensor pictures = Tensor.zeros(Shape.of(1, 3, 130, 70), DType.FLOAT32);
    for (int i = 0; i < pictures.count(); i++) {
      pictures.set(i, i % 70 < 35 ? -2 : 3);
    }
    ShownInput shown =
        ShownInput.of(
            new io.kiln.nn.data.Batch(List.of(pictures), Tensor.zeros(Shape.of(1), DType.FLOAT32)),
            0);
    assertThat(shown.channels()).isEqualTo(3);
    assertThat(Math.max(shown.height(), shown.width())).isLessThanOrEqualTo(64);
    assertThat(shown.values()[0]).isZero();
    assertThat(shown.values()[shown.width() - 1]).isEqualTo(255);
  }

  @Test
  void layersAreWatchedAndDeadRectifiersFound() throws Exception {
    SampleSpec spec = SampleSpec.classification(Shape.of(5), 4);
    Network network =
        Network.of(
            Model.of(Sequential.of(Dense.of(8), new Relu(), Dense.of(4))), spec, DType.FLOAT32, 3);
    String bias =
        network.params().entries().stream()
            .filter(entry -> entry.shape().equals(Shape.of(8)))
            .findFirst()
            .orElseThrow()
            .name();
    network.params().value(bias).set(2, -1e6);
    network.params().value(bias).set(5, -1e6);
    network.params().value(bias).set(0, 1e6);
    TensorData data = TensorData.random(SAMPLES, Shape.of(5), 4, DType.FLOAT32);
    LayerWatch watch = new LayerWatch(network, DatasetShards.ranges(data, 2), 0);
    Tensor sum = Tensor.zeros(Shape.of(network.params().trainableCount()), DType.FLOAT32);
    sum.fill(6);
    watch.gradient(sum, 3);
    LayerWatch.Seen seen = watch.epoch(7);
    assertThat(seen.epoch()).isEqualTo(7);
    assertThat(seen.layers()).hasSize(2);
    LayerWatch.Layer first = seen.layers().get(0);
    assertThat(first.gradient().norm()).isCloseTo(2 * Math.sqrt(40), within(1e-9));
    assertThat(first.weights().counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(40);
    assertThat(seen.rectifiers()).hasSize(1);
    assertThat(seen.rectifiers().get(0).dead()).isBetween(0.25, 0.875);
  }
}
