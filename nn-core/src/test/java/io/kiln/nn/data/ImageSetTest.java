package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.config.Settings;
import io.kiln.nn.io.FormatException;
import io.kiln.nn.io.LocalStorage;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.io.Storage;
import io.kiln.nn.tensor.DType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole sets, bare ones and shares are the same samples, for every format of images. */
class ImageSetTest {
  private static final int SHARDS = 8;
  private static final long SEED = 7;

  @TempDir Path folder;

  private static Map<String, Object> mnist(MemoryStorage storage, boolean packed)
      throws IOException {
    for (String part : List.of("train", "t10k")) {
      int n = part.equals("train") ? 203 : 61;
      byte[] pixels = new byte[n * 6];
      new Random(n).nextBytes(pixels);
      byte[] labels = new byte[n];
      for (int i = 0; i < n; i++) {
        labels[i] = (byte) (i * 7 % 10);
      }
      byte[] images = IdxTest.imageBytes(n, 2, 3, pixels);
      byte[] heads = ByteBuffer.allocate(8 + n).putInt(2049).putInt(n).put(labels).array();
      write(storage, "m/" + part + "-images-idx3-ubyte", packed ? gzip(images) : images);
      write(storage, "m/" + part + "-labels-idx1-ubyte", packed ? gzip(heads) : heads);
    }
    return Map.of("format", "mnist", "path", "m", "validation", 40);
  }

  private static Map<String, Object> cifar(MemoryStorage storage) throws IOException {
    for (int file = 1; file <= 6; file++) {
      byte[] records = new byte[9 * 3073];
      new Random(file).nextBytes(records);
      for (int i = 0; i < 9; i++) {
        records[i * 3073] = (byte) ((file * 9 + i) % 10);
      }
      String name = file == 6 ? "test_batch" : "data_batch_" + file;
      write(storage, "c/" + name + ".bin", records);
    }
    return Map.of(
        "format", "cifar10", "path", "c", "augment", Map.of("crop-padding", 4, "flip", true));
  }

