package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourcesTest {
  @TempDir Path root;

  @Test
  void unknownFormatsAndKeysAreNamed() {
    assertThatThrownBy(() -> load(Map.of("format", "mnst")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.format: 'mnst' is not known; use one of mnist, cifar10, csv");
    assertThatThrownBy(() -> load(Map.of("format", "synthetic", "trian", 5)))
        .isInstanceOf(ConfigException.class)
        .hasMessage("data.trian: there is no such key; did you mean data.train?");
  }

  @Test
  void missingDataSayWhatToDo() {
    assertThatThrownBy(() -> load(Map.of("format", "mnist")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(
            "data: "
                + root
                + "/mnist/train-images-idx3-ubyte[.gz] is not there; set KILN_DATA or --data, or"
                + " run scripts/fetch-data mnist");
    assertThatThrownBy(() -> load(Map.of("format", "cifar10")))
        .hasMessageContaining("/cifar-10-batches-bin/data_batch_1.bin is not there");
    assertThatThrownBy(() -> load(Map.of("format", "csv", "path", "x.csv")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("/x.csv is not there");
  }

  @Test
  void mnistHoldsBackTheLastAndNormalisesByTheRest() throws IOException {
    byte[] pixels = new byte[10 * 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i < 28 ? (i % 2) * 255 : 77);
    }
    write("mnist/train-images-idx3-ubyte", IdxTest.imageBytes(10, 2, 2, pixels));
    write("mnist/train-labels-idx1-ubyte", IdxTest.labelBytes(10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    byte[] test = {0, 51, 102, (byte) 255};
    write("mnist/t10k-images-idx3-ubyte.gz", IdxTest.gzip(IdxTest.imageBytes(1, 2, 2, test)));
    write("mnist/t10k-labels-idx1-ubyte.gz", IdxTest.gzip(IdxTest.labelBytes(1, 3)));
    Splits splits = load(Map.of("format", "mnist", "validation", 3));
    assertThat(splits.train().size()).isEqualTo(7);
    assertThat(splits.validation().size()).isEqualTo(3);
    Batch batch = Batch.of(splits.test().spec(), 2, DType.FLOAT32);
    splits.validation().read(0, batch, 1);
    assertThat(batch.target().get(1)).isEqualTo(7);
    splits.test().read(0, batch, 0);
    assertThat(batch.target().get(0)).isEqualTo(3);
    assertThat(batch.input(0).rows(0, 1).toArray())
        .usingComparatorWithPrecision(1e-6)
        .containsExactly(-1, -0.6, -0.2, 1);
    assertThat(splits.fitted()).containsOnlyKeys("mean", "deviation");

    Batch wide = Batch.of(splits.test().spec(), 1, DType.FLOAT64);
    splits.test().read(0, wide, 0);
    assertThat(wide.input(0).toArray()).isEqualTo(batch.input(0).rows(0, 1).toArray());

    Splits plain = load(Map.of("format", "mnist", "normalize", false));
    plain.test().read(0, batch, 0);
    assertThat(batch.input(0).get(1)).isEqualTo(51 / 255f);
    assertThat(plain.fingerprint()).isEqualTo(splits.fingerprint()).hasSize(64);

    Map<String, Object> trained = new HashMap<>(splits.fitted());
    trained.put("format", "mnist");
    Samples samples = samples(trained, root.resolve("mnist"));
    assertThat(samples.labelled()).isTrue();
    assertThat(samples.data().size()).isEqualTo(1);
    samples.data().read(0, batch, 1);
    assertThat(batch.input(0).rows(1, 2).toArray()).isEqualTo(wide.input(0).toArray());
    samples = samples(trained, root.resolve("mnist/train-images-idx3-ubyte"));
    assertThat(samples.labelled()).isTrue();
    assertThat(samples.data().size()).isEqualTo(10);
    Files.delete(root.resolve("mnist/train-labels-idx1-ubyte"));
    samples = samples(trained, root.resolve("mnist/train-images-idx3-ubyte"));
    assertThat(samples.labelled()).isFalse();
    assertThatThrownBy(() -> samples(Map.of("format", "mnist"), root.resolve("mnist")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("data.mean: it is missing");
    assertThatThrownBy(() -> load(Map.of("format", "mnist", "validation", 10)))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void validationMustLeaveSomethingToTrainOn() {
    assertThatThrownBy(() -> load(Map.of("format", "synthetic", "train", 10, "validation", 10)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.validation: 10 came but the training files have 10 samples");
  }

  @Test
  void cifarRecordsAreReadInOrder() throws IOException {
    Random random = new Random(4);
    byte[] record = new byte[3073 * 2];
    for (int i = 1; i <= 6; i++) {
      random.nextBytes(record);
      record[0] = (byte) i;
      record[3073] = 9;
      write("cifar-10-batches-bin/" + (i < 6 ? "data_batch_" + i : "test_batch") + ".bin", record);
    }
    Splits splits = load(Map.of("format", "cifar10", "validation", 4, "normalize", false));
    assertThat(splits.train().size()).isEqualTo(6);
    assertThat(splits.test().size()).isEqualTo(2);
    assertThat(splits.train().spec().classNames()).hasSize(10).startsWith("airplane");
    assertThat(splits.train().spec().inputs().get(0).sizes()).containsExactly(3, 32, 32);
    Batch batch = Batch.of(splits.test().spec(), 1, DType.FLOAT32);
    splits.test().read(0, batch, 0);
    assertThat(batch.target().get(0)).isEqualTo(6);
    for (int i = 0; i < 3072; i++) {
      assertThat(batch.input(0).get(i)).isEqualTo((record[i + 1] & 0xff) / 255f);
    }
    splits.train().read(4, batch, 0);
    assertThat(batch.target().get(0)).isEqualTo(3);

    Path file = root.resolve("cifar-10-batches-bin/data_batch_3.bin");
    Files.write(file, new byte[3073 + 100]);
    assertThatThrownBy(() -> load(Map.of("format", "cifar10")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("3173 bytes came but records have 3073 bytes each");
    record[3073] = 10;
    Files.write(file, record);
    assertThatThrownBy(() -> load(Map.of("format", "cifar10")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at byte 3073: label 10 came but labels are 0 to 9");
  }

  @Test
  void syntheticPartsDoNotOverlap() throws IOException {
    Splits splits = load(Map.of("format", "synthetic", "train", 300, "test", 100, "seed", 5));
    assertThat(splits.train().size()).isEqualTo(300);
    assertThat(splits.test().size()).isEqualTo(100);
    assertThat(load(Map.of("format", "synthetic", "train", 300, "test", 100, "seed", 5)))
        .extracting(Splits::fingerprint)
        .isEqualTo(splits.fingerprint());
    assertThat(load(Map.of("format", "synthetic", "train", 300, "test", 100, "seed", 6)))
        .extracting(Splits::fingerprint)
        .isNotEqualTo(splits.fingerprint());
  }

  private Splits load(Map<String, Object> settings) throws IOException {
    return DataSources.load(Settings.of("data", settings), new LocalStorage(), root.toString());
  }

  private static Samples samples(Map<String, Object> settings, Path location) throws IOException {
    return DataSources.samples(
        Settings.of("data", settings), new LocalStorage(), location.toString());
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
