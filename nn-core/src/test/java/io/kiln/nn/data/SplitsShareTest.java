package io.kiln.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.config.Settings;
import io.kiln.nn.io.MemoryStorage;
import io.kiln.nn.io.NamedTensors;
import io.kiln.nn.io.Safetensors;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sets that are read as a whole and of which a worker keeps the samples of its shards. */
class SplitsShareTest {
  private static final int SHARDS = 8;
  private static final long SEED = 5;

  private final MemoryStorage storage = new MemoryStorage();

  private Splits load(String format, Object... pairs) throws IOException {
    Map<String, Object> settings = new HashMap<>(Map.of("format", format, "path", "set"));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put((String) pairs[i], pairs[i + 1]);
    }
    return DataSources.load(Settings.of("data", settings), storage, "");
  }

  private static double[] read(Dataset data, int sample) {
    Batch batch = Batch.of(data.spec(), 1, DType.FLOAT64);
    data.read(sample, batch, 0);
    double[] numbers = batch.target().toArray();
    for (int i = 0; i < data.spec().inputs().size(); i++) {
      int end = numbers.length;
      double[] more = batch.input(i).toArray();
      numbers = Arrays.copyOf(numbers, end + more.length);
      System.arraycopy(more, 0, numbers, end, more.length);
    }
    return numbers;
  }

  /**
   * Each of four workers has its own samples, the same numbers, in less memory, and no others.
   *
   * @param most of the whole that a share may take
   */
  private static void check(Splits whole, double most) {
    for (int worker = 0; worker < 4; worker++) {
      Share share = Share.of(worker, 4, SHARDS, SEED);
      Splits own = whole.share(share);
      assertThat(own.fingerprint()).isEqualTo(whole.fingerprint());
      boolean[] here = new boolean[whole.train().size()];
      for (int shard = share.first(); shard < share.end(); shard++) {
        for (int sample : share.dealt(here.length, shard)) {
          here[sample] = true;
        }
        for (int sample : share.range(whole.validation().size(), shard)) {
          assertThat(read(own.validation(), sample)).isEqualTo(read(whole.validation(), sample));
        }
        for (int sample : share.range(whole.test().size(), shard)) {
          assertThat(read(own.test(), sample)).isEqualTo(read(whole.test(), sample));
        }
      }
      int absent = 0;
      for (int sample = 0; sample < here.length; sample++) {
        if (here[sample]) {
          assertThat(read(own.train(), sample)).isEqualTo(read(whole.train(), sample));
          continue;
        }
        absent++;
      }
      assertThat(absent).isGreaterThan(here.length / 2);
      assertThat(held(own.train())).isLessThanOrEqualTo((long) (most * held(whole.train())));
    }
  }

  /** Samples that can be read. */
  private static long held(Dataset data) {
    long held = 0;
    for (int sample = 0; sample < data.size(); sample++) {
      try {
        read(data, sample);
        held++;
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("is another worker's");
      }
    }
    return held;
  }

  @Test
  void windowsOfATextAreKept() throws IOException {
    StringBuilder text = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 4000; i++) {
      text.append((char) ('a' + random.nextInt(20))).append(i % 50 == 0 ? "\r\n" : "");
    }
    storage.with("set", text.toString().getBytes(StandardCharsets.UTF_8));
    Splits whole = load("text", "window", 16, "validation", 0.1, "test", 0.1);
    check(whole, 0.26);
    // One of four workers would have 17 times its quarter of the text: it keeps the text.
    Splits overlapping = load("text", "window", 16, "stride", 1);
    Dataset own = overlapping.share(Share.of(1, 4, SHARDS, SEED)).train();
    assertThat(held(own)).isEqualTo(own.size());
  }

  @Test
  void longVocabulariesTakeMoreBytes() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int word = 0; word < 70_000; word++) {
      text.append('w').append(word).append(word % 10 == 9 ? '\n' : ' ');
      if (word == 255 || word == 69_999) {
        storage.with("set", text.toString().getBytes(StandardCharsets.UTF_8));
        Splits splits = load("text", "window", 10, "level", "word");
        TextWindows windows = (TextWindows) splits.train();
        int width = word == 255 ? 2 : 4; // 255 words, a line's end and the unknown are 257
        assertThat(windows.bytes()).isEqualTo(width * (1 + 10L * windows.size()));
        double[] last = read(windows, windows.size() - 1);
        var names = windows.spec().classNames();
        assertThat(names.get((int) last[10])).matches("w\\d+|\n");
        assertThat(names).hasSize(word + 3);
      }
    }
  }

  @Test
  void featuresOfImagesWithOwnSentencesAreKept() throws IOException {
    StringBuilder images = new StringBuilder();
    StringBuilder sentences = new StringBuilder();
    int n = 120;
    for (int i = 0; i < n; i++) {
      String part = i % 6 == 0 ? "dev" : i % 6 == 1 ? "test" : "train";
      images.append(i).append("\ti").append(i).append(".jpg\t").append(part).append('\n');
      sentences.append("i").append(i).append(".jpg\t0\ta dog runs ").append(i).append('\n');
    }
    storage.with("set/flickr8k_images.tsv", images.toString().getBytes(StandardCharsets.UTF_8));
    storage.with(
        "set/flickr8k_captions.tsv", sentences.toString().getBytes(StandardCharsets.UTF_8));
    double[] numbers = new Random(2).doubles(3L * n).toArray();
    Tensor features = Tensor.of(DType.FLOAT32, Shape.of(n, 3), numbers);
    Safetensors.write(
        storage, "set/f.safetensors", new NamedTensors(Map.of("features", features), Map.of()));
    Splits whole = load("flickr8k", "min-count", 1);
    check(whole, 0.26);
    assertThat(whole.bytes()).isEqualTo(n * 3L * Float.BYTES);
  }

  @Test
  void rowsOfATableAreKept() throws IOException {
    StringBuilder rows = new StringBuilder("a,b,c,y\n");
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      rows.append(random.nextInt(100)).append(',').append(random.nextFloat());
      rows.append(",t").append(i % 3).append(",k").append(i % 2).append('\n');
    }
    storage.with("set", rows.toString().getBytes(StandardCharsets.UTF_8));
    Splits whole = load("csv", "label", "y", "validation", 0.2, "test", 0.2, "categorical", "c");
    check(whole, 0.26);
    assertThatThrownBy(() -> read(whole.share(Share.of(0, 4, SHARDS, SEED)).train(), -1))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
  }
}