  private static Map<String, Object> images(MemoryStorage storage) throws IOException {
    Random random = new Random(1);
    for (String name : List.of("ant", "bee", "cat")) {
      for (int i = 0; i < 17; i++) {
        BufferedImage image = new BufferedImage(9, 7 + i % 3, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 63; at++) {
          image.setRGB(at % 9, at / 9, random.nextInt());
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        write(storage, "i/" + name + "/" + i + ".png", png.toByteArray());
      }
    }
    write(storage, "i/ant/notes.txt", new byte[3]);
    return Map.of(
        "format", "images", "path", "i", "resize", 8, "crop", 6, "validation", 0.2, "test", 9);
  }

  private static void write(MemoryStorage storage, String path, byte[] bytes) throws IOException {
    try (OutputStream out = storage.create(path)) {
      out.write(bytes);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static ImageSet open(Map<String, Object> data, Storage storage) throws IOException {
    return ImageSet.open(Settings.of("data", data), storage, "");
  }

  private static Map<String, Object> fitted(Map<String, Object> data, Splits splits) {
    Map<String, Object> all = new LinkedHashMap<>(data);
    all.putAll(splits.fitted());
    return all;
  }

  @Test
  void sharesOfAnyWorkersAreThoseSamplesOfTheWholeSet() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    MemoryStorage packed = new MemoryStorage();
    same(mnist(storage, false), storage);
    same(mnist(packed, true), packed);
    same(cifar(storage), storage);
    same(images(storage), storage);
    same(Map.of("format", "synthetic", "train", 90, "test", 20, "validation", 10), storage);
  }

  private void same(Map<String, Object> data, Storage storage) throws IOException {
    ImageSet set = open(data, storage);
    Splits whole = DataSources.load(Settings.of("data", data), storage, "");
    ImageSurvey survey = set.survey(0, 5);
    for (int slice = 1; slice < 5; slice++) {
      survey.add(ImageSurvey.of(set.survey(slice, 5).toBytes()));
    }
    Splits bare = set.bare(survey);
    assertThat(bare.fingerprint()).isEqualTo(whole.fingerprint()).hasSize(64);
    assertThat(bare.fitted()).isEqualTo(whole.fitted()).containsKey("mean");
    assertThat(bare.notes()).isEqualTo(whole.notes());
    long[][] checks = set.checks(survey, SHARDS, SEED);
    for (int workers : new int[] {1, 2, 3}) {
      long bytes = 0;
      for (int worker = 0; worker < workers; worker++) {
        Share share = Share.of(worker, workers, SHARDS, SEED);
        ImageSet.Shared own =
            open(fitted(data, whole), storage).share(share, worker == 0 ? folder : null);
        bytes += set.bytes(share);
        List<Dataset> parts = parts(own.splits());
        for (int part = 0; part < 3; part++) {
          Dataset all = parts(whole).get(part);
          assertThat(parts.get(part).spec()).isEqualTo(all.spec());
          for (int shard = share.first(); shard < share.end(); shard++) {
            assertThat(own.checks()[part][shard]).isEqualTo(checks[part][shard]);
            assertThat(read(parts.get(part), part == 0, shard))
                .isEqualTo(read(all, part == 0, shard));
          }
        }
      }
      assertThat(bytes).isEqualTo(set.bytes());
    }
  }

  private static List<Dataset> parts(Splits splits) {
    return List.of(splits.train(), splits.validation(), splits.test());
  }

  private static List<Double> read(Dataset data, boolean dealt, int shard) throws IOException {
    ShardedSamples samples =
        dealt ? DatasetShards.dealt(data, SHARDS, SEED) : DatasetShards.ranges(data, SHARDS);
    int n = (int) samples.size(shard);
    Batch batch = samples.batch(Math.max(1, n), DType.FLOAT32);
    batch.epoch(3);
    try (ShardReader reader = samples.open(shard, dealt ? 3 : ShardedSamples.PLAIN, 0)) {
      reader.fill(batch, n);
    }
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < batch.input(0).count(); i++) {
      numbers.add(batch.input(0).get(i));
    }
    for (int i = 0; i < batch.target().count(); i++) {
      numbers.add(batch.target().get(i));
    }
    return numbers;
  }

  @Test
  void whatIsAnothersCannotBeReadAndItsTargetCan() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    Map<String, Object> data = mnist(storage, false);
    Splits whole = open(data, storage).whole();
    Splits own =
        open(fitted(data, whole), storage).share(Share.of(0, 2, SHARDS, SEED), null).splits();
    ShardedSamples dealt = DatasetShards.dealt(own.train(), SHARDS, SEED);
    Batch batch = dealt.batch(1, DType.FLOAT32);
    try (ShardReader reader = dealt.open(SHARDS - 1, 0, 0)) {
      assertThatThrownBy(() -> reader.fill(batch, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageMatching("images: image \\d+ is another worker's; read those of your own.*");
    }
    for (int i = 0; i < own.train().size(); i++) {
      own.train().readTarget(i, batch.target(), 0);
      assertThat(batch.target().get(0)).isEqualTo(i * 7 % 10);
    }
  }

  @Test
  void aShareNeedsWhatWasFittedOnTheWhole() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    ImageSet set = open(mnist(storage, false), storage);
    assertThatThrownBy(() -> set.share(Share.of(0, 2, SHARDS, SEED), null))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("data.mean: it is missing");
  }

  @Test
  void otherPixelsOrLabelsHaveOtherChecksAndAnotherFingerprint() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    Map<String, Object> data = mnist(storage, false);
    ImageSet set = open(data, storage);
    Splits whole = set.whole();
    long[][] checks = set.checks(set.survey(0, 1), SHARDS, SEED);
    for (String file : List.of("m/train-images-idx3-ubyte", "m/t10k-labels-idx1-ubyte")) {
      MemoryStorage other = new MemoryStorage();
      mnist(other, false);
      byte[] bytes;
      try (var in = other.open(file)) {
        bytes = in.readAllBytes();
      }
      bytes[bytes.length - 1] ^= 1;
      other.delete(file);
      write(other, file, bytes);
      ImageSet changed = open(data, other);
      assertThat(changed.whole().fingerprint()).isNotEqualTo(whole.fingerprint());
      assertThat(Arrays.deepEquals(changed.checks(changed.survey(0, 1), SHARDS, SEED), checks))
          .isFalse();
    }
  }

  @Test
  void aFileThatWasReplacedMeanwhileIsRefused() throws IOException {
    MemoryStorage storage = new MemoryStorage();
    ImageSet set = open(mnist(storage, false), storage);
    storage.delete("m/train-images-idx3-ubyte");
    write(storage, "m/train-images-idx3-ubyte", IdxTest.imageBytes(9, 2, 3, new byte[54]));
    assertThatThrownBy(() -> set.survey(0, 1))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("9 images of 2x3 came but it had others before");
  }

  @Test
  void damagedSurveysAskForNoMemory() {
    byte[] bytes = ByteBuffer.allocate(12).putInt(1).putInt(1).putInt(Integer.MAX_VALUE).array();
    assertThatThrownBy(() -> ImageSurvey.of(bytes)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ImageSurvey.of(new byte[7])).isInstanceOf(IOException.class);
  }

  @Test
  void localFilesAreReadAtAnyPlace() throws IOException {
    MemoryStorage memory = new MemoryStorage();
    Map<String, Object> data = new LinkedHashMap<>(cifar(memory));
    for (int file = 1; file <= 6; file++) {
      String name = file == 6 ? "test_batch.bin" : "data_batch_" + file + ".bin";
      try (var in = memory.open("c/" + name)) {
        java.nio.file.Files.write(folder.resolve(name), in.readAllBytes());
      }
    }
    Splits there = open(data, memory).whole();
    data.put("path", folder.toString());
    assertThat(open(data, new LocalStorage()).whole().fingerprint()).isEqualTo(there.fingerprint());
  }
}
