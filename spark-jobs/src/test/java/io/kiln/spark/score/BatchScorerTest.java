package io.kiln.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchScorerTest {
  private static final Map<String, Object> MODEL = Map.of("type", "mlp", "hidden", List.of(16));

  @TempDir private Path folder;

  private static BatchScorer scorer(SampleSpec spec, String loss, Map<String, Object> data)
      throws IOException {
    Network network =
        Network.of(Models.from(Settings.of("model", MODEL), spec), spec, DType.FLOAT32, 7);
    return BatchScorer.of(network, MODEL, Map.of("type", loss), data);
  }

  private static double[][] rows(int count, int features) {
    Random random = new Random(5);
    double[][] rows = new double[count][features];
    for (double[] row : rows) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextGaussian();
      }
    }
    return rows;
  }

  @Test
  void rowsHaveTheSameAnswersInBatchesOfAnySize() throws IOException {
    BatchScorer scorer =
        scorer(SampleSpec.classification(Shape.of(5), 3), "softmax-cross-entropy", Map.of());
    double[][] rows = rows(100, 5);
    Pass all = scorer.open(100);
    for (int i = 0; i < 100; i++) {
      all.put(i, rows[i]);
    }
    double[] together = all.answers(100);
    assertThat(together).hasSize(300);
    Pass single = scorer.open(1024);
    for (int i = 0; i < 100; i++) {
      single.put(0, rows[i]);
      double[] alone = single.answers(1);
      double sum = 0;
      for (int c = 0; c < 3; c++) {
        assertThat(alone[c]).isCloseTo(together[3 * i + c], within(1e-6));
        sum += alone[c];
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void theBytesAreTheModelFolder() throws IOException {
    BatchScorer scorer =
        scorer(SampleSpec.classification(Shape.of(4), 2), "softmax-cross-entropy", Map.of());
    LocalStorage storage = new LocalStorage();
    scorer.write(storage, folder.resolve("m").toString());
    BatchScorer read = BatchScorer.read(storage, folder.resolve("m").toString());
    assertThat(read.sha256()).isEqualTo(scorer.sha256());
    assertThat(BatchScorer.of(scorer.bytes()).loaded()).isSameAs(scorer.loaded());
    assertThat(read.features()).isEqualTo(4);
  }

  @Test
  void regressionsAnswerInTheUnitsOfTheData() throws IOException {
    SampleSpec spec = new SampleSpec(List.of(Shape.of(3)), Shape.of(2), 0, List.of());
    Pass plain = scorer(spec, "mse", Map.of()).open(4);
    Pass scaled = scorer(spec, "mse", Map.of("target-mean", 10, "target-deviation", 2)).open(4);
    double[] row = {0.5, -1, 2};
    plain.put(0, row);
    scaled.put(0, row);
    double[] numbers = scaled.answers(1);
    assertThat(numbers).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(numbers[i]).isCloseTo(10 + 2 * plain.answers(1)[i], within(1e-6));
    }
  }

  @Test
  void wideRowsComeInSmallerBatches() throws IOException {
    BatchScorer scorer =
        scorer(SampleSpec.classification(Shape.of(1 << 17), 2), "softmax-cross-entropy", Map.of());
    assertThat(scorer.open(1024).most()).isBetween(16, 127);
  }

  @Test
  void itCanBeSent() throws IOException, ClassNotFoundException {
    BatchScorer scorer =
        scorer(SampleSpec.classification(Shape.of(4), 2), "softmax-cross-entropy", Map.of());
    scorer.loaded();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(scorer);
    }
    try (var in = new java.io.ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((BatchScorer) in.readObject()).loaded()).isSameAs(scorer.loaded());
    }
  }
}
